// What happens to agents without anyone asking: their offering moved, or their time is up.
#include "agent_rows.h"
#include "base/errors.h"
#include "lifecycle.h"
#include "lifecycle_table.h"
#include "limits.h"
#include "listing.h"
#include "market/orders.h"

namespace guildhall::registry {
namespace {

/// The state that matches an offering somebody moved in the marketplace; nullopt where the agent cannot follow.
std::optional<AgentState> followed_state(const Agent& agent, market::OfferingState to) {
  const bool is_visible =
      agent.state == AgentState::listed || agent.state == AgentState::active || agent.state == AgentState::paused;
  switch (to) {
    case market::OfferingState::draft: return is_visible ? std::optional(AgentState::deployed) : std::nullopt;
    case market::OfferingState::active: return is_visible ? std::optional(AgentState::active) : std::nullopt;
    case market::OfferingState::paused: return is_visible ? std::optional(AgentState::paused) : std::nullopt;
    case market::OfferingState::archived: return AgentState::retired;
  }
  return std::nullopt;
}

bool end_subscriptions(store::Tx& tx, const Agent& agent) {
  bool ended = false;
  for (const market::Subscription& subscription : market::live_subscriptions_of_agent(tx, agent.organization, agent.id)) {
    if (subscription.state == market::SubscriptionState::terminating) continue;
    market::terminate(identity::system_scope(subscription.organization, "registry"), tx, subscription.id);
    ended = true;
  }
  return ended;
}

}  // namespace

void follow_offering(store::Tx& tx, AgentId id, market::OfferingState to) {
  auto found = agent_by_id(tx, id);
  if (!found || offering_state_of(found->state) == to) return;
  Agent agent = std::move(*found);
  const auto state = followed_state(agent, to);
  if (!state) {
    throw Refusal(Code::invalid_transition, "the agent '" + agent.name + "' is " + std::string(wire_name(agent.state)) +
                                                "; deploy and publish the agent instead");
  }
  if (*state == AgentState::paused) {
    agent.paused_from = agent.state;
    agent.grace_until = tx.now() + kGraceDefaultUs;
  } else {
    agent.paused_from.reset();
    agent.grace_until.reset();
  }
  if (*state == AgentState::retired) agent.retire_at = tx.now() + kRetirementUs;
  enter_state(identity::system_scope(agent.organization, "registry"), tx, std::move(agent), *state, "follow_offering", "");
}

std::int64_t advance_agents(store::Tx& tx) {
  std::int64_t changed = 0;
  for (const Agent& agent : agents_to_end(tx)) {
    if (!end_subscriptions(tx, agent)) continue;
    record_agent(identity::system_scope(agent.organization, "registry"), tx, "agent.end_subscriptions", agent, {});
    ++changed;
  }
  for (const Agent& agent : agents_past_grace(tx)) {
    mark_grace_ended(tx, agent);
    record_agent(identity::system_scope(agent.organization, "registry"), tx, "agent.end_grace", agent, {});
    ++changed;
  }
  return changed;
}

}  // namespace guildhall::registry
