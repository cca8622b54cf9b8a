// The offering behind an agent: made, refreshed, moved along with it (contracts/cmp.md §1); private to registry.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "registry/agents.h"

namespace guildhall::registry {

/// The agent's offering, made in Draft with its components when there is none.
market::Offering ensure_offering(const Scope& scope, store::Tx& tx, const Agent& agent);
/// Name, description, category and tags as the agent has them now; writes nothing when they are the same.
market::Offering refresh_offering(const Scope& scope, store::Tx& tx, const Agent& agent, std::optional<bool> is_shared);
/// Moves the offering, if there is one, to where the agent's state wants it.
void move_offering(const Scope& scope, store::Tx& tx, const Agent& agent);
market::OfferingState offering_state_of(AgentState state);

/// Creates or updates by slug; plans that are not named stay. Errors are named `plans[i].…`.
void sync_plans(const Scope& scope, store::Tx& tx, const Agent& agent, const std::vector<market::Plan>& plans);
bool has_live_plan(store::Tx& tx, const Agent& agent);

}  // namespace guildhall::registry
