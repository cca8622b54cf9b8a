// Which version of its agent a subscription runs, and what its customer decides about that (contracts/registry.md §4).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "market/orders.h"
#include "registry/agents.h"
#include "store/tx.h"

namespace guildhall::registry {

/// automatic follows the provider's promotions as far as they need no consent; manual stays.
enum class VersionPolicy : std::uint8_t { automatic, manual };
std::string_view wire_name(VersionPolicy policy);  ///< "auto", "manual"
std::optional<VersionPolicy> parse_version_policy(std::string_view name);

/// Why a subscription does not run what its provider promoted last.
enum class WaitReason : std::uint8_t { breaking, manual_migration, wider_permissions, manual_policy };
std::string_view wire_name(WaitReason reason);

/// A version beside the stable one, for a share of the conversations.
struct Canary {
  AgentVersionId version;
  std::string number;
  std::int64_t percent = 0;
  Timestamp since;
};

struct RunningVersion {
  AgentVersionId version;
  std::string number;
  std::optional<Canary> canary;  ///< never the version that runs anyway
};
/// For admission and for showing; nullopt while the agent has no version.
std::optional<RunningVersion> running_version(store::Tx& tx, const market::Subscription& subscription, const Agent& agent);
/// The version one conversation runs: the same whenever it is asked, as long as canary and share are the same.
AgentVersionId version_of_conversation(const RunningVersion& running, std::string_view session_id);

struct PendingVersion {
  AgentVersion version;
  std::vector<WaitReason> reasons;  ///< never empty
};
struct SubscriptionVersion {
  VersionPolicy policy = VersionPolicy::automatic;
  RunningVersion running;
  AgentVersion latest;  ///< what the provider promoted last
  std::optional<PendingVersion> pending;
};
/// Needs read_subscriptions or configure_agents. Refusal(not_found) when the subscription has no agent with a version.
SubscriptionVersion subscription_version(const Scope& scope, store::Tx& tx, SubscriptionId id);

struct CanaryWish {
  std::string version;
  std::int64_t percent = 0;
};
struct VersionChange {
  std::optional<VersionPolicy> policy;
  std::optional<std::string> version;  ///< runs at once; with policy automatic also the consent to what waits
  std::optional<CanaryWish> canary;
  bool ends_canary = false;
};
/// Needs configure_agents. Refusals: not_found for an unknown version; validation_failed for a yanked one, a percentage out of
/// range, and a version that policy automatic would leave at once. Emits "subscription.version_changed" when anything changed.
SubscriptionVersion change_subscription_version(const Scope& scope, store::Tx& tx, SubscriptionId id,
                                                const VersionChange& change);

/// A canary under way, for whoever judges it by its runs.
struct OpenCanary {
  OrganizationId organization;
  SubscriptionId subscription;
  AgentVersionId version;
  Timestamp since;
  bool is_adopted = false;  ///< the subscription runs its version by now
};
std::vector<OpenCanary> open_canaries(store::Tx& tx);
/// Ends it with an audit row and "subscription.canary_ended", both saying why; false when it is no longer that canary.
bool end_canary(store::Tx& tx, const OpenCanary& canary, std::string_view reason, json::Object details);

}  // namespace guildhall::registry
