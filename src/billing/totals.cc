// Sums over the ledger: per subscription, per day, per agent and per month.
#include "totals.h"

#include <map>

#include "base/errors.h"
#include "market/orders.h"
#include "usage_row.h"

namespace guildhall::billing {

namespace {

/// Columns from `first` on: calls, successful, units, tokens_input, tokens_output, response time sum, cost.
UsageTotals totals_of(const store::Row& row, std::size_t first) {
  UsageTotals totals;
  totals.calls = row.integer(first);
  totals.successful = row.integer(first + 1);
  totals.failed = totals.calls - totals.successful;
  totals.units = of_micro(row.integer(first + 2));
  totals.tokens_input = row.integer(first + 3);
  totals.tokens_output = row.integer(first + 4);
  totals.response_time_ms_avg = totals.calls == 0 ? 0 : row.integer(first + 5) / totals.calls;
  totals.cost_minor = of_micro(row.integer(first + 6));
  return totals;
}

/// The subscription, when it is the scope's; 404 else.
void check_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  identity::require(scope, Right::read_usage);
  const auto subscription = market::subscription_by_id(tx, id);
  const bool is_ours = subscription && subscription->organization == scope.organization &&
                       (!scope.subscription || *scope.subscription == id) &&
                       (!scope.project || *scope.project == subscription->project);
  if (!is_ours) throw not_found("subscription");
}

/// The n-th percentile by nearest rank is the row numbered ceil(n × count ÷ 100), counted from 1.
std::int64_t nearest_rank(std::int64_t percent, std::int64_t count) {
  return (percent * count + 99) / 100;
}

}  // namespace

UsageTotals subscription_totals(const Scope& scope, store::Tx& tx, SubscriptionId subscription, Cycle cycle) {
  check_subscription(scope, tx, subscription);
  const store::Rows sums = tx.query(
      "SELECT COALESCE(SUM(CASE WHEN kind IN ('run', 'external') THEN 1 ELSE 0 END), 0),"
      " COALESCE(SUM(CASE WHEN kind IN ('run', 'external') AND status < 400 THEN 1 ELSE 0 END), 0),"
      " CAST(COALESCE(SUM(units_micro), 0) AS BIGINT), CAST(COALESCE(SUM(tokens_input), 0) AS BIGINT),"
      " CAST(COALESCE(SUM(tokens_output), 0) AS BIGINT),"
      " CAST(COALESCE(SUM(CASE WHEN kind IN ('run', 'external') THEN response_time_ms ELSE 0 END), 0) AS BIGINT),"
      " CAST(COALESCE(SUM(cost_micro), 0) AS BIGINT)"
      " FROM usage_record WHERE organization_id = $1 AND cycle = $2 AND subscription_id = $3 AND kind <> 'test'",
      {scope.organization, cycle, subscription});
  UsageTotals totals = totals_of(sums.front(), 0);
  if (totals.calls > 0) {
    totals.response_time_ms_p95 = tx.query(
                                        "SELECT response_time_ms FROM usage_record"
                                        " WHERE organization_id = $1 AND cycle = $2 AND subscription_id = $3"
                                        " AND kind IN ('run', 'external') ORDER BY response_time_ms LIMIT 1 OFFSET $4",
                                        {scope.organization, cycle, subscription, nearest_rank(95, totals.calls) - 1})
                                      .front()
                                      .integer(0);
  }
  return totals;
}

std::vector<DayUsage> subscription_days(const Scope& scope, store::Tx& tx, SubscriptionId subscription, Cycle cycle) {
  check_subscription(scope, tx, subscription);
  const store::Rows rows = tx.query(
      "SELECT occurred_at / 86400000000 AS day, SUM(CASE WHEN kind IN ('run', 'external') THEN 1 ELSE 0 END),"
      " SUM(CASE WHEN kind IN ('run', 'external') AND status < 400 THEN 1 ELSE 0 END), CAST(SUM(units_micro) AS BIGINT),"
      " CAST(SUM(tokens_input) AS BIGINT), CAST(SUM(tokens_output) AS BIGINT),"
      " CAST(SUM(CASE WHEN kind IN ('run', 'external') THEN response_time_ms ELSE 0 END) AS BIGINT), CAST(SUM(cost_micro) AS "
      "BIGINT)"
      " FROM usage_record WHERE organization_id = $1 AND cycle = $2 AND subscription_id = $3 AND kind <> 'test'"
      " GROUP BY occurred_at / 86400000000 ORDER BY day",
      {scope.organization, cycle, subscription});
  const store::Rows ranked = tx.query(
      "SELECT day, response_time_ms FROM (SELECT occurred_at / 86400000000 AS day, response_time_ms,"
      " ROW_NUMBER() OVER (PARTITION BY occurred_at / 86400000000 ORDER BY response_time_ms) AS place,"
      " COUNT(*) OVER (PARTITION BY occurred_at / 86400000000) AS calls"
      " FROM usage_record WHERE organization_id = $1 AND cycle = $2 AND subscription_id = $3"
      " AND kind IN ('run', 'external')) AS ranked WHERE place = (95 * calls + 99) / 100",
      {scope.organization, cycle, subscription});
  std::map<std::int64_t, std::int64_t> p95_of_day;
  for (const store::Row& row : ranked) p95_of_day[row.integer(0)] = row.integer(1);
  std::vector<DayUsage> usage_by_day;
  for (const store::Row& row : rows) {
    const std::int64_t day = row.integer(0);
    DayUsage usage{date_of(Timestamp{day * kMicrosecondsPerDay}), totals_of(row, 1)};
    if (const auto p95 = p95_of_day.find(day); p95 != p95_of_day.end()) usage.totals.response_time_ms_p95 = p95->second;
    usage_by_day.push_back(usage);
  }
  return usage_by_day;
}

UsageTotals agent_totals(const Scope& scope, store::Tx& tx, AgentId agent, Timestamp from, Timestamp to) {
  if (!scope.may(Right::read_revenue)) identity::require(scope, Right::provide_agents);
  const store::Rows sums = tx.query(
      "SELECT COALESCE(SUM(CASE WHEN kind IN ('run', 'external') THEN 1 ELSE 0 END), 0),"
      " COALESCE(SUM(CASE WHEN kind IN ('run', 'external') AND status < 400 THEN 1 ELSE 0 END), 0),"
      " CAST(COALESCE(SUM(units_micro), 0) AS BIGINT), CAST(COALESCE(SUM(tokens_input), 0) AS BIGINT),"
      " CAST(COALESCE(SUM(tokens_output), 0) AS BIGINT),"
      " CAST(COALESCE(SUM(CASE WHEN kind IN ('run', 'external') THEN response_time_ms ELSE 0 END), 0) AS BIGINT),"
      " CAST(COALESCE(SUM(cost_micro), 0) AS BIGINT)"
      " FROM usage_record WHERE provider_id = $1 AND agent_id = $2 AND occurred_at >= $3 AND occurred_at < $4 AND kind <> 'test'",
      {scope.organization, agent, from, to});
  UsageTotals totals = totals_of(sums.front(), 0);
  if (totals.calls > 0) {
    totals.response_time_ms_p95 = tx.query(
                                        "SELECT response_time_ms FROM usage_record WHERE provider_id = $1 AND agent_id = $2"
                                        " AND occurred_at >= $3 AND occurred_at < $4 AND kind IN ('run', 'external')"
                                        " ORDER BY response_time_ms LIMIT 1 OFFSET $5",
                                        {scope.organization, agent, from, to, nearest_rank(95, totals.calls) - 1})
                                      .front()
                                      .integer(0);
  }
  return totals;
}

std::vector<VersionRuns> runs_by_version(store::Tx& tx, OrganizationId organization, SubscriptionId subscription,
                                         Timestamp since) {
  std::vector<VersionRuns> counts;
  for (const store::Row& row :
       tx.query("SELECT version_id, COUNT(*), SUM(CASE WHEN status >= 500 THEN 1 ELSE 0 END) FROM usage_record"
                " WHERE organization_id = $1 AND cycle >= $2 AND subscription_id = $3 AND occurred_at >= $4 AND kind = 'run'"
                " AND version_id IS NOT NULL GROUP BY version_id ORDER BY version_id",
                {organization, cycle_of(since), subscription, since}))
    counts.push_back({.version = row.id<AgentVersionId>(0), .runs = row.integer(1), .failed = row.integer(2)});
  return counts;
}

Snapshot snapshot_of_ledger(store::Tx& tx, OrganizationId organization, const Cycle& cycle) {
  const store::Rows rows = tx.query(
      "SELECT agent_id, SUM(CASE WHEN kind IN ('run', 'external') THEN 1 ELSE 0 END), CAST(SUM(tokens_input) AS BIGINT),"
      " CAST(SUM(tokens_output) AS BIGINT), CAST(SUM(cost_micro) AS BIGINT), CAST(SUM(units_micro) AS BIGINT)"
      " FROM usage_record WHERE organization_id = $1 AND cycle = $2 AND kind <> 'test' GROUP BY agent_id ORDER BY agent_id",
      {organization, cycle});
  Snapshot sums;
  sums.organization = organization;
  sums.cycle = cycle;
  std::int64_t cost_micro = 0;
  for (const store::Row& row : rows) {
    sums.calls += row.integer(1);
    sums.tokens_input += row.integer(2);
    sums.tokens_output += row.integer(3);
    cost_micro += row.integer(4);
    if (row.is_null(0)) continue;
    json::Object agent;
    agent["calls"] = row.integer(1);
    agent["units"] = of_micro(row.integer(5)).text();
    agent["tokens_input"] = row.integer(2);
    agent["tokens_output"] = row.integer(3);
    agent["cost_cents"] = of_micro(row.integer(4)).text();
    sums.usage_by_agent[row.id<AgentId>(0).text()] = std::move(agent);
  }
  sums.cost_minor = of_micro(cost_micro);
  return sums;
}

}  // namespace guildhall::billing
