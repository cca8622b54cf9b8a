// Agents as rows: read, inserted, and written only where nobody wrote meanwhile.
#include "agent_rows.h"

#include <array>
#include <stdexcept>
#include <utility>

#include "base/errors.h"
#include "lists.h"
#include "scopes.h"

namespace guildhall::registry {
namespace {

constexpr std::array<std::pair<AgentState, std::string_view>, 6> kStateNames{{{AgentState::draft, "DRAFT"},
                                                                              {AgentState::deployed, "DEPLOYED"},
                                                                              {AgentState::listed, "LISTED"},
                                                                              {AgentState::active, "ACTIVE"},
                                                                              {AgentState::paused, "PAUSED"},
                                                                              {AgentState::retired, "RETIRED"}}};

constexpr std::string_view kSelectAgents =
    "SELECT organization_id, agent_id, project_id, reference, name, slug, description, category, tags, capabilities,"
    " supported_languages, permissions, config, system_prompt, state, state_changed_at, paused_from, grace_until, retire_at, "
    "flow_id,"
    " current_version_id, current_version, runtime_endpoint, offering_id, max_concurrent_requests, timeout_seconds, review_state,"
    " row_version, created_at, updated_at FROM agent";

AgentState stored_state(std::string_view name) {
  const auto state = parse_agent_state(name);
  if (!state) throw std::logic_error("a stored agent is in no known state");
  return *state;
}

Agent agent_of_row(const store::Row& row) {
  const auto paused_from = row.optional_text(16);
  return {.id = row.id<AgentId>(1),
          .organization = row.id<OrganizationId>(0),
          .project = row.id<ProjectId>(2),
          .agent_id = row.text(3),
          .name = row.text(4),
          .slug = row.text(5),
          .description = row.text(6),
          .category = row.text(7),
          .tags = texts_of(row.json(8)),
          .capabilities = texts_of(row.json(9)),
          .supported_languages = texts_of(row.json(10)),
          .permissions = object_of(row.json(11)),
          .config = object_of(row.json(12)),
          .system_prompt = row.text(13),
          .state = stored_state(row.text(14)),
          .state_changed_at = row.timestamp(15),
          .paused_from = paused_from ? std::optional(stored_state(*paused_from)) : std::nullopt,
          .grace_until = row.optional_timestamp(17),
          .retire_at = row.optional_timestamp(18),
          .flow = row.id<FlowId>(19),
          .current_version = row.optional_id<AgentVersionId>(20),
          .current_version_number = row.text(21),
          .runtime_endpoint = row.text(22),
          .offering = row.optional_id<OfferingId>(23),
          .max_concurrent_requests = row.integer(24),
          .timeout_seconds = row.integer(25),
          .review_state = row.text(26),
          .row_version = row.integer(27),
          .created_at = row.timestamp(28),
          .updated_at = row.timestamp(29)};
}

std::optional<Agent> first_agent(const store::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional<Agent>(agent_of_row(rows.front()));
}

bool may_read_all(const Scope& scope) {
  return scope.is_operator() || scope.may(Right::operate_read);
}

/// What the scope may know of: its own, or everything for operators.
std::optional<Agent> visible_agent(const Scope& scope, store::Tx& tx, AgentId id) {
  auto agent = agent_by_id(tx, id);
  if (!agent) return std::nullopt;
  const bool is_own = agent->organization == scope.organization && (!scope.project || *scope.project == agent->project);
  return is_own || may_read_all(scope) ? agent : std::nullopt;
}

std::optional<std::string> name_of(std::optional<AgentState> state) {
  return state ? std::optional<std::string>(wire_name(*state)) : std::nullopt;
}

}  // namespace

std::string_view wire_name(AgentState state) {
  for (const auto& [value, name] : kStateNames) {
    if (value == state) return name;
  }
  return {};
}

std::optional<AgentState> parse_agent_state(std::string_view name) {
  for (const auto& [value, text] : kStateNames) {
    if (text == name) return value;
  }
  return std::nullopt;
}

std::optional<Agent> agent_by_id(store::Tx& tx, AgentId id) {
  return first_agent(tx.query(std::string(kSelectAgents) + " WHERE agent_id = $1", {id}));
}

std::optional<Agent> agent_of_reference(store::Tx& tx, OrganizationId organization, std::string_view reference) {
  return first_agent(
      tx.query(std::string(kSelectAgents) + " WHERE organization_id = $1 AND reference = $2", {organization, reference}));
}

Agent agent_to_change(const Scope& scope, store::Tx& tx, AgentId id) {
  auto agent = visible_agent(scope, tx, id);
  if (!agent) throw not_found("agent");
  require(scope, Right::provide_agents);
  if (agent->organization != scope.organization) require(scope, Right::operate);
  return *agent;
}

Agent agent_to_read(const Scope& scope, store::Tx& tx, AgentId id) {
  auto agent = visible_agent(scope, tx, id);
  if (!agent) throw not_found("agent");
  if (!may_read_all(scope)) require(scope, Right::provide_agents);
  return *agent;
}

Agent find_agent(const Scope& scope, store::Tx& tx, std::string_view reference) {
  const auto named = agent_of_reference(tx, scope.organization, reference);
  if (named) return agent_to_read(scope, tx, named->id);
  const auto id = AgentId::parse(reference);
  if (!id) throw not_found("agent");
  return agent_to_read(scope, tx, *id);
}

std::vector<Agent> list_agents(const Scope& scope, store::Tx& tx) {
  if (!may_read_all(scope)) require(scope, Right::provide_agents);
  const auto rows = may_read_all(scope)
                        ? tx.query(std::string(kSelectAgents) + " ORDER BY created_at, agent_id")
                        : tx.query(std::string(kSelectAgents) + " WHERE organization_id = $1 ORDER BY created_at, agent_id",
                                   {scope.organization});
  std::vector<Agent> agents;
  for (const store::Row& row : rows) {
    Agent agent = agent_of_row(row);
    if (!scope.project || *scope.project == agent.project) agents.push_back(std::move(agent));
  }
  return agents;
}

Scope scope_of(const Scope& scope, const Agent& agent) {
  Scope own = scope;
  own.organization = agent.organization;
  return own;
}

void insert_agent(store::Tx& tx, const Agent& a) {
  tx.execute(
      "INSERT INTO agent (organization_id, agent_id, project_id, reference, name, slug, description, category, tags, "
      "capabilities,"
      " supported_languages, permissions, config, system_prompt, state, state_changed_at, paused_from, grace_until, "
      "is_grace_ended,"
      " retire_at, flow_id, current_version_id, current_version, runtime_endpoint, offering_id, was_subscribed,"
      " max_concurrent_requests, timeout_seconds, review_state, review_activates, row_version, created_at, updated_at)"
      " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, NULL, NULL, FALSE, NULL, $17, NULL, '', "
      "'',"
      " NULL, FALSE, $18, $19, $20, FALSE, $21, $16, $16)",
      {a.organization,
       a.id,
       a.project,
       a.agent_id,
       a.name,
       a.slug,
       a.description,
       a.category,
       written(a.tags),
       written(a.capabilities),
       written(a.supported_languages),
       json::write(a.permissions),
       json::write(a.config),
       a.system_prompt,
       wire_name(a.state),
       tx.now(),
       a.flow,
       a.max_concurrent_requests,
       a.timeout_seconds,
       a.review_state,
       a.row_version});
}

Agent save_agent(store::Tx& tx, Agent a) {
  a.updated_at = tx.now();
  const std::int64_t written_rows = tx.execute(
      "UPDATE agent SET project_id = $4, name = $5, slug = $6, description = $7, category = $8, tags = $9, capabilities = $10,"
      " supported_languages = $11, permissions = $12, config = $13, system_prompt = $14, state = $15, state_changed_at = $16,"
      " paused_from = $17, is_grace_ended = CASE WHEN state = 'PAUSED' AND $15 = 'PAUSED' THEN is_grace_ended ELSE FALSE END,"
      " grace_until = $18, retire_at = $19, flow_id = $20, current_version_id = $21, current_version = $22, runtime_endpoint = "
      "$23,"
      " offering_id = $24, max_concurrent_requests = $25, timeout_seconds = $26, review_state = $27, row_version = $3 + 1,"
      " updated_at = $28 WHERE organization_id = $1 AND agent_id = $2 AND row_version = $3",
      {a.organization,
       a.id,
       a.row_version,
       a.project,
       a.name,
       a.slug,
       a.description,
       a.category,
       written(a.tags),
       written(a.capabilities),
       written(a.supported_languages),
       json::write(a.permissions),
       json::write(a.config),
       a.system_prompt,
       wire_name(a.state),
       a.state_changed_at,
       name_of(a.paused_from),
       a.grace_until,
       a.retire_at,
       a.flow,
       a.current_version,
       a.current_version_number,
       a.runtime_endpoint,
       a.offering,
       a.max_concurrent_requests,
       a.timeout_seconds,
       a.review_state,
       a.updated_at});
  if (written_rows == 0) throw Refusal(Code::conflict, "the agent '" + a.name + "' was changed meanwhile; read it and try again");
  ++a.row_version;
  return a;
}

void mark_subscribed(store::Tx& tx, OrganizationId organization, AgentId agent) {
  tx.execute("UPDATE agent SET was_subscribed = TRUE WHERE organization_id = $1 AND agent_id = $2 AND NOT was_subscribed",
             {organization, agent});
}

bool was_subscribed(store::Tx& tx, const Agent& agent) {
  const auto row =
      tx.first("SELECT was_subscribed FROM agent WHERE organization_id = $1 AND agent_id = $2", {agent.organization, agent.id});
  return row && row->boolean(0);
}

void remember_review(store::Tx& tx, const Agent& agent, bool activates) {
  tx.execute("UPDATE agent SET review_activates = $3 WHERE organization_id = $1 AND agent_id = $2",
             {agent.organization, agent.id, activates});
}

bool review_activates(store::Tx& tx, const Agent& agent) {
  const auto row =
      tx.first("SELECT review_activates FROM agent WHERE organization_id = $1 AND agent_id = $2", {agent.organization, agent.id});
  return row && row->boolean(0);
}

std::vector<Agent> agents_to_end(store::Tx& tx) {
  std::vector<Agent> agents;
  for (const store::Row& row :
       tx.query(std::string(kSelectAgents) + " WHERE state = 'RETIRED' AND retire_at <= $1 ORDER BY organization_id, agent_id",
                {tx.now()})) {
    agents.push_back(agent_of_row(row));
  }
  return agents;
}

std::vector<Agent> agents_past_grace(store::Tx& tx) {
  std::vector<Agent> agents;
  for (const store::Row& row :
       tx.query(std::string(kSelectAgents) + " WHERE state = 'PAUSED' AND grace_until <= $1 AND NOT is_grace_ended"
                                             " ORDER BY organization_id, agent_id",
                {tx.now()})) {
    agents.push_back(agent_of_row(row));
  }
  return agents;
}

void mark_grace_ended(store::Tx& tx, const Agent& agent) {
  tx.execute("UPDATE agent SET is_grace_ended = TRUE WHERE organization_id = $1 AND agent_id = $2",
             {agent.organization, agent.id});
}

void record_agent(const Scope& scope, store::Tx& tx, std::string_view action, const Agent& agent, json::Object details) {
  details["agent_id"] = agent.agent_id;
  json::Object payload{{"agent", agent.id.text()},
                       {"agent_id", agent.agent_id},
                       {"state", wire_name(agent.state)},
                       {"version", agent.current_version_number}};
  record(scope_of(scope, agent), tx,
         {.action = action,
          .object_type = "agent",
          .object = agent.id.uuid,
          .details = std::move(details),
          .event = "agent.changed",
          .payload = std::move(payload)});
}

}  // namespace guildhall::registry
