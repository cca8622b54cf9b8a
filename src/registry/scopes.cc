// Whose subscription it is, and what every mutation leaves behind.
#include "scopes.h"

#include "base/errors.h"
#include "delivery/events.h"
#include "identity/audit.h"

namespace guildhall::registry {

void require_subscription(const Scope& scope, SubscriptionId id) {
  if (scope.subscription && *scope.subscription != id) {
    throw Refusal(Code::wrong_agent, "this key belongs to another subscription");
  }
}

market::Subscription own_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  auto subscription = market::subscription_by_id(tx, id);
  const bool is_own = subscription && subscription->organization == scope.organization &&
                      (!scope.project || *scope.project == subscription->project);
  if (!is_own) throw not_found("subscription");
  require_subscription(scope, id);
  return std::move(*subscription);
}

market::Subscription readable_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  market::Subscription subscription = own_subscription(scope, tx, id);
  if (!scope.may(Right::configure_agents)) require(scope, Right::read_subscriptions);
  return subscription;
}

void record(const Scope& scope, store::Tx& tx, const Change& change) {
  identity::audit(scope, tx,
                  {.action = std::string(change.action),
                   .object_type = std::string(change.object_type),
                   .object_id = dashed(change.object),
                   .details = change.details});
  if (change.event.empty()) return;
  delivery::emit(tx, {.type = std::string(change.event),
                      .organization = scope.organization,
                      .subject = change.object,
                      .payload = change.payload});
}

}  // namespace guildhall::registry
