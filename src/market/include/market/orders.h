// Orders and subscriptions (contracts/cmp.md §7.2, §7.3, §8).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "market/catalogue.h"
#include "store/tx.h"

namespace guildhall::market {

enum class OrderState : std::uint8_t {
  pending_consumer,
  pending_project,
  pending_start_date,
  pending_provider,
  executing,
  done,
  erred,
  canceled,
  rejected
};
std::string_view wire_name(OrderState state);  ///< "pending-consumer", …
std::optional<OrderState> parse_order_state(std::string_view name);

enum class OrderType : std::uint8_t { create, update, terminate };
std::string_view wire_name(OrderType type);  ///< "Create", "Update", "Terminate"
std::optional<OrderType> parse_order_type(std::string_view name);

enum class SubscriptionState : std::uint8_t { creating, ok, updating, terminating, terminated, erred };
std::string_view wire_name(SubscriptionState state);      ///< "Creating", "OK", … (Waldur)
std::string_view registry_name(SubscriptionState state);  ///< "CREATING", "OK", …
std::optional<SubscriptionState> parse_subscription_state(std::string_view name);

struct Subscription {
  SubscriptionId id;
  OrganizationId organization;  ///< the customer
  ProjectId project;
  OfferingId offering;
  OrganizationId provider;       ///< whose offering it is
  std::optional<AgentId> agent;  ///< of an internal offering
  PlanId plan;
  std::optional<PlanId> pending_plan;  ///< a downgrade that waits for the next cycle
  std::string name;
  std::string slug;
  std::string description;
  SubscriptionState state = SubscriptionState::creating;
  std::map<std::string, std::int64_t> limits;
  json::Object attributes;
  std::string backend_id;
  std::string error_message;
  std::optional<Date> end_date;
  AccountId created_by;
  OrderId creation_order;
  Timestamp created_at;
  std::optional<Timestamp> activated_at;
  std::optional<Timestamp> terminated_at;
};

struct Order {
  OrderId id;
  OrganizationId organization;  ///< the customer
  ProjectId project;
  SubscriptionId subscription;
  OfferingId offering;
  OrganizationId provider;
  PlanId plan;
  std::optional<PlanId> old_plan;
  OrderType type = OrderType::create;
  OrderState state = OrderState::pending_consumer;
  std::map<std::string, std::int64_t> limits;
  json::Object attributes;
  std::optional<Decimal> cost;  ///< §8; nullopt on Terminate
  std::string callback_url;
  std::string request_comment;
  std::string error_message;
  std::string consumer_rejection_comment;
  std::string provider_rejection_comment;
  AccountId created_by;
  std::string created_by_name;
  std::optional<AccountId> consumer_reviewed_by;
  std::optional<Timestamp> consumer_reviewed_at;
  std::optional<AccountId> provider_reviewed_by;
  std::optional<Timestamp> provider_reviewed_at;
  Timestamp created_at;
  Timestamp modified_at;
  std::optional<Timestamp> completed_at;
  std::optional<Date> start_date = std::nullopt;  ///< not to be executed before
};

struct NewOrder {
  ProjectId project;
  OfferingId offering;
  PlanId plan;
  std::string name;  ///< of the subscription; empty: the offering's name
  std::map<std::string, std::int64_t> limits;
  json::Object attributes;
  bool accepts_terms = false;
  std::string callback_url;
  std::string request_comment;
  std::optional<Date> start_date = std::nullopt;
};

/// Creates order and subscription, and approves and completes what needs nobody's review (§8), all in this transaction.
/// Needs order_subscriptions in the project. Emits "order.created", "order.approved", "subscription.activated",
/// "order.completed".
Order place_order(const Scope& scope, store::Tx& tx, const NewOrder& order);
/// Update order for another plan of the same offering. Upgrades act at once, downgrades wait as pending_plan (registry §11).
Order switch_plan(const Scope& scope, store::Tx& tx, SubscriptionId subscription, PlanId plan);
Order update_limits(const Scope& scope, store::Tx& tx, SubscriptionId subscription,
                    const std::map<std::string, std::int64_t>& limits);
/// Emits "subscription.terminated" when done: keys stop with this commit.
Order terminate(const Scope& scope, store::Tx& tx, SubscriptionId subscription);
/// Drops a waiting downgrade.
void cancel_pending_plan(const Scope& scope, store::Tx& tx, SubscriptionId subscription);

enum class OrderAction : std::uint8_t {
  approve_by_consumer,
  reject_by_consumer,
  approve_by_provider,
  reject_by_provider,
  cancel,
  set_state_executing,
  set_state_done,
  set_state_erred
};
std::string_view wire_name(OrderAction action);
/// §7.2: Refusal(invalid_transition) "Valid states for operation: …" from any other state; permission_denied, not_found as §2.4.
Order act_on_order(const Scope& scope, store::Tx& tx, OrderId order, OrderAction action, std::string_view comment);

/// From pending-consumer or pending-provider: the order is gone, its subscription Terminated. Needs order_subscriptions.
void delete_order(const Scope& scope, store::Tx& tx, OrderId order);
/// Operators only: the order is gone and nothing else happens.
void unlink_order(const Scope& scope, store::Tx& tx, OrderId order);

/// System jobs. Each runs over all organizations, may run again, and returns how many it changed.
/// Waiting downgrades that were asked for before the cycle of `now` take effect (contracts/registry.md §11). Emits
/// "subscription.updated" for each.
std::int64_t apply_pending_plans(store::Tx& tx, Timestamp now);
/// Orders whose project or own start date has come go on as after consumer approval (hourly).
std::int64_t release_waiting_orders(store::Tx& tx);
/// Orders executing for longer than `timeout_us` become erred (§7.2).
std::int64_t expire_executing_orders(store::Tx& tx, std::int64_t timeout_us);

struct OrderFilter {
  std::optional<ProjectId> project;
  std::optional<OrganizationId> customer;
  std::optional<OfferingId> offering;
  std::optional<SubscriptionId> subscription;
  std::vector<OrderState> states;
  std::string type;
  std::string order;  ///< created, -created, cost, -cost, state, -state
  std::size_t offset = 0;
  std::size_t limit = 10;
};
struct OrderPage {
  std::vector<Order> items;
  std::int64_t total = 0;
};
/// Orders the scope's organization placed or provides for.
OrderPage list_orders(const Scope& scope, store::Tx& tx, const OrderFilter& filter);
Order get_order(const Scope& scope, store::Tx& tx, OrderId id);

struct SubscriptionFilter {
  std::optional<ProjectId> project;
  std::optional<OfferingId> offering;
  std::vector<SubscriptionState> states;
  std::string name;
  std::string name_exact;
  std::string query;
  bool as_provider = false;  ///< those of the scope's offerings instead of its own
  std::string order;
  std::size_t offset = 0;
  std::size_t limit = 10;
};
struct SubscriptionPage {
  std::vector<Subscription> items;
  std::int64_t total = 0;
};
SubscriptionPage list_subscriptions(const Scope& scope, store::Tx& tx, const SubscriptionFilter& filter);
/// The customer's own; providers see theirs through provided_subscription.
Subscription get_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id);
Subscription provided_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id);
/// By id alone: for admission and billing, which hold an id they were given by this room.
std::optional<Subscription> subscription_by_id(store::Tx& tx, SubscriptionId id);
Subscription rename_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id, std::string_view name,
                                 std::string_view description);
/// The provider's own name for it. Needs provide_agents.
Subscription set_backend_id(const Scope& scope, store::Tx& tx, SubscriptionId id, std::string_view backend_id);
/// Live: neither terminated nor erred while creating.
std::int64_t count_live_subscriptions_of_offering(store::Tx& tx, OfferingId offering);
std::int64_t count_live_subscriptions_of_project(store::Tx& tx, OrganizationId organization, ProjectId project);
std::vector<Subscription> live_subscriptions_of_agent(store::Tx& tx, OrganizationId provider, AgentId agent);

}  // namespace guildhall::market
