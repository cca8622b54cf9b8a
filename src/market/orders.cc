// Placing, finding and removing orders.
#include <array>

#include "base/errors.h"
#include "checks.h"
#include "identity/audit.h"
#include "list_query.h"
#include "market_events.h"
#include "order_access.h"
#include "order_checks.h"
#include "order_flow.h"
#include "order_rows.h"

namespace guildhall::market {
namespace {

constexpr std::array<FilterColumn, 8> kOrderFilters{{{"project", "o.project_id = $?"},
                                                     {"customer", "o.organization_id = $?"},
                                                     {"offering", "o.offering_id = $?"},
                                                     {"subscription", "o.subscription_id = $?"},
                                                     {"state", "o.state IN ($?)"},
                                                     {"type", "o.type = $?"},
                                                     {"id", "o.order_id = $?"},
                                                     {"provider", "o.provider_id = $?"}}};
constexpr std::array<SortColumn, 3> kOrderSorts{
    {{"created", "o.created_at"}, {"cost", "CAST(COALESCE(o.cost, '0') AS NUMERIC)"}, {"state", "o.state"}}};
constexpr ListSource kOrders{kOrderColumns, "market_order o", kOrderFilters, kOrderSorts, "o.order_id"};

/// Orders of either side the scope may see.
ListQuery visible_orders(const Scope& scope, store::Tx& tx) {
  ListQuery query(kOrders);
  const bool provides = sees_as_provider(scope, scope.organization) && find_provider(tx, scope.organization).has_value();
  if (provides && scope.project) {
    query.require("(o.organization_id = $? AND o.project_id = $?) OR o.provider_id = $?",
                  {scope.organization, *scope.project, scope.organization});
  } else if (provides) {
    query.require("o.organization_id = $? OR o.provider_id = $?", {scope.organization, scope.organization});
  } else {
    query.filter("customer", scope.organization);
    if (scope.project) query.filter("project", *scope.project);
  }
  if (scope.subscription) query.filter("subscription", *scope.subscription);
  return query;
}

/// The offering as the buyer sees it; a foreign one that is not public does not exist for them.
Offering offering_to_order(const Scope& scope, store::Tx& tx, OfferingId id) {
  Offering offering = offering_by_id(tx, id);
  const bool is_public =
      offering.is_shared && (offering.state == OfferingState::active || offering.state == OfferingState::paused);
  if (!is_public && offering.organization != scope.organization) throw not_found("offering");
  if (offering.state != OfferingState::active) {
    throw invalid_field(
        "offering", "offering '" + offering.name + "' is " + std::string(wire_name(offering.state)) + " and takes no new orders");
  }
  return offering;
}

Subscription subscription_of(const Scope& scope, store::Tx& tx, const NewOrder& values, const Offering& offering) {
  Subscription subscription;
  subscription.id = SubscriptionId::random();
  subscription.organization = scope.organization;
  subscription.project = values.project;
  subscription.offering = offering.id;
  subscription.provider = offering.organization;
  subscription.agent = offering.agent;
  subscription.plan = values.plan;
  subscription.name = values.name.empty() ? offering.name : values.name;
  subscription.slug = slug(subscription.name);
  subscription.attributes = values.attributes;
  subscription.created_by = scope.account.value_or(AccountId{});
  subscription.created_at = tx.now();
  return subscription;
}

void check_new_order(const NewOrder& values, const Offering& offering) {
  check_text("name", values.name, kNameBytesMax);
  check_text("request_comment", values.request_comment, kCommentBytesMax);
  check_object("attributes", values.attributes);
  check_callback_url(values.callback_url);
  if (offering.is_shared && !offering.terms_of_service.empty() && !values.accepts_terms) {
    throw Refusal(Code::terms_required, "the terms of '" + offering.name + "' must be accepted");
  }
  check_options(offering, values.attributes);
}

}  // namespace

Order place_order(const Scope& scope, store::Tx& tx, const NewOrder& values) {
  const identity::Project project = identity::get_project(scope, tx, values.project);
  const Offering offering = [&] {
    require(scope, Right::place_orders);
    return offering_to_order(scope, tx, values.offering);
  }();
  check_customer(tx, scope.organization);
  check_project_runs(tx, project);
  check_new_order(values, offering);
  Subscription subscription = subscription_of(scope, tx, values, offering);
  const Plan* plan = nullptr;
  for (const Plan& candidate : offering.plans) {
    if (candidate.id == values.plan) plan = &candidate;
  }
  if (plan == nullptr) throw invalid_field("plan", "this plan belongs to another offering");
  check_plan_is_free(tx, offering, *plan, subscription.id);
  subscription.limits = checked_limits(tx, offering, values.limits, subscription.id);

  Order order;
  order.type = OrderType::create;
  order.plan = values.plan;
  order.limits = subscription.limits;
  order.attributes = values.attributes;
  order.cost = order_cost(offering, *plan, order.limits, OrderType::create);
  order.callback_url = values.callback_url;
  order.request_comment = values.request_comment;
  order.start_date = values.start_date;
  order.id = OrderId::random();
  order.organization = subscription.organization;
  order.project = subscription.project;
  order.subscription = subscription.id;
  order.offering = offering.id;
  order.provider = offering.organization;
  order.created_by = subscription.created_by;
  order.created_by_name = scope.actor_name;
  order.created_at = tx.now();
  order.modified_at = tx.now();
  subscription.creation_order = order.id;
  insert_subscription(tx, subscription);
  insert_order(tx, order);
  identity::audit(scope, tx,
                  {.action = "order.place",
                   .object_type = "order",
                   .object_id = order.id.text(),
                   .details = {{"type", wire_name(order.type)},
                               {"subscription", order.subscription.text()},
                               {"offering", order.offering.text()},
                               {"plan", order.plan.text()}}});
  start_order(scope, tx, order, offering);
  return order;
}

OrderPage list_orders(const Scope& scope, store::Tx& tx, const OrderFilter& filter) {
  require_reading(scope);
  ListQuery query = visible_orders(scope, tx);
  if (filter.project) query.filter("project", *filter.project);
  if (filter.customer) query.filter("customer", *filter.customer);
  if (filter.offering) query.filter("offering", *filter.offering);
  if (filter.subscription) query.filter("subscription", *filter.subscription);
  std::vector<store::Param> states;
  for (const OrderState state : filter.states) states.emplace_back(wire_name(state));
  query.filter_any("state", states);
  if (!filter.type.empty()) query.filter("type", filter.type);
  OrderPage page;
  for (const store::Row& row : query.page(tx, filter.order, filter.offset, filter.limit)) page.items.push_back(order_of_row(row));
  page.total = query.total(tx);
  return page;
}

Order get_order(const Scope& scope, store::Tx& tx, OrderId id) {
  const auto row = tx.first("SELECT " + std::string(kOrderColumns) + " FROM market_order o WHERE o.order_id = $1", {id});
  if (!row) throw not_found("order");
  Order order = order_of_row(*row);
  const bool visible = (acts_for_customer(scope, order.organization, order.project) || sees_as_provider(scope, order.provider)) &&
                       (!scope.subscription || *scope.subscription == order.subscription);
  if (!visible) throw not_found("order");
  require_reading(scope);
  return order;
}

void delete_order(const Scope& scope, store::Tx& tx, OrderId id) {
  Order order = order_to_change(scope, tx, id);
  if (!scope.is_operator()) {
    if (!acts_for_customer(scope, order.organization, order.project)) {
      throw Refusal(Code::permission_denied, "only the customer deletes an order; reject it instead");
    }
    require(scope, Right::order_subscriptions);
  }
  if (order.state != OrderState::pending_consumer && order.state != OrderState::pending_provider) {
    throw Refusal(Code::invalid_transition, "Valid states for operation: pending-consumer, pending-provider.");
  }
  end_order(tx, order, OrderState::canceled);
  tx.execute("DELETE FROM market_order WHERE organization_id = $1 AND order_id = $2", {order.organization, id});
  identity::audit(scope, tx, {.action = "order.delete", .object_type = "order", .object_id = id.text(), .details = {}});
}

void unlink_order(const Scope& scope, store::Tx& tx, OrderId id) {
  const Order order = order_to_change(scope, tx, id);
  require(scope, Right::operate);
  tx.execute("DELETE FROM market_order WHERE organization_id = $1 AND order_id = $2", {order.organization, id});
  identity::audit(scope, tx, {.action = "order.unlink", .object_type = "order", .object_id = id.text(), .details = {}});
}

}  // namespace guildhall::market
