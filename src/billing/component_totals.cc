// What a subscription used of each component in a month, from the ledger (contracts/cmp.md §9.4).
#include "component_totals.h"

#include <algorithm>
#include <array>

#include "usage_row.h"

namespace guildhall::billing {

namespace {

/// The units agents are sold in; together they are the component api_calls. Any other unit names a component itself.
constexpr std::array<std::string_view, 5> kAgentUnits{"call", "message", "conversation", "token", "resolution"};

bool is_agent_unit(const std::string& unit) {
  return std::find(kAgentUnits.begin(), kAgentUnits.end(), unit) != kAgentUnits.end();
}

std::int64_t unit_factor(const market::Offering& offering, const std::string& component) {
  for (const market::Component& candidate : offering.components) {
    if (candidate.type == component) return std::max<std::int64_t>(candidate.unit_factor, 1);
  }
  return 1;
}

/// Raw sums by component of one plan; `units_before` is what the subscription used earlier in the month under other plans.
std::map<std::string, Decimal> components_of(const PlanUsage& usage, const market::Plan& plan, const Decimal& units_before,
                                             const Decimal& units) {
  std::map<std::string, Decimal> sums;
  for (const auto& [unit, amount] : usage.units_by_unit) {
    if (is_agent_unit(unit)) {
      sums["api_calls"];
    } else {
      sums[unit] += amount;
    }
  }
  if (sums.contains("api_calls")) {
    const bool splits = plan.terms.bills_overage && plan.terms.monthly_quota.has_value();
    const Decimal overage = splits ? overage_of(units_before, units, *plan.terms.monthly_quota) : Decimal();
    sums["api_calls"] = units - overage;
    if (!overage.is_zero()) sums["api_calls_overage"] = overage;
  }
  if (usage.tokens_input != 0) sums["tokens_input"] = Decimal(usage.tokens_input);
  if (usage.tokens_output != 0) sums["tokens_output"] = Decimal(usage.tokens_output);
  return sums;
}

}  // namespace

Decimal overage_of(const Decimal& units_before, const Decimal& units, std::int64_t quota) {
  const Decimal beyond = units_before + units - std::max(Decimal(quota), units_before);
  return std::max(beyond, Decimal());
}

std::vector<PlanUsage> plan_usage(store::Tx& tx, OrganizationId organization, std::optional<SubscriptionId> subscription,
                                  const Cycle& cycle) {
  const store::Rows rows = tx.query(
      "SELECT subscription_id, plan_id, billable_unit, CAST(SUM(units_micro) AS BIGINT), CAST(SUM(tokens_input) AS BIGINT),"
      " CAST(SUM(tokens_output) AS BIGINT), MIN(occurred_at) AS first_at FROM usage_record"
      " WHERE organization_id = $1 AND cycle = $2 AND (subscription_id = $3 OR $3 IS NULL)"
      " AND subscription_id IS NOT NULL AND plan_id IS NOT NULL AND kind <> 'test'"
      " GROUP BY subscription_id, plan_id, billable_unit ORDER BY subscription_id, first_at, plan_id, billable_unit",
      {organization, cycle, subscription});
  std::vector<PlanUsage> usage;
  for (const store::Row& row : rows) {
    const auto of_subscription = row.id<SubscriptionId>(0);
    const auto of_plan = row.id<PlanId>(1);
    auto same = std::find_if(usage.begin(), usage.end(), [&](const PlanUsage& other) {
      return other.subscription == of_subscription && other.plan == of_plan;
    });
    if (same == usage.end()) same = usage.insert(usage.end(), PlanUsage{of_subscription, of_plan, {}, 0, 0});
    same->units_by_unit[row.text(2)] += of_micro(row.integer(3));
    same->tokens_input += row.integer(4);
    same->tokens_output += row.integer(5);
  }
  return usage;
}

std::vector<ComponentTotal> component_totals(store::Tx& tx, OrganizationId organization,
                                             std::optional<SubscriptionId> subscription, Cycle cycle) {
  std::vector<ComponentTotal> totals;
  std::map<OfferingId, market::Offering> offerings;
  std::optional<SubscriptionId> current;
  Decimal units_before;
  for (const PlanUsage& usage : plan_usage(tx, organization, subscription, cycle)) {
    if (current != usage.subscription) {
      current = usage.subscription;
      units_before = Decimal();
    }
    Decimal units;
    for (const auto& [unit, amount] : usage.units_by_unit) {
      if (is_agent_unit(unit)) units += amount;
    }
    const market::Plan plan = market::plan_by_id(tx, usage.plan);
    auto offering = offerings.find(plan.offering);
    if (offering == offerings.end()) {
      offering = offerings.emplace(plan.offering, market::offering_by_id(tx, plan.offering)).first;
    }
    for (const auto& [component, sum] : components_of(usage, plan, units_before, units)) {
      const Decimal factor(unit_factor(offering->second, component));
      totals.push_back({usage.subscription, usage.plan, component, cycle, divided(sum, factor, 2, Rounding::away)});
    }
    units_before += units;
  }
  return totals;
}

std::vector<ComponentTotal> billed_totals(store::Tx& tx, OrganizationId organization, const Cycle& cycle) {
  std::vector<ComponentTotal> billed;
  for (ComponentTotal& total : component_totals(tx, organization, std::nullopt, cycle)) {
    const market::Offering offering = market::offering_by_id(tx, market::plan_by_id(tx, total.plan).offering);
    const bool is_usage = std::any_of(offering.components.begin(), offering.components.end(), [&](const auto& component) {
      return component.type == total.component && component.billing_type == market::BillingType::usage;
    });
    if (offering.is_billable && is_usage) billed.push_back(std::move(total));
  }
  return billed;
}

}  // namespace guildhall::billing
