// Which version of its agent a subscription runs: policy, pin and canary (contracts/registry.md §4).
#include "registry/version_policy.h"

#include "registry/route_tables.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

json::Value pending_json(const std::optional<registry::PendingVersion>& pending) {
  if (!pending) return nullptr;
  json::Array reasons;
  for (const registry::WaitReason reason : pending->reasons) reasons.emplace_back(registry::wire_name(reason));
  return json::Object{{"version", pending->version.version},         {"change_type", pending->version.change_type},
                      {"migration", pending->version.migration},     {"changelog", pending->version.changelog},
                      {"permissions", pending->version.permissions}, {"why", std::move(reasons)}};
}

json::Value canary_json(const std::optional<registry::Canary>& canary) {
  if (!canary) return nullptr;
  return json::Object{{"version", canary->number}, {"percent", canary->percent}, {"since", rfc3339(canary->since)}};
}

json::Object shown(const registry::SubscriptionVersion& version) {
  return {{"version_policy", registry::wire_name(version.policy)},
          {"version", version.running.number},
          {"canary", canary_json(version.running.canary)},
          {"latest", version.latest.version},
          {"pending", pending_json(version.pending)}};
}

json::Object get_version(Call& call) {
  return shown(call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::subscription_version(target.scope, tx, target.subscription.id);
  }));
}

struct CanaryIn {
  std::string version;
  std::int64_t percent = 0;
};
BOOST_DESCRIBE_STRUCT(CanaryIn, (), (version, percent))

struct VersionChangeIn {
  std::optional<std::string> version_policy;
  std::optional<std::string> version;
  std::optional<CanaryIn> canary;
};
BOOST_DESCRIBE_STRUCT(VersionChangeIn, (), (version_policy, version, canary))

json::Object patch_version(Call& call, const VersionChangeIn& in) {
  registry::VersionChange change;
  if (in.version_policy) {
    change.policy = registry::parse_version_policy(*in.version_policy);
    if (!change.policy) throw invalid_field("version_policy", "must be auto or manual");
  }
  change.version = in.version;
  if (in.canary) change.canary = registry::CanaryWish{.version = in.canary->version, .percent = in.canary->percent};
  const json::Value body = body_json(call);
  const json::Value* canary = json::find(body, "canary");
  change.ends_canary = canary != nullptr && canary->is_null();
  return shown(call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::change_subscription_version(target.scope, tx, target.subscription.id, change);
  }));
}

}  // namespace

RouteTable access_version_routes() {
  const std::string path = "/api/v1/access/{access}/version";
  Route reading;
  reading.right = Right::read_subscriptions;
  Route changing;
  changing.right = Right::configure_agents;
  return {get(path, "The version a subscription runs, and the one that waits", kAccountOrKey, get_version, reading),
          patch(path, "Follow, pin or try a version", kAccountOrKey, patch_version, changing)};
}

}  // namespace guildhall::api::registry_dialect
