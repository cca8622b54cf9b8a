// Moving orders and subscriptions from state to state.
#include "order_flow.h"

#include <stdexcept>

#include "base/errors.h"
#include "delivery/events.h"
#include "identity/organizations.h"
#include "market_events.h"
#include "order_rows.h"

namespace guildhall::market {
namespace {

/// The project as it is now, also when it was removed since: then it holds nothing up.
std::optional<identity::Project> project_of(store::Tx& tx, const Order& order) {
  for (const identity::Project& project : identity::projects_of(identity::system_scope(order.organization, "market"), tx)) {
    if (project.id == order.project) return project;
  }
  return std::nullopt;
}

/// Whether nobody of the customer needs to be asked (§8, Consumer review; first match decides).
bool skips_consumer_review(const Scope& scope, const Order& order, const Offering& offering) {
  if (scope.is_operator()) return true;
  const bool acts_for_customer = scope.organization == order.organization;
  if (!offering.is_shared) return acts_for_customer && scope.may(Right::approve_private_orders);
  const auto* automatic = offering.plugin_options.if_contains("auto_approve_in_service_provider_projects");
  if (offering.organization == order.organization && automatic != nullptr && automatic->is_bool() && automatic->get_bool())
    return true;
  const bool is_provider_owner =
      scope.organization == order.provider && scope.may(Right::provide_agents) && scope.may(Right::manage_organization);
  if (order.type == OrderType::terminate && is_provider_owner) return true;
  return acts_for_customer && scope.may(Right::approve_orders);
}

bool skips_provider_review(const Offering& offering) {
  if (!offering.is_internal()) return false;
  const auto* disabled = offering.plugin_options.if_contains("disable_autoapprove");
  return disabled == nullptr || !disabled->is_bool() || !disabled->get_bool();
}

void complete_create(store::Tx& tx, Subscription& subscription, const Order& order) {
  subscription.state = SubscriptionState::ok;
  subscription.limits = order.limits;
  subscription.activated_at = tx.now();
  subscription.error_message.clear();
  save_subscription(tx, subscription);
  tell_subscription(tx, subscription, "subscription.activated", {});
}

void complete_update(store::Tx& tx, Subscription& subscription, const Order& order) {
  subscription.state = SubscriptionState::ok;
  if (order.limits != subscription.limits) {
    const json::Object old_limits = limits_object(subscription.limits);
    subscription.limits = order.limits;
    save_subscription(tx, subscription);
    tell_subscription(tx, subscription, "subscription.updated",
                      {{"old_limits", old_limits}, {"old_plan", subscription.plan.text()}});
  }
  if (order.plan == subscription.plan) {
    save_subscription(tx, subscription);
  } else if (is_upgrade(plan_by_id(tx, subscription.plan), plan_by_id(tx, order.plan))) {
    apply_plan(tx, subscription, order.plan);
  } else {
    subscription.pending_plan = order.plan;
    save_subscription(tx, subscription);
    tx.execute("UPDATE subscription SET pending_plan_at = $3 WHERE organization_id = $1 AND subscription_id = $2",
               {subscription.organization, subscription.id, tx.now()});
  }
}

void complete_terminate(store::Tx& tx, Subscription& subscription) {
  subscription.state = SubscriptionState::terminated;
  subscription.pending_plan.reset();
  subscription.terminated_at = tx.now();
  save_subscription(tx, subscription);
  tell_subscription(tx, subscription, "subscription.terminated", {});
}

/// Where a subscription goes when its order ends without being done (§7.3).
SubscriptionState state_after_end(store::Tx& tx, const Subscription& subscription, const Order& order, OrderState end) {
  switch (order.type) {
    case OrderType::create: return end == OrderState::erred ? SubscriptionState::erred : SubscriptionState::terminated;
    case OrderType::update: return end == OrderState::erred ? SubscriptionState::erred : SubscriptionState::ok;
    case OrderType::terminate: return remembered_state(tx, subscription);
  }
  throw std::logic_error("an order of unknown type");
}

std::string_view event_of_end(OrderState end) {
  switch (end) {
    case OrderState::rejected: return "order.rejected";
    case OrderState::canceled: return "order.canceled";
    case OrderState::erred: return "order.erred";
    default: throw std::logic_error("an order does not end in this state");
  }
}

/// An order that keeps waiting is not touched.
void move_order(store::Tx& tx, Order& order, OrderState state) {
  if (order.state == state) return;
  order.state = state;
  order.modified_at = tx.now();
  save_order(tx, order);
}

}  // namespace

Order open_order(const Scope& scope, store::Tx& tx, const Subscription& subscription, const Offering& offering, Order order) {
  if (has_open_order(tx, subscription)) throw Refusal(Code::validation_failed, "Pending order for resource already exists");
  order.id = OrderId::random();
  order.organization = subscription.organization;
  order.project = subscription.project;
  order.subscription = subscription.id;
  order.offering = subscription.offering;
  order.provider = subscription.provider;
  order.created_by = scope.account.value_or(AccountId{});
  order.created_by_name = scope.actor_name;
  order.created_at = tx.now();
  order.modified_at = tx.now();
  insert_order(tx, order);
  if (order.type != OrderType::create) {
    Subscription waiting = subscription;
    remember_state(tx, waiting);
    waiting.state = order.type == OrderType::update ? SubscriptionState::updating : SubscriptionState::terminating;
    save_subscription(tx, waiting);
  }
  start_order(scope, tx, order, offering);
  return order;
}

void start_order(const Scope& scope, store::Tx& tx, Order& order, const Offering& offering) {
  tell_order(tx, order, offering, "order.created");
  if (!skips_consumer_review(scope, order, offering)) return;
  order.consumer_reviewed_by = scope.account;
  order.consumer_reviewed_at = tx.now();
  continue_order(tx, order, offering);
}

void continue_order(store::Tx& tx, Order& order, const Offering& offering) {
  const Date today = date_of(tx.now());
  const auto project = project_of(tx, order);
  if (project && project->start_date && *project->start_date > today) return move_order(tx, order, OrderState::pending_project);
  if (order.start_date && *order.start_date > today) return move_order(tx, order, OrderState::pending_start_date);
  if (!skips_provider_review(offering)) return move_order(tx, order, OrderState::pending_provider);
  execute_order(tx, order, offering);
}

void execute_order(store::Tx& tx, Order& order, const Offering& offering) {
  move_order(tx, order, OrderState::executing);
  tell_order(tx, order, offering, "order.approved");
  if (offering.type != "Marketplace.Slurm") complete_order(tx, order);
}

void complete_order(store::Tx& tx, Order& order) {
  Subscription subscription = load_subscription(tx, order.subscription);
  order.completed_at = tx.now();
  order.error_message.clear();
  move_order(tx, order, OrderState::done);
  switch (order.type) {
    case OrderType::create: complete_create(tx, subscription, order); break;
    case OrderType::update: complete_update(tx, subscription, order); break;
    case OrderType::terminate: complete_terminate(tx, subscription); break;
  }
  tell_order(tx, order, offering_by_id(tx, order.offering), "order.completed");
}

void end_order(store::Tx& tx, Order& order, OrderState end) {
  const std::string_view event = event_of_end(end);
  Subscription subscription = load_subscription(tx, order.subscription);
  subscription.state = state_after_end(tx, subscription, order, end);
  if (subscription.state == SubscriptionState::terminated) subscription.terminated_at = tx.now();
  if (end == OrderState::erred) subscription.error_message = order.error_message;
  save_subscription(tx, subscription);
  order.completed_at = tx.now();
  move_order(tx, order, end);
  tell_order(tx, order, offering_by_id(tx, order.offering), event);
}

void revive_subscription(store::Tx& tx, const Order& order) {
  Subscription subscription = load_subscription(tx, order.subscription);
  if (has_open_order(tx, subscription)) throw Refusal(Code::validation_failed, "Pending order for resource already exists");
  if (subscription.state == SubscriptionState::terminated) {
    throw Refusal(Code::validation_failed, "the subscription was terminated meanwhile; place a new order");
  }
  if (order.type == OrderType::terminate) remember_state(tx, subscription);
  subscription.state = order.type == OrderType::create   ? SubscriptionState::creating
                       : order.type == OrderType::update ? SubscriptionState::updating
                                                         : SubscriptionState::terminating;
  save_subscription(tx, subscription);
}

bool is_upgrade(const Plan& old_plan, const Plan& plan) {
  if (plan.terms.custom_pricing) return true;
  if (old_plan.terms.custom_pricing) return false;
  const auto yearly = [](const PlanTerms& terms) {
    return Decimal(terms.price_minor) * Decimal(terms.billing_period == "yearly" ? 1 : 12);
  };
  if (yearly(plan.terms) != yearly(old_plan.terms)) return yearly(plan.terms) > yearly(old_plan.terms);
  if (!plan.terms.monthly_quota) return true;
  return old_plan.terms.monthly_quota && *plan.terms.monthly_quota >= *old_plan.terms.monthly_quota;
}

void apply_plan(store::Tx& tx, Subscription& subscription, PlanId plan) {
  const PlanId old_plan = subscription.plan;
  subscription.plan = plan;
  subscription.pending_plan.reset();
  save_subscription(tx, subscription);
  tell_subscription(tx, subscription, "subscription.updated",
                    {{"old_plan", old_plan.text()}, {"old_limits", limits_object(subscription.limits)}});
}

}  // namespace guildhall::market
