// The events of orders and subscriptions: identifiers and values, never attributes; private to market.
#pragma once

#include <string_view>

#include "base/json.h"
#include "market/orders.h"

namespace guildhall::market {

/// Payload: order, type, state, subscription, offering, plan, old_plan?, organization, project, provider, agent?, limits.
void tell_order(store::Tx& tx, const Order& order, const Offering& offering, std::string_view event);
/// Payload: subscription, offering, plan, organization, project, provider, agent?, state, limits, and `more`.
void tell_subscription(store::Tx& tx, const Subscription& subscription, std::string_view event, const json::Object& more);

}  // namespace guildhall::market
