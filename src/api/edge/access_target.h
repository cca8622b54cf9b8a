// The subscription a call is about, and what the caller may do with it.
#pragma once

#include <string_view>

#include "edge/call.h"
#include "market/orders.h"

namespace guildhall::api {

/// The subscription behind `{access}` (its UUID, or one of its keys') and the caller's scope on it. Refusal(not_found), and
/// wrong_agent for a key that belongs to another subscription of the same organization.
struct AccessTarget {
  Scope scope;
  market::Subscription subscription;
};
AccessTarget access_target(Call& call, store::Tx& tx);
/// The same for a reference that may stand in the body, where a key needs no right but the route's own: what it may look up is
/// still its own subscription alone.
AccessTarget query_target(Call& call, store::Tx& tx, std::string_view reference);

}  // namespace guildhall::api
