// Agents, their lifecycle and their immutable versions (contracts/registry.md §2–4).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "flow/report.h"
#include "identity/scope.h"
#include "market/catalogue.h"
#include "registry/flows.h"
#include "store/tx.h"

namespace guildhall::registry {

enum class AgentState : std::uint8_t { draft, deployed, listed, active, paused, retired };
std::string_view wire_name(AgentState state);  ///< "DRAFT", …

enum class AgentAction : std::uint8_t { deploy, undeploy, publish, activate, pause, resume, unpublish, retire, force_undeploy };
std::string_view wire_name(AgentAction action);

struct Agent {
  AgentId id;
  OrganizationId organization;  ///< the provider
  ProjectId project;
  std::string agent_id;  ///< `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`, unique per provider
  std::string name;
  std::string slug;
  std::string description;
  std::string category = "custom";
  std::vector<std::string> tags;
  std::vector<std::string> capabilities;
  std::vector<std::string> supported_languages;
  json::Object permissions;
  json::Object config;  ///< provider's defaults and exposed tweaks
  std::string system_prompt;
  AgentState state = AgentState::draft;
  Timestamp state_changed_at;
  std::optional<AgentState> paused_from;
  std::optional<Timestamp> grace_until;
  std::optional<Timestamp> retire_at;
  FlowId flow;
  std::optional<AgentVersionId> current_version;
  std::string current_version_number;  ///< semver; empty without a version
  std::string runtime_endpoint;        ///< empty unless deployed
  std::optional<OfferingId> offering;  ///< none before the first publish
  std::int64_t max_concurrent_requests = 10;
  std::int64_t timeout_seconds = 30;  ///< ≤ 300
  std::string review_state = "NONE";
  std::int64_t row_version = 1;  ///< compared on every write; the ETag
  Timestamp created_at;
  Timestamp updated_at;
};

struct AgentVersion {
  AgentVersionId id;
  AgentId agent;
  OrganizationId organization;
  std::string version;  ///< SemVer 2.0.0
  std::string sha256;   ///< of the RFC 8785 form of {flow, config, permissions}
  json::Object config;
  json::Object permissions;
  std::string changelog;
  std::string change_type;  ///< fix, feature, breaking
  std::string migration = "auto";
  bool is_yanked = false;
  Timestamp created_at;
};

/// The knowledge base of the provider that runs of a version read besides their subscription's own: `knowledge_base` in its
/// config, empty when it names none (contracts/support-partner.md §2.1).
std::string knowledge_base_of(const json::Object& config);

/// What deploying and publishing need to know of the engine; given by wiring.
struct Publishing {
  flow::ComponentCatalogue catalogue;
  bool review_required = false;
  std::string public_url;
};

struct NewAgent {
  std::optional<ProjectId> project;
  std::string agent_id;  ///< empty: a new UUID
  std::string name;
  std::string description;
  std::string category = "custom";
  std::optional<FlowId> flow;
  std::vector<std::string> tags;
  std::vector<std::string> capabilities;
  std::vector<std::string> supported_languages;
  std::string system_prompt;
  json::Object config;
  json::Object permissions;
  std::int64_t max_concurrent_requests = 10;
  std::int64_t timeout_seconds = 30;
};

/// Refusals: agent_limit_reached, agent_id_taken, validation_failed naming the field. Needs provide_agents.
Agent create_agent(const Scope& scope, store::Tx& tx, const NewAgent& agent);
/// Everything but agent_id, state and version; `expected_row_version` from If-Match, else Refusal(precondition_failed).
Agent update_agent(const Scope& scope, store::Tx& tx, const Agent& values, std::optional<std::int64_t> expected_row_version);
/// Merges AgentConfig fields into the agent's config: what its subscribers get until they choose otherwise.
Agent update_agent_defaults(const Scope& scope, store::Tx& tx, AgentId id, const json::Object& changes);
/// DRAFT and never subscribed, else Refusal(agent_not_draft).
void delete_agent(const Scope& scope, store::Tx& tx, AgentId id);
/// Own agents by UUID or agent_id; operators any by UUID. Refusal(not_found).
Agent find_agent(const Scope& scope, store::Tx& tx, std::string_view reference);
std::vector<Agent> list_agents(const Scope& scope, store::Tx& tx);
/// By id alone: for admission, which holds an id from a subscription.
std::optional<Agent> agent_by_id(store::Tx& tx, AgentId id);

struct Transition {
  Agent agent;
  bool changed = false;  ///< of its state; a publish that waits for its review has not changed it
  std::optional<OfferingId> offering;
};

struct TransitionRequest {
  AgentAction action = AgentAction::deploy;
  bool activate = false;  ///< publish: straight to ACTIVE
  bool terms_accepted = false;
  std::optional<Timestamp> grace_until;  ///< pause; default +30 days
  bool grace_without_end = false;
  std::string confirm;                             ///< retire: the agent_id
  std::string reason;                              ///< force_undeploy
  std::optional<std::vector<market::Plan>> plans;  ///< publish: created or updated by slug first
  std::optional<bool> is_shared;                   ///< publish: visibility PUBLIC or PRIVATE; nullopt keeps it
};

/// Every row of the table in contracts/registry.md §3; any other pair is Refusal(invalid_transition) with {from, action,
/// allowed}. The state of the offering moves in the same transaction. Emits "agent.state_changed".
Transition transition(const Scope& scope, store::Tx& tx, const Publishing& publishing, AgentId agent,
                      const TransitionRequest& request);
/// Approving completes a publish that waits (its checks run again), rejecting ends it. Needs operate; Refusal(conflict) when
/// nothing waits.
Transition review_agent(const Scope& scope, store::Tx& tx, const Publishing& publishing, AgentId agent, bool approve,
                        std::string_view notes);
/// Actions the table allows from a state, for messages and pages.
std::vector<AgentAction> allowed_actions(AgentState state);

struct NewVersion {
  std::string version;
  std::optional<std::string> flow_bytes;  ///< nullopt: the working copy
  json::Object config;
  json::Object permissions;
  std::string changelog;
  std::string change_type;  ///< empty: inferred from the bump
  std::string migration = "auto";
  bool promote = true;
};
struct VersionResult {
  AgentVersion version;
  std::string previous_version;
  bool created = false;  ///< false: same version, same bytes
  bool promoted = false;
  flow::Report report;
};
/// Refusals: flow_invalid (details.nodes), version_exists, version_not_greater, semver_mismatch, invalid_transition (RETIRED).
VersionResult add_version(const Scope& scope, store::Tx& tx, const Publishing& publishing, AgentId agent,
                          const NewVersion& version);
std::vector<AgentVersion> list_versions(const Scope& scope, store::Tx& tx, AgentId agent);
/// Moves current_version, which subscriptions follow as version_policy.h says. Also the way back: rollback is promoting an older
/// one.
AgentVersion promote_version(const Scope& scope, store::Tx& tx, AgentId agent, std::string_view version);
AgentVersion yank_version(const Scope& scope, store::Tx& tx, AgentId agent, std::string_view version);

/// The frozen flow of a version. Verifies the hash; a mismatch is Refusal(runtime_unavailable) and an operator alert in the log.
struct LoadedVersion {
  AgentVersion version;
  std::string flow_bytes;
};
LoadedVersion load_version(store::Tx& tx, AgentVersionId id);

/// studio/publish (§5): agent, version, plans, state in one transaction.
struct StudioPublish {
  std::string flow_bytes;  ///< the flow object
  std::string flow_id;     ///< its id as text; empty makes a new one
  std::string name;
  std::string description;
  std::string version = "1.0.0";
  std::string category = "custom";
  std::vector<std::string> tags;
  json::Object config;
  std::int64_t max_concurrent_requests = 10;
  std::int64_t timeout_seconds = 30;
  std::string changelog;
  bool terms_accepted = false;
  bool auto_deploy = false;
  bool auto_publish = false;
  std::vector<market::Plan> plans;
};
struct StudioPublished {
  Agent agent;
  AgentVersion version;
  bool created = false;    ///< agent or version is new
  bool is_listed = false;  ///< this request listed it, or refreshed its listing
  flow::Report report;
};
StudioPublished publish_from_studio(const Scope& scope, store::Tx& tx, const Publishing& publishing,
                                    const StudioPublish& request);

/// Replaces the working copy only (studio/sync).
struct StudioSync {
  std::string flow_bytes;
  std::string name;         ///< empty: kept
  std::string description;  ///< empty: kept
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> base_sha256;  ///< the hash the caller started from
};
struct StudioSynced {
  Agent agent;
  Flow flow;
  bool changed = false;
  bool is_dirty = false;  ///< the working copy differs from the current version
};
/// Refusal(sync_conflict) when the base is not what is stored.
StudioSynced sync_from_studio(const Scope& scope, store::Tx& tx, AgentId agent, const StudioSync& request);

/// What studio/status shows.
struct StudioStatus {
  Agent agent;
  bool is_orderable = false;
  bool is_dirty = false;
  std::string latest_version;
  std::vector<market::Plan> plans;  ///< active ones
  std::int64_t active_subscriptions = 0;
};
/// nullopt for what is unknown or another organization's.
std::optional<StudioStatus> studio_status(const Scope& scope, store::Tx& tx, std::string_view reference);

/// Ends the subscriptions of retired agents whose retire_at has passed and tells of pauses whose grace is over; a daily job.
/// Returns how many agents it changed.
std::int64_t advance_agents(store::Tx& tx);

}  // namespace guildhall::registry
