// The actions on orders, as one table (contracts/cmp.md §7.2).
#include <algorithm>
#include <array>
#include <span>
#include <stdexcept>

#include "base/errors.h"
#include "checks.h"
#include "identity/audit.h"
#include "order_access.h"
#include "order_checks.h"
#include "order_flow.h"
#include "order_rows.h"

namespace guildhall::market {
namespace {

enum class Side : std::uint8_t { consumer, provider };

struct ActionRule {
  OrderAction action;
  Side side;
  Right right;
  bool creator_may;            ///< also whoever placed the order
  bool needs_running;          ///< refused for suspended organizations and ended projects
  std::string_view only_type;  ///< of the offering; empty: any
  std::span<const OrderState> from;
};

constexpr std::array kPendingConsumer{OrderState::pending_consumer};
constexpr std::array kPendingProvider{OrderState::pending_provider};
constexpr std::array kCancelable{OrderState::pending_consumer, OrderState::pending_provider, OrderState::executing};
constexpr std::array kExecutable{OrderState::pending_consumer, OrderState::pending_provider, OrderState::erred};
constexpr std::array kExecuting{OrderState::executing};

constexpr std::array<ActionRule, 8> kActionRules{{
    {OrderAction::approve_by_consumer, Side::consumer, Right::approve_orders, false, true, "", kPendingConsumer},
    {OrderAction::reject_by_consumer, Side::consumer, Right::approve_orders, true, false, "", kPendingConsumer},
    {OrderAction::approve_by_provider, Side::provider, Right::provide_agents, false, true, "", kPendingProvider},
    {OrderAction::reject_by_provider, Side::provider, Right::provide_agents, false, false, "", kPendingProvider},
    {OrderAction::cancel, Side::consumer, Right::order_subscriptions, false, false, "Marketplace.Basic", kCancelable},
    {OrderAction::set_state_executing, Side::provider, Right::provide_agents, false, true, "Marketplace.Slurm", kExecutable},
    {OrderAction::set_state_done, Side::provider, Right::provide_agents, false, false, "", kExecuting},
    {OrderAction::set_state_erred, Side::provider, Right::provide_agents, false, false, "Marketplace.Slurm", kExecuting},
}};

const ActionRule& rule_of(OrderAction action) {
  for (const ActionRule& rule : kActionRules) {
    if (rule.action == action) return rule;
  }
  throw std::logic_error("an order action without a rule");
}

void require_actor(const Scope& scope, const Order& order, const ActionRule& rule) {
  if (scope.is_operator()) return;
  const bool on_side = rule.side == Side::consumer ? acts_for_customer(scope, order.organization, order.project)
                                                   : acts_for_provider(scope, order.provider);
  if (!on_side) {
    throw Refusal(Code::permission_denied, std::string(wire_name(rule.action)) + " belongs to the " +
                                               (rule.side == Side::consumer ? "customer" : "provider") + " of the order");
  }
  if (rule.creator_may && scope.account && *scope.account == order.created_by) return;
  require(scope, rule.right);
}

void require_state(const Order& order, const ActionRule& rule) {
  if (std::find(rule.from.begin(), rule.from.end(), order.state) != rule.from.end()) return;
  std::string valid;
  for (const OrderState state : rule.from) valid += (valid.empty() ? "" : ", ") + std::string(wire_name(state));
  throw Refusal(Code::invalid_transition, "Valid states for operation: " + valid + ".");
}

void check_running(store::Tx& tx, const Order& order) {
  check_customer(tx, order.organization);
  if (order.type == OrderType::terminate) return;
  for (const identity::Project& project : identity::projects_of(identity::system_scope(order.organization, "market"), tx)) {
    if (project.id == order.project) return check_project_runs(tx, project);
  }
  throw invalid_field("project", "the project of this order was removed");
}

void approve_as_consumer(const Scope& scope, store::Tx& tx, Order& order, const Offering& offering) {
  order.consumer_reviewed_by = scope.account;
  order.consumer_reviewed_at = tx.now();
  continue_order(tx, order, offering);
}

void approve_as_provider(const Scope& scope, store::Tx& tx, Order& order, const Offering& offering) {
  order.provider_reviewed_by = scope.account;
  order.provider_reviewed_at = tx.now();
  execute_order(tx, order, offering);
}

void apply_action(const Scope& scope, store::Tx& tx, Order& order, const Offering& offering, OrderAction action,
                  std::string_view comment) {
  switch (action) {
    case OrderAction::approve_by_consumer: return approve_as_consumer(scope, tx, order, offering);
    case OrderAction::approve_by_provider: return approve_as_provider(scope, tx, order, offering);
    case OrderAction::reject_by_consumer:
      order.consumer_reviewed_by = scope.account;
      order.consumer_reviewed_at = tx.now();
      order.consumer_rejection_comment = comment;
      return end_order(tx, order, OrderState::rejected);
    case OrderAction::reject_by_provider:
      order.provider_reviewed_by = scope.account;
      order.provider_reviewed_at = tx.now();
      order.provider_rejection_comment = comment;
      return end_order(tx, order, OrderState::rejected);
    case OrderAction::cancel: return end_order(tx, order, OrderState::canceled);
    case OrderAction::set_state_executing:
      if (order.state == OrderState::erred) revive_subscription(tx, order);
      order.error_message.clear();
      order.completed_at.reset();
      return approve_as_provider(scope, tx, order, offering);
    case OrderAction::set_state_done: return complete_order(tx, order);
    case OrderAction::set_state_erred: order.error_message = comment; return end_order(tx, order, OrderState::erred);
  }
  throw std::logic_error("an order action that does nothing");
}

}  // namespace

Order act_on_order(const Scope& scope, store::Tx& tx, OrderId id, OrderAction action, std::string_view comment) {
  Order order = order_to_change(scope, tx, id);
  const ActionRule& rule = rule_of(action);
  require_actor(scope, order, rule);
  check_text("comment", comment, kCommentBytesMax);
  if (rule.needs_running) check_running(tx, order);
  require_state(order, rule);
  const Offering offering = offering_by_id(tx, order.offering);
  if (!rule.only_type.empty() && offering.type != rule.only_type) {
    throw Refusal(Code::method_not_allowed,
                  std::string(wire_name(action)) + " is not offered for orders of " + offering.type + " offerings");
  }
  apply_action(scope, tx, order, offering, action, comment);
  identity::audit(scope, tx,
                  {.action = "order." + std::string(wire_name(action)),
                   .object_type = "order",
                   .object_id = id.text(),
                   .details = {{"state", wire_name(order.state)}}});
  return order;
}

}  // namespace guildhall::market
