// Moving an agent from state to state; private to registry.
#pragma once

#include <string_view>

#include "registry/agents.h"

namespace guildhall::registry {

/// As transition(), for an agent that was read with the right to change it. `is_reviewed` skips the wait for a review.
Transition move_agent(const Scope& scope, store::Tx& tx, const Publishing& publishing, Agent agent,
                      const TransitionRequest& request, bool is_reviewed);

/// Writes the agent in its new state, moves the offering, leaves audit row and "agent.state_changed".
Agent enter_state(const Scope& scope, store::Tx& tx, Agent agent, AgentState to, std::string_view action,
                  std::string_view reason);

/// The agent follows its offering when the marketplace moved it (contracts/cmp.md §1). Refusal(invalid_transition) where the
/// agent cannot follow.
void follow_offering(store::Tx& tx, AgentId agent, market::OfferingState to);

}  // namespace guildhall::registry
