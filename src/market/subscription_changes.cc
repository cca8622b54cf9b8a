// Orders on existing subscriptions: another plan, other limits, the end (contracts/cmp.md §7.3).
#include <array>
#include <span>

#include "base/errors.h"
#include "checks.h"
#include "identity/audit.h"
#include "order_access.h"
#include "order_checks.h"
#include "order_flow.h"
#include "order_rows.h"

namespace guildhall::market {
namespace {

constexpr std::array kChangeable{SubscriptionState::ok};
constexpr std::array kTerminable{SubscriptionState::ok, SubscriptionState::erred};

/// Of the customer, locked. A key of a sibling subscription is told so; anybody else finds nothing.
Subscription own_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  const auto subscription = lock_subscription(tx, id);
  if (!subscription || !acts_for_customer(scope, subscription->organization, subscription->project))
    throw not_found("subscription");
  if (scope.subscription && *scope.subscription != id) {
    throw Refusal(Code::wrong_agent, "this key belongs to another subscription");
  }
  return *subscription;
}

Subscription subscription_to_change(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  Subscription subscription = own_subscription(scope, tx, id);
  require(scope, Right::order_subscriptions);
  check_customer(tx, subscription.organization);
  const identity::Scope system = identity::system_scope(subscription.organization, "market");
  check_project_runs(tx, identity::get_project(system, tx, subscription.project));
  return subscription;
}

void require_no_open_order(store::Tx& tx, const Subscription& subscription) {
  if (has_open_order(tx, subscription)) throw Refusal(Code::validation_failed, "Pending order for resource already exists");
}

void require_state(const Subscription& subscription, std::span<const SubscriptionState> valid) {
  std::string names;
  for (const SubscriptionState state : valid) {
    if (state == subscription.state) return;
    names += (names.empty() ? "" : ", ") + std::string(wire_name(state));
  }
  throw Refusal(Code::invalid_transition, "Valid states for operation: " + names + ".");
}

Offering offering_for_update(store::Tx& tx, const Subscription& subscription) {
  Offering offering = offering_by_id(tx, subscription.offering);
  if (offering.state != OfferingState::active && offering.state != OfferingState::paused) {
    throw invalid_field("offering", "offering '" + offering.name + "' is " + std::string(wire_name(offering.state)) +
                                        "; subscriptions keep running as they are");
  }
  return offering;
}

Order audited(const Scope& scope, store::Tx& tx, std::string_view action, Order order) {
  identity::audit(scope, tx,
                  {.action = std::string(action),
                   .object_type = "subscription",
                   .object_id = order.subscription.text(),
                   .details = {{"order", order.id.text()}, {"state", wire_name(order.state)}, {"plan", order.plan.text()}}});
  return order;
}

}  // namespace

Order switch_plan(const Scope& scope, store::Tx& tx, SubscriptionId id, PlanId plan_id) {
  const Subscription subscription = subscription_to_change(scope, tx, id);
  require_no_open_order(tx, subscription);
  const Offering offering = offering_for_update(tx, subscription);
  const Plan* plan = nullptr;
  for (const Plan& candidate : offering.plans) {
    if (candidate.id == plan_id) plan = &candidate;
  }
  if (plan == nullptr) throw invalid_field("plan", "this plan belongs to another offering");
  if (plan_id == subscription.plan) throw invalid_field("plan", "the subscription has plan '" + plan->name + "' already");
  if (subscription.pending_plan == plan_id)
    throw invalid_field("plan", "plan '" + plan->name + "' waits for the next cycle already");
  check_plan_is_free(tx, offering, *plan, subscription.id);
  require_state(subscription, kChangeable);

  Order order;
  order.type = OrderType::update;
  order.plan = plan_id;
  order.old_plan = subscription.plan;
  order.limits = subscription.limits;
  order.cost = order_cost(offering, *plan, order.limits, OrderType::update);
  return audited(scope, tx, "subscription.switch_plan", open_order(scope, tx, subscription, offering, std::move(order)));
}

Order update_limits(const Scope& scope, store::Tx& tx, SubscriptionId id, const std::map<std::string, std::int64_t>& limits) {
  const Subscription subscription = subscription_to_change(scope, tx, id);
  require_no_open_order(tx, subscription);
  const Offering offering = offering_for_update(tx, subscription);
  std::map<std::string, std::int64_t> wanted = subscription.limits;
  for (const auto& [type, limit] : limits) wanted[type] = limit;
  wanted = checked_limits(tx, offering, wanted, subscription.id);
  if (wanted == subscription.limits) throw invalid_field("limits", "these limits are unchanged");
  require_state(subscription, kChangeable);

  Order order;
  order.type = OrderType::update;
  order.plan = subscription.plan;
  order.limits = std::move(wanted);
  for (const Plan& plan : offering.plans) {
    if (plan.id == subscription.plan) order.cost = order_cost(offering, plan, order.limits, OrderType::update);
  }
  return audited(scope, tx, "subscription.update_limits", open_order(scope, tx, subscription, offering, std::move(order)));
}

Order terminate(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  const auto found = lock_subscription(tx, id);
  const bool for_provider = found && acts_for_provider(scope, found->provider);
  const Subscription subscription = for_provider ? *found : own_subscription(scope, tx, id);
  if (!for_provider) require(scope, Right::order_subscriptions);
  require_no_open_order(tx, subscription);
  require_state(subscription, kTerminable);

  Order order;
  order.type = OrderType::terminate;
  order.plan = subscription.plan;
  order.limits = subscription.limits;
  return audited(scope, tx, "subscription.terminate",
                 open_order(scope, tx, subscription, offering_by_id(tx, subscription.offering), std::move(order)));
}

void cancel_pending_plan(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  Subscription subscription = own_subscription(scope, tx, id);
  require(scope, Right::order_subscriptions);
  if (!subscription.pending_plan) throw not_found("pending plan");
  subscription.pending_plan.reset();
  save_subscription(tx, subscription);
  identity::audit(
      scope, tx,
      {.action = "subscription.cancel_pending_plan", .object_type = "subscription", .object_id = id.text(), .details = {}});
}

}  // namespace guildhall::market
