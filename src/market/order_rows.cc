// Rows of orders and subscriptions.
#include "order_rows.h"

#include <stdexcept>

#include "base/errors.h"
#include "base/text.h"

namespace guildhall::market {
namespace {

json::Object object_of(const store::Row& row, std::size_t i) {
  const json::Value value = row.json(i);
  return value.is_object() ? value.get_object() : json::Object{};
}

std::map<std::string, std::int64_t> limits_of(const store::Row& row, std::size_t i) {
  std::map<std::string, std::int64_t> limits;
  const json::Value value = row.json(i);
  if (!value.is_object()) return limits;
  for (const auto& member : value.get_object()) {
    if (member.value().is_int64()) limits[std::string(member.key())] = member.value().get_int64();
  }
  return limits;
}

template <class Value>
Value known(const std::optional<Value>& value) {
  if (!value) throw std::logic_error("a stored order or subscription has an unknown state or type");
  return *value;
}

std::optional<Date> date_at(const store::Row& row, std::size_t i) {
  return row.is_null(i) ? std::nullopt : parse_date(row.text(i));
}

/// The nil id means nobody and is stored as NULL.
std::optional<AccountId> somebody(AccountId id) {
  return id.is_nil() ? std::nullopt : std::optional(id);
}

}  // namespace

Order order_of_row(const store::Row& row) {
  Order order;
  order.id = row.id<OrderId>(0);
  order.organization = row.id<OrganizationId>(1);
  order.project = row.id<ProjectId>(2);
  order.subscription = row.id<SubscriptionId>(3);
  order.offering = row.id<OfferingId>(4);
  order.provider = row.id<OrganizationId>(5);
  order.plan = row.id<PlanId>(6);
  order.old_plan = row.optional_id<PlanId>(7);
  order.type = known(parse_order_type(row.text(8)));
  order.state = known(parse_order_state(row.text(9)));
  order.limits = limits_of(row, 10);
  order.attributes = object_of(row, 11);
  order.cost = row.optional_decimal(12);
  order.callback_url = row.text(13);
  order.request_comment = row.text(14);
  order.error_message = row.text(15);
  order.consumer_rejection_comment = row.text(16);
  order.provider_rejection_comment = row.text(17);
  order.created_by = row.optional_id<AccountId>(18).value_or(AccountId{});
  order.created_by_name = row.text(19);
  order.consumer_reviewed_by = row.optional_id<AccountId>(20);
  order.consumer_reviewed_at = row.optional_timestamp(21);
  order.provider_reviewed_by = row.optional_id<AccountId>(22);
  order.provider_reviewed_at = row.optional_timestamp(23);
  order.created_at = row.timestamp(24);
  order.modified_at = row.timestamp(25);
  order.completed_at = row.optional_timestamp(26);
  order.start_date = date_at(row, 27);
  return order;
}

Subscription subscription_of_row(const store::Row& row) {
  Subscription subscription;
  subscription.id = row.id<SubscriptionId>(0);
  subscription.organization = row.id<OrganizationId>(1);
  subscription.project = row.id<ProjectId>(2);
  subscription.offering = row.id<OfferingId>(3);
  subscription.provider = row.id<OrganizationId>(4);
  subscription.agent = row.optional_id<AgentId>(5);
  subscription.plan = row.id<PlanId>(6);
  subscription.pending_plan = row.optional_id<PlanId>(7);
  subscription.name = row.text(8);
  subscription.slug = row.text(9);
  subscription.description = row.text(10);
  subscription.state = known(parse_subscription_state(row.text(11)));
  subscription.limits = limits_of(row, 12);
  subscription.attributes = object_of(row, 13);
  subscription.backend_id = row.text(14);
  subscription.error_message = row.text(15);
  subscription.end_date = date_at(row, 16);
  subscription.created_by = row.optional_id<AccountId>(17).value_or(AccountId{});
  subscription.creation_order = row.id<OrderId>(18);
  subscription.created_at = row.timestamp(19);
  subscription.activated_at = row.optional_timestamp(20);
  subscription.terminated_at = row.optional_timestamp(21);
  return subscription;
}

json::Object limits_object(const std::map<std::string, std::int64_t>& limits) {
  json::Object object;
  for (const auto& [type, limit] : limits) object[type] = limit;
  return object;
}

std::string limits_text(const std::map<std::string, std::int64_t>& limits) {
  return json::write(limits_object(limits));
}

void insert_order(store::Tx& tx, const Order& o) {
  tx.execute(
      "INSERT INTO market_order (organization_id, order_id, project_id, subscription_id, offering_id, provider_id, plan_id,"
      " old_plan_id, type, state, limits, attributes, cost, callback_url, request_comment, error_message, "
      "consumer_rejection_comment,"
      " provider_rejection_comment, start_date, created_by, created_by_name, created_at, modified_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, '', '', '', $16, $17, $18, $19, $20)",
      {o.organization,
       o.id,
       o.project,
       o.subscription,
       o.offering,
       o.provider,
       o.plan,
       o.old_plan,
       wire_name(o.type),
       wire_name(o.state),
       limits_text(o.limits),
       json::write(o.attributes),
       o.cost,
       o.callback_url,
       o.request_comment,
       o.start_date,
       somebody(o.created_by),
       o.created_by_name,
       o.created_at,
       o.modified_at});
}

void save_order(store::Tx& tx, const Order& o) {
  tx.execute(
      "UPDATE market_order SET state = $3, error_message = $4, consumer_rejection_comment = $5, provider_rejection_comment = $6,"
      " consumer_reviewed_by = $7, consumer_reviewed_at = $8, provider_reviewed_by = $9, provider_reviewed_at = $10,"
      " modified_at = $11, completed_at = $12 WHERE organization_id = $1 AND order_id = $2",
      {o.organization, o.id, wire_name(o.state), o.error_message, o.consumer_rejection_comment, o.provider_rejection_comment,
       o.consumer_reviewed_by, o.consumer_reviewed_at, o.provider_reviewed_by, o.provider_reviewed_at, tx.now(), o.completed_at});
}

void insert_subscription(store::Tx& tx, const Subscription& s) {
  tx.execute(
      "INSERT INTO subscription (organization_id, subscription_id, project_id, offering_id, provider_id, agent_id, plan_id, name,"
      " name_key, slug, description, state, previous_state, limits, attributes, backend_id, error_message, end_date, created_by,"
      " creation_order_id, created_at, modified_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13, $14, $15, '', $16, $17, $18, $19, $19)",
      {s.organization, s.id, s.project, s.offering, s.provider, s.agent, s.plan, s.name, folded(s.name), s.slug, s.description,
       wire_name(s.state), limits_text(s.limits), json::write(s.attributes), s.backend_id, s.end_date, somebody(s.created_by),
       s.creation_order, s.created_at});
}

void save_subscription(store::Tx& tx, const Subscription& s) {
  tx.execute(
      "UPDATE subscription SET state = $3, plan_id = $4, pending_plan_id = $5, limits = $6, error_message = $7, activated_at = "
      "$8,"
      " terminated_at = $9, modified_at = $10, name = $11, name_key = $12, description = $13, backend_id = $14"
      " WHERE organization_id = $1 AND subscription_id = $2",
      {s.organization, s.id, wire_name(s.state), s.plan, s.pending_plan, limits_text(s.limits), s.error_message, s.activated_at,
       s.terminated_at, tx.now(), s.name, folded(s.name), s.description, s.backend_id});
}

void remember_state(store::Tx& tx, const Subscription& s) {
  tx.execute("UPDATE subscription SET previous_state = $3 WHERE organization_id = $1 AND subscription_id = $2",
             {s.organization, s.id, wire_name(s.state)});
}

SubscriptionState remembered_state(store::Tx& tx, const Subscription& s) {
  const auto row = tx.first("SELECT previous_state FROM subscription WHERE organization_id = $1 AND subscription_id = $2",
                            {s.organization, s.id});
  if (!row) throw std::logic_error("a subscription without a row");
  return known(parse_subscription_state(row->text(0)));
}

std::optional<Subscription> lock_subscription(store::Tx& tx, SubscriptionId id) {
  tx.execute("UPDATE subscription SET modified_at = $2 WHERE subscription_id = $1", {id, tx.now()});
  return subscription_by_id(tx, id);
}

Subscription load_subscription(store::Tx& tx, SubscriptionId id) {
  const auto subscription = subscription_by_id(tx, id);
  if (!subscription) throw not_found("subscription");
  return *subscription;
}

bool has_open_order(store::Tx& tx, const Subscription& s) {
  return tx
      .first("SELECT 1 FROM market_order WHERE organization_id = $1 AND subscription_id = $2 AND state IN " +
                 std::string(kOpenOrderStates),
             {s.organization, s.id})
      .has_value();
}

}  // namespace guildhall::market
