// Reading and writing orders and subscriptions; private to market.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "market/orders.h"

namespace guildhall::market {

inline constexpr std::string_view kOrderColumns =
    "o.order_id, o.organization_id, o.project_id, o.subscription_id, o.offering_id, o.provider_id, o.plan_id, o.old_plan_id, "
    "o.type,"
    " o.state, o.limits, o.attributes, o.cost, o.callback_url, o.request_comment, o.error_message, o.consumer_rejection_comment,"
    " o.provider_rejection_comment, o.created_by, o.created_by_name, o.consumer_reviewed_by, o.consumer_reviewed_at,"
    " o.provider_reviewed_by, o.provider_reviewed_at, o.created_at, o.modified_at, o.completed_at, o.start_date";
inline constexpr std::string_view kSubscriptionColumns =
    "s.subscription_id, s.organization_id, s.project_id, s.offering_id, s.provider_id, s.agent_id, s.plan_id, s.pending_plan_id,"
    " s.name, s.slug, s.description, s.state, s.limits, s.attributes, s.backend_id, s.error_message, s.end_date, s.created_by,"
    " s.creation_order_id, s.created_at, s.activated_at, s.terminated_at";

/// The states of an order that still wants something; the index market_order_open lists the same.
inline constexpr std::string_view kOpenOrderStates =
    "('pending-consumer', 'pending-project', 'pending-start-date', 'pending-provider', 'executing')";

Order order_of_row(const store::Row& row);
Subscription subscription_of_row(const store::Row& row);

std::string limits_text(const std::map<std::string, std::int64_t>& limits);
json::Object limits_object(const std::map<std::string, std::int64_t>& limits);

void insert_order(store::Tx& tx, const Order& order);
/// Writes what changes in an order's life: state, comments, reviews, instants.
void save_order(store::Tx& tx, const Order& order);
void insert_subscription(store::Tx& tx, const Subscription& subscription);
/// Writes state, plan, pending plan, limits, error and instants.
void save_subscription(store::Tx& tx, const Subscription& subscription);
/// Keeps the state a Terminating subscription returns to.
void remember_state(store::Tx& tx, const Subscription& subscription);
SubscriptionState remembered_state(store::Tx& tx, const Subscription& subscription);

/// Takes the row's lock, so that of two changes at once the second sees the first's outcome.
std::optional<Subscription> lock_subscription(store::Tx& tx, SubscriptionId id);
Subscription load_subscription(store::Tx& tx, SubscriptionId id);
bool has_open_order(store::Tx& tx, const Subscription& subscription);

}  // namespace guildhall::market
