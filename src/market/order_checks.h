// What an order must satisfy (contracts/cmp.md §8, Validation); private to market. Each throws Refusal(validation_failed).
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "identity/organizations.h"
#include "market/orders.h"

namespace guildhall::market {

/// The organization is neither suspended nor archived.
void check_customer(store::Tx& tx, OrganizationId organization);
/// The project has not ended; false when it is gone.
void check_project_runs(store::Tx& tx, const identity::Project& project);
/// Everything about the plan: of this offering, not archived, with a free place. Locks a plan with max_amount.
void check_plan_is_free(store::Tx& tx, const Offering& offering, const Plan& plan, SubscriptionId except);
/// Required options are present and everything has its type.
void check_options(const Offering& offering, const json::Object& attributes);
/// Fills in defaults, checks every bound, and returns the limits to store. Locks components with max_available_limit.
std::map<std::string, std::int64_t> checked_limits(store::Tx& tx, const Offering& offering,
                                                   const std::map<std::string, std::int64_t>& limits, SubscriptionId except);
void check_callback_url(std::string_view url);

/// Σ fixed price × amount + Σ limit price × limit ÷ factor + Σ `one` prices on Create or `few` prices on Update (§8, Cost).
Decimal order_cost(const Offering& offering, const Plan& plan, const std::map<std::string, std::int64_t>& limits, OrderType type);

}  // namespace guildhall::market
