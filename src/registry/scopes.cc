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
  market::Subscription subscription = market::get_subscription(scope, tx, id);
  require_subscription(scope, id);
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
