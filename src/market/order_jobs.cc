// What happens to orders and plans when time passes. Each order and subscription is changed as its organization's system scope.
#include "identity/audit.h"
#include "limits.h"
#include "order_flow.h"
#include "order_rows.h"

namespace guildhall::market {
namespace {

void audit_job(store::Tx& tx, OrganizationId organization, std::string_view job, std::string_view type, const std::string& id) {
  identity::audit(identity::system_scope(organization, std::string(job)), tx,
                  {.action = std::string(job), .object_type = std::string(type), .object_id = id, .details = {}});
}

}  // namespace

std::int64_t apply_pending_plans(store::Tx& tx, Timestamp now) {
  std::int64_t applied = 0;
  for (const store::Row& row : tx.query(
           "SELECT " + std::string(kSubscriptionColumns) +
               " FROM subscription s WHERE s.pending_plan_id IS NOT NULL AND s.pending_plan_at < $1 AND s.state <> 'Terminated'"
               " ORDER BY s.organization_id, s.subscription_id",
           {start_of(cycle_of(now))})) {
    Subscription subscription = subscription_of_row(row);
    apply_plan(tx, subscription, *subscription.pending_plan);
    audit_job(tx, subscription.organization, "subscription.apply_pending_plan", "subscription", subscription.id.text());
    ++applied;
  }
  return applied;
}

std::int64_t release_waiting_orders(store::Tx& tx) {
  std::int64_t released = 0;
  for (const store::Row& row : tx.query("SELECT " + std::string(kOrderColumns) +
                                        " FROM market_order o WHERE o.state IN ('pending-project', 'pending-start-date')"
                                        " ORDER BY o.created_at, o.order_id")) {
    Order order = order_of_row(row);
    continue_order(tx, order, offering_by_id(tx, order.offering));
    if (order.state == OrderState::pending_project || order.state == OrderState::pending_start_date) continue;
    audit_job(tx, order.organization, "order.release", "order", order.id.text());
    ++released;
  }
  return released;
}

std::int64_t expire_executing_orders(store::Tx& tx, std::int64_t timeout_us) {
  std::int64_t expired = 0;
  for (const store::Row& row : tx.query("SELECT " + std::string(kOrderColumns) +
                                            " FROM market_order o WHERE o.state = 'executing' AND o.modified_at < $1"
                                            " ORDER BY o.created_at, o.order_id LIMIT $2",
                                        {tx.now() - timeout_us, static_cast<std::int64_t>(kJobBatchMax)})) {
    Order order = order_of_row(row);
    order.error_message = "the provider did not finish the order in time";
    end_order(tx, order, OrderState::erred);
    Subscription subscription = load_subscription(tx, order.subscription);
    if (order.type == OrderType::create && subscription.backend_id.empty()) {
      subscription.state = SubscriptionState::terminated;
      subscription.terminated_at = tx.now();
      save_subscription(tx, subscription);
    }
    audit_job(tx, order.organization, "order.expire", "order", order.id.text());
    ++expired;
  }
  return expired;
}

}  // namespace guildhall::market
