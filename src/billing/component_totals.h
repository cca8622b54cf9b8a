// What a subscription used under each plan, split at the plan's quota, and which of it is billed.
#pragma once

#include <map>
#include <string>

#include "billing/ledger.h"
#include "market/catalogue.h"

namespace guildhall::billing {

/// Sums of one subscription under one plan in one month, in the order the plans were used.
struct PlanUsage {
  SubscriptionId subscription;
  PlanId plan;
  std::map<std::string, Decimal> units_by_unit;  ///< by billable unit
  std::int64_t tokens_input = 0;
  std::int64_t tokens_output = 0;
};

std::vector<PlanUsage> plan_usage(store::Tx& tx, OrganizationId organization, std::optional<SubscriptionId> subscription,
                                  const Cycle& cycle);

/// Units beyond `quota`, of `units` used after `units_before` in the same month: the part of `units` that lies above the quota.
Decimal overage_of(const Decimal& units_before, const Decimal& units, std::int64_t quota);

/// The component totals an invoice of the month bills: components of type usage of billable offerings, whatever their price.
std::vector<ComponentTotal> billed_totals(store::Tx& tx, OrganizationId organization, const Cycle& cycle);

}  // namespace guildhall::billing
