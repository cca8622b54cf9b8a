// The plans of an agent (contracts/registry.md §6): plans of its offering, found by the agent.
#pragma once

#include <vector>

#include "base/ids.h"
#include "identity/scope.h"
#include "market/catalogue.h"
#include "store/tx.h"

namespace guildhall::registry {

/// All of them, archived ones too, in display order. Empty while the agent has none.
std::vector<market::Plan> plans_of_agent(const Scope& scope, store::Tx& tx, AgentId agent);

/// Of name, description and terms; prices follow from the terms. The first plan makes the offering, in Draft. An empty slug is
/// made from the name. Needs provide_agents. Refusal(validation_failed) names the field.
market::Plan add_agent_plan(const Scope& scope, store::Tx& tx, AgentId agent, const market::Plan& values);

struct PlanChange {
  market::Plan plan;
  bool is_successor = false;  ///< the plan has subscribers, who keep it; new orders get this one
};
/// Changes what nobody uses; a plan in use is closed to new orders and followed by a successor with the changes.
PlanChange change_agent_plan(const Scope& scope, store::Tx& tx, AgentId agent, PlanId plan, const market::Plan& values);

/// Closes it to new orders; again changes nothing. Refusal(plan_required) for the last one of a visible agent.
void deactivate_agent_plan(const Scope& scope, store::Tx& tx, AgentId agent, PlanId plan);

}  // namespace guildhall::registry
