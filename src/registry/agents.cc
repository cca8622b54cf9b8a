// Agents: made, edited, deleted (contracts/registry.md §2, §6). Their states change in lifecycle.cc.
#include "registry/agents.h"

#include "agent_checks.h"
#include "agent_rows.h"
#include "base/errors.h"
#include "base/text.h"
#include "config_fields.h"
#include "delivery/events.h"
#include "flow_rows.h"
#include "identity/organizations.h"
#include "market/orders.h"
#include "scopes.h"

namespace guildhall::registry {
namespace {

void require_agent_room(const Scope& scope, store::Tx& tx) {
  const std::int64_t agents_max = identity::get_organization(scope, tx).agents_max;
  const auto rows =
      tx.query("SELECT COUNT(*) FROM agent WHERE organization_id = $1 AND state <> 'RETIRED'", {scope.organization});
  if (rows.at(0).integer(0) < agents_max) return;
  throw Refusal(Code::agent_limit_reached, "the organization has " + std::to_string(agents_max) +
                                               " agents, which is its limit; retire one or ask the operator");
}

FlowId flow_for(const Scope& scope, store::Tx& tx, const NewAgent& values, ProjectId project) {
  if (values.flow) return get_flow(scope, tx, *values.flow).id;
  const json::Object empty{
      {"name", values.name}, {"description", values.description}, {"data", {{"nodes", json::Array()}, {"edges", json::Array()}}}};
  return import_flow(scope, tx, project, std::nullopt, json::write(empty)).id;
}

std::vector<std::string> version_bytes_of(store::Tx& tx, const Agent& agent) {
  std::vector<std::string> hashes;
  for (const store::Row& row :
       tx.query("SELECT DISTINCT flow_sha256 FROM agent_version WHERE organization_id = $1 AND agent_id = $2",
                {agent.organization, agent.id})) {
    hashes.push_back(row.text(0));
  }
  return hashes;
}

}  // namespace

Agent create_agent(const Scope& scope, store::Tx& tx, const NewAgent& values) {
  require(scope, Right::provide_agents);
  const ProjectId project =
      values.project ? identity::get_project(scope, tx, *values.project).id : identity::default_project(scope, tx).id;
  Agent agent;
  agent.id = AgentId::random();
  agent.organization = scope.organization;
  agent.project = project;
  agent.agent_id = values.agent_id.empty() ? agent.id.text() : values.agent_id;
  agent.name = values.name;
  agent.description = values.description;
  agent.category = values.category;
  agent.tags = values.tags;
  agent.capabilities = values.capabilities;
  agent.supported_languages = values.supported_languages;
  agent.system_prompt = values.system_prompt;
  agent.config = values.config;
  agent.permissions = values.permissions;
  agent.max_concurrent_requests = values.max_concurrent_requests;
  agent.timeout_seconds = values.timeout_seconds;
  agent = checked_agent(std::move(agent));
  if (agent_of_reference(tx, scope.organization, agent.agent_id)) {
    throw Refusal(Code::agent_id_taken, "there is an agent '" + agent.agent_id + "' already; choose another agent_id");
  }
  require_agent_room(scope, tx);
  agent.flow = flow_for(scope, tx, values, project);
  insert_agent(tx, agent);
  record_agent(scope, tx, "agent.create", agent, {{"name", agent.name}});
  return agent_to_read(scope, tx, agent.id);
}

Agent update_agent(const Scope& scope, store::Tx& tx, const Agent& values, std::optional<std::int64_t> expected_row_version) {
  Agent agent = agent_to_change(scope, tx, values.id);
  if (expected_row_version && *expected_row_version != agent.row_version) {
    throw Refusal(Code::precondition_failed, "the agent '" + agent.name + "' was changed meanwhile; read it and try again");
  }
  if (values.project != agent.project) agent.project = identity::get_project(scope_of(scope, agent), tx, values.project).id;
  if (values.flow != agent.flow) agent.flow = flow_of_agent(tx, agent.organization, values.flow).id;
  agent.name = values.name;
  agent.description = values.description;
  agent.category = values.category;
  agent.tags = values.tags;
  agent.capabilities = values.capabilities;
  agent.supported_languages = values.supported_languages;
  agent.permissions = values.permissions;
  agent.config = values.config;
  agent.system_prompt = values.system_prompt;
  agent.max_concurrent_requests = values.max_concurrent_requests;
  agent.timeout_seconds = values.timeout_seconds;
  agent = save_agent(tx, checked_agent(std::move(agent)));
  record_agent(scope, tx, "agent.update", agent, {{"row_version", agent.row_version}});
  return agent;
}

Agent update_agent_defaults(const Scope& scope, store::Tx& tx, AgentId id, const json::Object& changes) {
  Agent agent = agent_to_change(scope, tx, id);
  std::vector<FieldError> errors;
  agent.config = merged_config(agent.config, changes, errors);
  if (errors.empty()) check_together(overlaid(config_defaults(), agent.config), changes, errors);
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the configuration is not valid").with_fields(std::move(errors));
  agent = save_agent(tx, checked_agent(std::move(agent)));
  record_agent(scope, tx, "agent.update_defaults", agent, {{"row_version", agent.row_version}});
  return agent;
}

void delete_agent(const Scope& scope, store::Tx& tx, AgentId id) {
  const Agent agent = agent_to_change(scope, tx, id);
  const auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  market::OrderFilter orders;
  orders.limit = 1;
  if (offering) orders.offering = offering->id;
  const bool is_ordered = offering && market::list_orders(scope_of(scope, agent), tx, orders).total > 0;
  if (agent.state != AgentState::draft || was_subscribed(tx, agent) || is_ordered) {
    throw Refusal(Code::agent_not_draft,
                  "only a DRAFT that nobody ever subscribed to can be deleted; retire '" + agent.name + "' instead");
  }
  const std::vector<std::string> hashes = version_bytes_of(tx, agent);
  if (offering) {
    if (offering->state != market::OfferingState::draft) {
      market::change_offering_state(scope_of(scope, agent), tx, offering->id, market::OfferingState::draft, "");
    }
    market::delete_offering(scope_of(scope, agent), tx, offering->id);
  }
  tx.execute("DELETE FROM agent_plan WHERE organization_id = $1 AND agent_id = $2", {agent.organization, id});
  tx.execute("DELETE FROM agent_version WHERE organization_id = $1 AND agent_id = $2", {agent.organization, id});
  tx.execute("DELETE FROM agent WHERE organization_id = $1 AND agent_id = $2", {agent.organization, id});
  for (const std::string& hash : hashes) release_bytes(tx, agent.organization, hash);
  record_agent(scope, tx, "agent.delete", agent, {{"name", agent.name}});
  delivery::emit(tx, {.type = "agent.deleted",
                      .organization = agent.organization,
                      .subject = agent.id.uuid,
                      .payload = {{"agent", agent.id.text()}, {"agent_id", agent.agent_id}}});
}

}  // namespace guildhall::registry
