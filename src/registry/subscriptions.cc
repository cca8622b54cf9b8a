// What a subscription gains and loses here: its Default key, configuration and widgets (contracts/registry.md §2).
#include "agent_rows.h"
#include "config_rows.h"
#include "key_rows.h"
#include "lifecycle.h"
#include "market/orders.h"
#include "policy_rows.h"
#include "registry/access.h"
#include "widget_rows.h"

namespace guildhall::registry {
namespace {

/// The subscription an event is about; nullopt when it is not one of an agent.
std::optional<market::Subscription> agent_subscription(store::Tx& tx, const delivery::Event& event) {
  auto subscription = market::subscription_by_id(tx, SubscriptionId{event.subject});
  return subscription && subscription->agent ? subscription : std::nullopt;
}

Scope handler_scope(const market::Subscription& subscription) {
  return identity::system_scope(subscription.organization, "registry");
}

bool has_key(store::Tx& tx, const market::Subscription& subscription) {
  return tx
      .first("SELECT key_id FROM access_key WHERE organization_id = $1 AND subscription_id = $2 AND is_default LIMIT 1",
             {subscription.organization, subscription.id})
      .has_value();
}

void on_activated(store::Tx& tx, const delivery::Event& event) {
  const auto subscription = agent_subscription(tx, event);
  if (!subscription || has_key(tx, *subscription)) return;
  const market::Plan plan = market::plan_by_id(tx, subscription->plan);
  insert_key(handler_scope(*subscription), tx,
             {.name = "Default",
              .scopes = {"chat", "query", "read", "config"},
              .expires_at = {},
              .allowed_ips = {},
              .quota_limit = plan.terms.monthly_quota,
              .rate_limit_per_second = {}},
             {.subscription = subscription->id, .is_default = true, .is_claimed = false});
  open_config(tx, subscription->organization, subscription->id);
  mark_subscribed(tx, subscription->provider, *subscription->agent);
}

void on_updated(store::Tx& tx, const delivery::Event& event) {
  const auto subscription = agent_subscription(tx, event);
  if (!subscription) return;
  const market::Plan plan = market::plan_by_id(tx, subscription->plan);
  set_default_quota(handler_scope(*subscription), tx, subscription->id, plan.terms.monthly_quota);
}

void on_terminated(store::Tx& tx, const delivery::Event& event) {
  const auto subscription = agent_subscription(tx, event);
  if (!subscription) return;
  const Scope scope = handler_scope(*subscription);
  revoke_keys_of(scope, tx, subscription->id, "the subscription has ended");
  deactivate_widgets_of(scope, tx, subscription->id);
  archive_config(tx, subscription->organization, subscription->id);
  forget_canary(tx, subscription->organization, subscription->id);
}

/// Whoever moves an agent's offering through the marketplace moves the agent.
void on_offering_changed(store::Tx& tx, const delivery::Event& event) {
  if (json::text_of(event.payload, "change") != "offering.set_state") return;
  const auto agent = AgentId::parse(json::text_of(event.payload, "agent"));
  const auto state = market::parse_offering_state(json::text_of(event.payload, "state"));
  if (agent && state) follow_offering(tx, *agent, *state);
}

}  // namespace

void subscribe(delivery::Subscribers& subscribers) {
  subscribers.on("subscription.activated", on_activated);
  subscribers.on("subscription.updated", on_updated);
  subscribers.on("subscription.terminated", on_terminated);
  subscribers.on("offering.changed", on_offering_changed);
}

}  // namespace guildhall::registry
