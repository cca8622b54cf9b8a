// The life of an order and what it does to its subscription (contracts/cmp.md §7.2, §7.3, §8); private to market.
//
// Each function moves an order it was given, writes order and subscription, and emits the events. Who may do it was decided
// before.
#pragma once

#include <string_view>

#include "market/orders.h"

namespace guildhall::market {

/// Asks for an order of an existing subscription: writes it and moves the subscription to Updating or Terminating.
/// Refusal(validation_failed) "Pending order for resource already exists".
Order open_order(const Scope& scope, store::Tx& tx, const Subscription& subscription, const Offering& offering, Order order);
/// Announces a new order and reviews it as far as nobody needs to be asked.
void start_order(const Scope& scope, store::Tx& tx, Order& order, const Offering& offering);
/// After consumer approval: waits for a date, for the provider, or executes.
void continue_order(store::Tx& tx, Order& order, const Offering& offering);
/// Executes; orders of Basic offerings are done with that.
void execute_order(store::Tx& tx, Order& order, const Offering& offering);
void complete_order(store::Tx& tx, Order& order);
/// Ends as rejected, canceled or erred; the subscription goes where §7.3 says.
void end_order(store::Tx& tx, Order& order, OrderState end);
/// An erred order is tried again: its subscription waits again. Refusal(validation_failed) when that is not possible.
void revive_subscription(store::Tx& tx, const Order& order);

/// True when `plan` is an upgrade from `old` (contracts/registry.md §11).
bool is_upgrade(const Plan& old_plan, const Plan& plan);
/// Switches the plan now and tells.
void apply_plan(store::Tx& tx, Subscription& subscription, PlanId plan);

}  // namespace guildhall::market
