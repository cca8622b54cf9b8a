// Reading and writing promotions and version policies.
#include "policy_rows.h"

#include <algorithm>
#include <stdexcept>

#include "lists.h"

namespace guildhall::registry {
namespace {

VersionPolicy stored_policy(std::string_view name) {
  const auto policy = parse_version_policy(name);
  if (!policy) throw std::logic_error("a stored version policy is none we know");
  return *policy;
}

std::vector<AgentVersionId> versions_promoted(const std::vector<Promotion>& promotions) {
  std::vector<AgentVersionId> versions;
  versions.reserve(promotions.size());
  for (const Promotion& promotion : promotions) versions.push_back(promotion.version);
  return versions;
}

/// The fold; the agent's versions are read only when there is something to follow.
AgentVersionId followed(store::Tx& tx, const Agent& agent, AgentVersionId base, const std::vector<Promotion>& promotions) {
  const bool is_unmoved =
      std::all_of(promotions.begin(), promotions.end(), [&](const Promotion& promotion) { return promotion.version == base; });
  return is_unmoved ? base : followed_version(version_steps(tx, agent), base, versions_promoted(promotions));
}

/// What was current when the subscription was ordered, then whatever it followed. `promotions` are all of the agent.
PolicyRow row_from_order(const market::Subscription& subscription, const std::vector<Promotion>& promotions) {
  const auto later = std::find_if(promotions.begin() + 1, promotions.end(),
                                  [&](const Promotion& promotion) { return promotion.promoted_at > subscription.created_at; });
  const Promotion& base = *(later - 1);
  PolicyRow row;
  row.base = base.version;
  row.base_sequence = base.sequence;
  row.since = subscription.created_at;
  return row;
}

}  // namespace

void record_promotion(store::Tx& tx, const Agent& agent) {
  const auto last =
      tx.first("SELECT COALESCE(MAX(sequence), 0) FROM agent_promotion WHERE organization_id = $1 AND agent_id = $2",
               {agent.organization, agent.id});
  tx.execute(
      "INSERT INTO agent_promotion (organization_id, agent_id, sequence, version_id, promoted_at) VALUES ($1, $2, $3, $4, $5)",
      {agent.organization, agent.id, last->integer(0) + 1, *agent.current_version, tx.now()});
}

std::vector<Promotion> promotions_after(store::Tx& tx, const Agent& agent, std::int64_t sequence) {
  std::vector<Promotion> promotions;
  for (const store::Row& row : tx.query("SELECT sequence, version_id, promoted_at FROM agent_promotion"
                                        " WHERE organization_id = $1 AND agent_id = $2 AND sequence > $3 ORDER BY sequence",
                                        {agent.organization, agent.id, sequence})) {
    promotions.push_back({.sequence = row.integer(0), .version = row.id<AgentVersionId>(1), .promoted_at = row.timestamp(2)});
  }
  return promotions;
}

std::optional<PolicyRow> policy_row(store::Tx& tx, const market::Subscription& subscription) {
  const auto row = tx.first(
      "SELECT policy, base_version_id, base_sequence, since, canary_version_id, canary_percent, canary_since"
      " FROM subscription_version WHERE organization_id = $1 AND subscription_id = $2",
      {subscription.organization, subscription.id});
  if (!row) return std::nullopt;
  return PolicyRow{.policy = stored_policy(row->text(0)),
                   .base = row->id<AgentVersionId>(1),
                   .base_sequence = row->integer(2),
                   .since = row->timestamp(3),
                   .canary = row->optional_id<AgentVersionId>(4),
                   .canary_percent = row->integer(5),
                   .canary_since = row->optional_timestamp(6)};
}

void save_policy(store::Tx& tx, const market::Subscription& subscription, const PolicyRow& row) {
  tx.execute(
      "INSERT INTO subscription_version (organization_id, subscription_id, policy, base_version_id, base_sequence, since,"
      " canary_version_id, canary_percent, canary_since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"
      " ON CONFLICT (organization_id, subscription_id) DO UPDATE SET policy = $3, base_version_id = $4, base_sequence = $5,"
      " since = $6, canary_version_id = $7, canary_percent = $8, canary_since = $9",
      {subscription.organization, subscription.id, wire_name(row.policy), row.base, row.base_sequence, row.since, row.canary,
       row.canary_percent, row.canary_since});
}

std::optional<Standing> standing_of(store::Tx& tx, const market::Subscription& subscription, const Agent& agent) {
  const auto stored = policy_row(tx, subscription);
  // One promotion before the base is read too, so that the last one is known when nothing came after it.
  auto promotions = promotions_after(tx, agent, stored ? stored->base_sequence - 1 : 0);
  if (promotions.empty()) return std::nullopt;
  Standing standing{.row = stored ? *stored : row_from_order(subscription, promotions),
                    .is_stored = stored.has_value(),
                    .running = {},
                    .last = promotions.back()};
  std::erase_if(promotions, [&](const Promotion& promotion) { return promotion.sequence <= standing.row.base_sequence; });
  standing.running =
      standing.row.policy == VersionPolicy::manual ? standing.row.base : followed(tx, agent, standing.row.base, promotions);
  return standing;
}

AgentVersionId running_with(store::Tx& tx, const Agent& agent, const PolicyRow& row) {
  if (row.policy == VersionPolicy::manual) return row.base;
  return followed(tx, agent, row.base, promotions_after(tx, agent, row.base_sequence));
}

std::vector<VersionStep> version_steps(store::Tx& tx, const Agent& agent) {
  std::vector<VersionStep> steps;
  for (const store::Row& row : tx.query("SELECT version_id, version, change_type, migration, permissions FROM agent_version"
                                        " WHERE organization_id = $1 AND agent_id = $2",
                                        {agent.organization, agent.id})) {
    auto number = parse_semver(row.text(1));
    if (!number) throw std::logic_error("a stored version is not SemVer");
    steps.push_back({.id = row.id<AgentVersionId>(0),
                     .number = std::move(*number),
                     .is_breaking = row.text(2) == wire_name(Bump::breaking),
                     .migrates_by_hand = row.text(3) == "manual",
                     .permissions = object_of(row.json(4))});
  }
  return steps;
}

std::string version_number(store::Tx& tx, const Agent& agent, AgentVersionId version) {
  const auto row =
      tx.first("SELECT version FROM agent_version WHERE organization_id = $1 AND version_id = $2", {agent.organization, version});
  if (!row) throw std::logic_error("a subscription runs a version that is not there");
  return row->text(0);
}

}  // namespace guildhall::registry
