// Promotions and what customers decided about versions, as rows; private to registry.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "promotions.h"
#include "registry/version_policy.h"

namespace guildhall::registry {

struct Promotion {
  std::int64_t sequence = 0;
  AgentVersionId version;
  Timestamp promoted_at;
};
/// Remembers that the agent's current version became it now.
void record_promotion(store::Tx& tx, const Agent& agent);
/// Those after `sequence`, oldest first.
std::vector<Promotion> promotions_after(store::Tx& tx, const Agent& agent, std::int64_t sequence);

struct PolicyRow {
  VersionPolicy policy = VersionPolicy::automatic;
  AgentVersionId base;
  std::int64_t base_sequence = 0;  ///< promotions up to here are behind the base
  Timestamp since;
  std::optional<AgentVersionId> canary;
  std::int64_t canary_percent = 0;
  std::optional<Timestamp> canary_since;
};
std::optional<PolicyRow> policy_row(store::Tx& tx, const market::Subscription& subscription);
void save_policy(store::Tx& tx, const market::Subscription& subscription, const PolicyRow& row);
/// For a subscription that ended: there is nothing left to compare.
void forget_canary(store::Tx& tx, OrganizationId organization, SubscriptionId subscription);

/// Where a subscription stands: what was decided, or what follows from when it was ordered.
struct Standing {
  PolicyRow row;
  bool is_stored = false;
  AgentVersionId running;
  Promotion last;  ///< of the agent
};
/// nullopt while the agent has never had a version.
std::optional<Standing> standing_of(store::Tx& tx, const market::Subscription& subscription, const Agent& agent);
/// What runs with `row` in place of what was decided.
AgentVersionId running_with(store::Tx& tx, const Agent& agent, const PolicyRow& row);

std::vector<VersionStep> version_steps(store::Tx& tx, const Agent& agent);
std::string version_number(store::Tx& tx, const Agent& agent, AgentVersionId version);

}  // namespace guildhall::registry
