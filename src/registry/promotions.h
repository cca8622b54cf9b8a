// Following a provider's promotions: pure, private to registry (contracts/registry.md §4).
#pragma once

#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "registry/version_policy.h"
#include "semver.h"

namespace guildhall::registry {

/// A version as far as following it is concerned.
struct VersionStep {
  AgentVersionId id;
  Semver number;
  bool is_breaking = false;
  bool migrates_by_hand = false;
  json::Object permissions;
};

/// Whether `permissions` grant anything that `than` does not. Lists grant their entries, objects what their members grant, true
/// more than false, a greater number more than a smaller one; null, false, "" and what is empty grant nothing.
bool is_wider(const json::Object& permissions, const json::Object& than);

/// What keeps a subscription that runs `from` from moving to `to` by itself. A breaking version or one with manual migration is
/// in the way of everything above it, promoted or not. Empty: nothing.
std::vector<WaitReason> reasons_to_wait(const std::vector<VersionStep>& versions, const VersionStep& from, const VersionStep& to);

/// The version that runs after `promotions`, oldest first, when `base` ran before them. A promotion is followed when nothing
/// speaks against it or when its version ran since the base: then the customer has seen it already.
AgentVersionId followed_version(const std::vector<VersionStep>& versions, AgentVersionId base,
                                const std::vector<AgentVersionId>& promotions);

/// The step of a version; throws std::logic_error when it is none of them.
const VersionStep& step_of(const std::vector<VersionStep>& versions, AgentVersionId id);

}  // namespace guildhall::registry
