// The studio's way in: publish everything at once, sync the working copy, ask how things stand (contracts/registry.md §5).
#include "agent_checks.h"
#include "agent_rows.h"
#include "base/errors.h"
#include "flow_rows.h"
#include "identity/organizations.h"
#include "lifecycle.h"
#include "lifecycle_table.h"
#include "listing.h"
#include "market/orders.h"
#include "registry/agents.h"
#include "registry/plans.h"
#include "version_rows.h"

namespace guildhall::registry {
namespace {

bool is_same_description(const Agent& a, const Agent& b) {
  return a.name == b.name && a.description == b.description && a.category == b.category && a.tags == b.tags &&
         a.config == b.config && a.max_concurrent_requests == b.max_concurrent_requests && a.timeout_seconds == b.timeout_seconds;
}

Agent create_from_studio(const Scope& scope, store::Tx& tx, const StudioPublish& request) {
  const ProjectId project = identity::default_project(scope, tx).id;
  const Flow flow = import_flow(scope, tx, project, FlowId::parse(request.flow_id), request.flow_bytes);
  NewAgent values;
  values.project = project;
  values.agent_id = request.flow_id;
  values.name = request.name;
  values.description = request.description;
  values.category = request.category;
  values.flow = flow.id;
  values.tags = request.tags;
  values.config = request.config;
  values.max_concurrent_requests = request.max_concurrent_requests;
  values.timeout_seconds = request.timeout_seconds;
  return create_agent(scope, tx, values);
}

/// The metadata of a publish of an agent that exists; an empty config keeps the one it has.
Agent update_from_studio(const Scope& scope, store::Tx& tx, const Agent& agent, const StudioPublish& request) {
  Agent wanted = agent;
  wanted.name = request.name;
  wanted.description = request.description;
  wanted.category = request.category;
  wanted.tags = request.tags;
  if (!request.config.empty()) wanted.config = request.config;
  wanted.max_concurrent_requests = request.max_concurrent_requests;
  wanted.timeout_seconds = request.timeout_seconds;
  wanted = checked_agent(std::move(wanted));
  return is_same_description(agent, wanted) ? agent : update_agent(scope, tx, wanted, std::nullopt);
}

NewVersion version_from_studio(const StudioPublish& request) {
  NewVersion version;
  version.version = request.version;
  version.flow_bytes = request.flow_bytes;
  version.config = request.config;
  version.changelog = request.changelog;
  return version;
}

/// As far as the request wants and the agent is not yet; a listing that stands is refreshed when anything is new.
struct Advanced {
  Agent agent;
  bool is_listed = false;  ///< by this request
};
Advanced advance_from_studio(const Scope& scope, store::Tx& tx, const Publishing& publishing, Agent agent,
                             const StudioPublish& request, bool is_new) {
  bool is_listed = false;
  if ((request.auto_deploy || request.auto_publish) && agent.state == AgentState::draft) {
    TransitionRequest deploy;
    deploy.action = AgentAction::deploy;
    agent = move_agent(scope, tx, publishing, std::move(agent), deploy, false).agent;
  }
  if (request.auto_publish && (is_new || agent.state != AgentState::active)) {
    TransitionRequest publish;
    publish.action = AgentAction::publish;
    publish.activate = true;
    publish.terms_accepted = request.terms_accepted;
    agent = move_agent(scope, tx, publishing, std::move(agent), publish, false).agent;
    is_listed = agent.state == AgentState::active || agent.state == AgentState::listed;
  }
  return {.agent = std::move(agent), .is_listed = is_listed};
}

}  // namespace

StudioPublished publish_from_studio(const Scope& scope, store::Tx& tx, const Publishing& publishing,
                                    const StudioPublish& request) {
  require(scope, Right::provide_agents);
  if (!request.flow_id.empty() && !is_agent_reference(request.flow_id)) {
    throw invalid_field("flow.id", "this has 1 to 100 letters, digits and . _ - and begins with a letter or digit");
  }
  // The flow is judged before anything is stored under its name.
  judged_flow(publishing, request.flow_bytes);
  const auto existing = request.flow_id.empty() ? std::nullopt : agent_of_reference(tx, scope.organization, request.flow_id);
  Agent agent = existing ? update_from_studio(scope, tx, agent_to_change(scope, tx, existing->id), request)
                         : create_from_studio(scope, tx, request);
  VersionResult version = put_version(scope, tx, publishing, agent, version_from_studio(request));
  if (!request.plans.empty()) sync_plans(scope, tx, agent, request.plans);
  const bool is_new = version.created || !existing || existing->row_version != agent.row_version;
  Advanced advanced = advance_from_studio(scope, tx, publishing, std::move(agent), request, is_new);
  return {.agent = std::move(advanced.agent),
          .version = std::move(version.version),
          .created = version.created,
          .is_listed = advanced.is_listed,
          .report = std::move(version.report)};
}

StudioSynced sync_from_studio(const Scope& scope, store::Tx& tx, AgentId id, const StudioSync& request) {
  Agent agent = agent_to_change(scope, tx, id);
  const Flow before = flow_of_agent(tx, agent.organization, agent.flow);
  Flow flow = replace_flow(scope_of(scope, agent), tx, before.id, request.flow_bytes, request.base_sha256);
  flow = rename_flow(scope, tx, std::move(flow), request.name, request.description);
  Agent wanted = agent;
  if (!request.name.empty()) wanted.name = request.name;
  if (!request.description.empty()) wanted.description = request.description;
  if (request.tags) wanted.tags = *request.tags;
  wanted = checked_agent(std::move(wanted));
  if (!is_same_description(agent, wanted)) agent = update_agent(scope, tx, wanted, std::nullopt);
  const bool changed = flow.revision != before.revision;
  const bool is_dirty = flow.sha256 != current_flow_sha256(tx, agent);
  return {.agent = std::move(agent), .flow = std::move(flow), .changed = changed, .is_dirty = is_dirty};
}

std::optional<StudioStatus> studio_status(const Scope& scope, store::Tx& tx, std::string_view reference) {
  require(scope, Right::provide_agents);
  auto agent = agent_of_reference(tx, scope.organization, reference);
  if (!agent) {
    const auto id = AgentId::parse(reference);
    agent = id ? agent_by_id(tx, *id) : std::nullopt;
  }
  if (!agent || (agent->organization != scope.organization && !scope.is_operator())) return std::nullopt;
  StudioStatus status;
  const auto offering = market::offering_of_agent(tx, agent->organization, agent->id);
  if (offering) {
    for (const market::Plan& plan : offering->plans) {
      if (!plan.is_archived) status.plans.push_back(plan);
    }
  }
  status.is_orderable = agent->state == AgentState::active && !status.plans.empty();
  status.is_dirty = flow_of_agent(tx, agent->organization, agent->flow).sha256 != current_flow_sha256(tx, *agent);
  status.latest_version = latest_version_of(tx, *agent);
  status.active_subscriptions =
      static_cast<std::int64_t>(market::live_subscriptions_of_agent(tx, agent->organization, agent->id).size());
  status.agent = std::move(*agent);
  return status;
}

}  // namespace guildhall::registry
