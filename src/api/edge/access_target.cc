// Finding the subscription a call is about.
#include "edge/access_target.h"

#include "registry/access.h"

namespace guildhall::api {
namespace {

/// `lookup` is what a key may do besides its own rights while the subscription is looked up.
AccessTarget find_target(Call& call, store::Tx& tx, std::string_view reference, Rights lookup) {
  const auto id = parse_uuid(reference);
  if (!id) throw not_found("access");
  const auto find = [&](const Scope& scope) -> AccessTarget {
    try {
      return {scope, market::get_subscription(scope, tx, SubscriptionId{*id})};
    } catch (const Refusal& refusal) {
      if (refusal.code != Code::not_found) throw;
    }
    const auto key = registry::get_key(scope, tx, AccessKeyId{*id});
    if (!key.subscription) throw not_found("access");
    return {scope, market::get_subscription(scope, tx, *key.subscription)};
  };
  if (!call.access()) return call.find_in_scopes(tx, "access", find);
  // A key sees its own subscription only; a sibling of the same organization is named as such, everything else is not there.
  Scope wide = call.scope(tx);
  const auto own = wide.subscription;
  wide.subscription.reset();
  wide.project.reset();
  wide.rights.add(lookup);
  AccessTarget target = find(wide);
  if (own && target.subscription.id != *own) throw Refusal(Code::wrong_agent, "this key does not open that subscription");
  target.scope = call.scope(tx);
  return target;
}

}  // namespace

AccessTarget access_target(Call& call, store::Tx& tx) {
  return find_target(call, tx, call.path("access"), {});
}

AccessTarget query_target(Call& call, store::Tx& tx, std::string_view reference) {
  return find_target(call, tx, reference, {Right::read_subscriptions, Right::read_keys});
}

}  // namespace guildhall::api
