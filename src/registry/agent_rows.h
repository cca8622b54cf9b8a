// Agents as rows; private to registry.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "registry/agents.h"

namespace guildhall::registry {

/// The scope's own agent, or any for operators, when the scope may provide agents (or read everything, for reading).
Agent agent_to_change(const Scope& scope, store::Tx& tx, AgentId id);
Agent agent_to_read(const Scope& scope, store::Tx& tx, AgentId id);
std::optional<Agent> agent_of_reference(store::Tx& tx, OrganizationId organization, std::string_view reference);

/// The scope in the agent's organization: an operator's own differs.
Scope scope_of(const Scope& scope, const Agent& agent);

void insert_agent(store::Tx& tx, const Agent& agent);
/// Writes everything but id, organization and agent_id, where the row still has `row_version`; otherwise Refusal(conflict).
/// Returns it with the next row_version and time.
Agent save_agent(store::Tx& tx, Agent agent);

/// An agent that was subscribed once is never deleted.
void mark_subscribed(store::Tx& tx, OrganizationId organization, AgentId agent);
bool was_subscribed(store::Tx& tx, const Agent& agent);

/// A publish that waits for a review remembers how far it was to go.
void remember_review(store::Tx& tx, const Agent& agent, bool activates);
bool review_activates(store::Tx& tx, const Agent& agent);

/// Retired agents whose time is up; paused ones whose grace ended without having been told.
std::vector<Agent> agents_to_end(store::Tx& tx);
std::vector<Agent> agents_past_grace(store::Tx& tx);
void mark_grace_ended(store::Tx& tx, const Agent& agent);

/// Audit row and "agent.changed".
void record_agent(const Scope& scope, store::Tx& tx, std::string_view action, const Agent& agent, json::Object details);

std::optional<AgentState> parse_agent_state(std::string_view name);

}  // namespace guildhall::registry
