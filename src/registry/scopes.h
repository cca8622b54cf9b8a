// What every mutation of this room shares: whose subscription it is, the audit row and the event; private to registry.
#pragma once

#include <string>
#include <string_view>

#include "base/json.h"
#include "identity/scope.h"
#include "market/orders.h"
#include "store/tx.h"

namespace guildhall::registry {

/// The subscription when it is the scope's own; the caller asks for the right. Refusal(wrong_agent) for a key of another
/// subscription.
market::Subscription own_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id);
/// The same for those who may read or configure it.
market::Subscription readable_subscription(const Scope& scope, store::Tx& tx, SubscriptionId id);

/// Refusal(wrong_agent) when the scope is bound to another subscription.
void require_subscription(const Scope& scope, SubscriptionId id);

struct Change {
  std::string_view action;       ///< of the audit row: "key.create"
  std::string_view object_type;  ///< "access_key"
  Uuid object;
  json::Object details;    ///< of the audit row
  std::string_view event;  ///< its type: "key.changed"; empty emits none
  json::Object payload;
};
/// Writes the audit row and emits the event.
void record(const Scope& scope, store::Tx& tx, const Change& change);

}  // namespace guildhall::registry
