// Appending to the usage ledger and listing it (contracts/registry.md §11).
#include "billing/ledger.h"

#include <algorithm>

#include "counters.h"
#include "limits.h"
#include "usage_row.h"

namespace guildhall::billing {

bool append_usage(store::Tx& tx, const UsageRecord& record) {
  const UsageRecord row = prepared(tx, record);
  if (!insert_usage(tx, row)) return false;
  apply(tx, row.organization, row.cycle, changes_of(row));
  return true;
}

UsagePage list_usage(const Scope& scope, store::Tx& tx, const UsageFilter& filter) {
  identity::require(scope, Right::read_usage);
  const std::vector<store::Param> where{scope.organization, filter.subscription, filter.agent,  filter.cycle,
                                        filter.from,        filter.to,           scope.project, scope.subscription};
  // The column comes before the test for NULL: PostgreSQL takes a parameter's type from its first use.
  UsagePage page;
  page.total = tx.query(
                     "SELECT COUNT(*) FROM usage_record WHERE organization_id = $1"
                     " AND (subscription_id = $2 OR $2 IS NULL) AND (agent_id = $3 OR $3 IS NULL)"
                     " AND (cycle = $4 OR $4 IS NULL) AND (occurred_at >= $5 OR $5 IS NULL) AND (occurred_at < $6 OR $6 IS NULL)"
                     " AND (project_id = $7 OR $7 IS NULL) AND (subscription_id = $8 OR $8 IS NULL)",
                     where)
                   .front()
                   .integer(0);
  std::vector<store::Param> params = where;
  params.insert(params.end(),
                {static_cast<std::int64_t>(std::min(filter.limit, kUsagePageMax)), static_cast<std::int64_t>(filter.offset)});
  const store::Rows rows = tx.query(
      "SELECT organization_id, request_id, id, kind, project_id, subscription_id, access_key_id, provider_id, agent_id,"
      " version_id, plan_id, conversation_id, endpoint, method, status, response_time_ms, tokens_input, tokens_output,"
      " billable_unit, units_micro, unit_price, cost_micro, occurred_at, cycle, late_for"
      " FROM usage_record WHERE organization_id = $1"
      " AND (subscription_id = $2 OR $2 IS NULL) AND (agent_id = $3 OR $3 IS NULL)"
      " AND (cycle = $4 OR $4 IS NULL) AND (occurred_at >= $5 OR $5 IS NULL) AND (occurred_at < $6 OR $6 IS NULL)"
      " AND (project_id = $7 OR $7 IS NULL) AND (subscription_id = $8 OR $8 IS NULL)"
      " ORDER BY occurred_at DESC, id DESC LIMIT $9 OFFSET $10",
      params);
  for (const store::Row& row : rows) page.items.push_back(record_of(row));
  return page;
}

}  // namespace guildhall::billing
