// What a subscription runs, and changing it.
#include "registry/version_policy.h"

#include <array>
#include <functional>
#include <stdexcept>
#include <utility>

#include "base/errors.h"
#include "base/hash.h"
#include "limits.h"
#include "policy_rows.h"
#include "scopes.h"
#include "version_rows.h"

namespace guildhall::registry {
namespace {

constexpr std::array<std::pair<VersionPolicy, std::string_view>, 2> kPolicyNames{
    {{VersionPolicy::automatic, "auto"}, {VersionPolicy::manual, "manual"}}};

/// The agent of a subscription and where the subscription stands. Refusal(not_found) without a version.
struct Subject {
  market::Subscription subscription;
  Agent agent;
  Standing standing;
};

Subject subject_of(store::Tx& tx, market::Subscription subscription) {
  auto agent = subscription.agent ? agent_by_id(tx, *subscription.agent) : std::nullopt;
  auto standing = agent ? standing_of(tx, subscription, *agent) : std::nullopt;
  if (!standing) throw not_found("version");
  return {.subscription = std::move(subscription), .agent = std::move(*agent), .standing = std::move(*standing)};
}

std::optional<Canary> canary_of(store::Tx& tx, const Agent& agent, const Standing& standing) {
  const PolicyRow& row = standing.row;
  if (!row.canary || *row.canary == standing.running) return std::nullopt;
  return Canary{.version = *row.canary,
                .number = version_number(tx, agent, *row.canary),
                .percent = row.canary_percent,
                .since = row.canary_since.value_or(row.since)};
}

RunningVersion running_of(store::Tx& tx, const Agent& agent, const Standing& standing) {
  return {.version = standing.running,
          .number = version_number(tx, agent, standing.running),
          .canary = canary_of(tx, agent, standing)};
}

std::optional<PendingVersion> pending_of(store::Tx& tx, const Agent& agent, const Standing& standing,
                                         const AgentVersion& latest) {
  if (standing.last.version == standing.running) return std::nullopt;
  PendingVersion pending{.version = latest, .reasons = {}};
  if (standing.row.policy == VersionPolicy::manual) pending.reasons.push_back(WaitReason::manual_policy);
  const std::vector<VersionStep> steps = version_steps(tx, agent);
  for (const WaitReason reason : reasons_to_wait(steps, step_of(steps, standing.running), step_of(steps, standing.last.version)))
    pending.reasons.push_back(reason);
  return pending;
}

SubscriptionVersion shown(store::Tx& tx, const Agent& agent, const Standing& standing) {
  AgentVersion latest = version_of_agent(tx, agent, standing.last.version);
  auto pending = pending_of(tx, agent, standing, latest);
  return {.policy = standing.row.policy,
          .running = running_of(tx, agent, standing),
          .latest = std::move(latest),
          .pending = std::move(pending)};
}

/// The version of that number, when it may be chosen. `may_be_yanked`: it is chosen already.
AgentVersion chosen_version(store::Tx& tx, const Agent& agent, std::string_view number, const std::string& field,
                            const std::function<bool(AgentVersionId)>& may_be_yanked) {
  auto version = version_of_number(tx, agent, number);
  if (!version) throw not_found("version");
  if (version->is_yanked && !may_be_yanked(version->id))
    throw invalid_field(field, "version " + version->version + " was yanked; choose another");
  return std::move(*version);
}

/// The promotion that stands is judged again from the new base, so that automatic means what the provider promotes from now on.
void rebase(store::Tx& tx, PolicyRow& row, AgentVersionId base, const Promotion& last) {
  row.base = base;
  row.base_sequence = row.policy == VersionPolicy::automatic && last.version != base ? last.sequence - 1 : last.sequence;
  row.since = tx.now();
}

void choose(store::Tx& tx, const Subject& subject, PolicyRow& row, const std::string& number) {
  const Standing& standing = subject.standing;
  const AgentVersion version = chosen_version(tx, subject.agent, number, "version", [&](AgentVersionId id) {
    return standing.row.policy == VersionPolicy::manual && standing.running == id;
  });
  if (row.canary == version.id) row.canary.reset();
  if (version.id == standing.running && row.policy == standing.row.policy) return;
  rebase(tx, row, version.id, standing.last);
  const AgentVersionId then = running_with(tx, subject.agent, row);
  if (then == version.id) return;
  throw invalid_field("version", "with version_policy auto the subscription would move on to " +
                                     version_number(tx, subject.agent, then) + " at once; choose manual to stay with " +
                                     version.version);
}

void keep(store::Tx& tx, const Subject& subject, PolicyRow& row) {
  const Standing& standing = subject.standing;
  const AgentVersion running = version_of_agent(tx, subject.agent, standing.running);
  if (row.policy == VersionPolicy::manual && running.is_yanked)
    throw invalid_field("version", "version " + running.version + " was yanked; choose another");
  rebase(tx, row, running.id, standing.last);
}

void choose_canary(store::Tx& tx, const Subject& subject, PolicyRow& row, const CanaryWish& wish) {
  if (wish.percent < 0 || wish.percent > kCanaryPercentMax)
    throw invalid_field("canary.percent", "this is a whole number from 0 to 100");
  const AgentVersion version = chosen_version(tx, subject.agent, wish.version, "canary.version",
                                              [&](AgentVersionId id) { return subject.standing.row.canary == id; });
  if (version.id == running_with(tx, subject.agent, row))
    throw invalid_field("canary.version", "the subscription runs version " + version.version + " already; choose another");
  if (row.canary != version.id) row.canary_since = tx.now();
  row.canary = version.id;
  row.canary_percent = wish.percent;
}

bool is_same(const PolicyRow& a, const PolicyRow& b) {
  return a.policy == b.policy && a.base == b.base && a.base_sequence == b.base_sequence && a.canary == b.canary &&
         a.canary_percent == b.canary_percent;
}

json::Object change_details(const SubscriptionVersion& now) {
  json::Object details{{"version_policy", wire_name(now.policy)}, {"version", now.running.number}, {"canary", nullptr}};
  if (now.running.canary)
    details["canary"] = json::Object{{"version", now.running.canary->number}, {"percent", now.running.canary->percent}};
  return details;
}

}  // namespace

std::string_view wire_name(VersionPolicy policy) {
  for (const auto& [value, name] : kPolicyNames)
    if (value == policy) return name;
  return {};
}

std::optional<VersionPolicy> parse_version_policy(std::string_view name) {
  for (const auto& [value, text] : kPolicyNames)
    if (text == name) return value;
  return std::nullopt;
}

std::string_view wire_name(WaitReason reason) {
  switch (reason) {
    case WaitReason::breaking: return "breaking";
    case WaitReason::manual_migration: return "manual_migration";
    case WaitReason::wider_permissions: return "wider_permissions";
    case WaitReason::manual_policy: return "manual_policy";
  }
  return {};
}

std::optional<RunningVersion> running_version(store::Tx& tx, const market::Subscription& subscription, const Agent& agent) {
  const auto standing = standing_of(tx, subscription, agent);
  return standing ? std::optional(running_of(tx, agent, *standing)) : std::nullopt;
}

AgentVersionId version_of_conversation(const RunningVersion& running, std::string_view session_id) {
  if (!running.canary) return running.version;
  const std::string place = running.canary->version.text() + ":" + std::string(session_id);
  const bool is_canary = mix64(place) % 100 < static_cast<std::uint64_t>(running.canary->percent);
  return is_canary ? running.canary->version : running.version;
}

SubscriptionVersion subscription_version(const Scope& scope, store::Tx& tx, SubscriptionId id) {
  const Subject subject = subject_of(tx, readable_subscription(scope, tx, id));
  return shown(tx, subject.agent, subject.standing);
}

SubscriptionVersion change_subscription_version(const Scope& scope, store::Tx& tx, SubscriptionId id,
                                                const VersionChange& change) {
  market::Subscription own = own_subscription(scope, tx, id);
  require(scope, Right::configure_agents);
  const Subject subject = subject_of(tx, std::move(own));
  PolicyRow row = subject.standing.row;
  row.policy = change.policy.value_or(row.policy);
  if (change.version)
    choose(tx, subject, row, *change.version);
  else if (row.policy != subject.standing.row.policy)
    keep(tx, subject, row);
  if (change.ends_canary) row.canary.reset();
  if (change.canary) choose_canary(tx, subject, row, *change.canary);
  if (!row.canary) {
    row.canary_percent = 0;
    row.canary_since.reset();
  }
  if (is_same(row, subject.standing.row)) return shown(tx, subject.agent, subject.standing);

  save_policy(tx, subject.subscription, row);
  const auto standing = standing_of(tx, subject.subscription, subject.agent);
  if (!standing) throw std::logic_error("a version policy was saved and is gone");
  SubscriptionVersion now = shown(tx, subject.agent, *standing);
  json::Object payload = change_details(now);
  payload["subscription"] = id.text();
  payload["agent"] = subject.agent.id.text();
  record(scope, tx,
         {.action = "subscription.change_version",
          .object_type = "subscription",
          .object = id.uuid,
          .details = change_details(now),
          .event = "subscription.version_changed",
          .payload = std::move(payload)});
  return now;
}

}  // namespace guildhall::registry
