// The offering behind an agent.
#include "listing.h"

#include <array>
#include <stdexcept>

#include "agent_rows.h"
#include "base/text.h"
#include "lists.h"

namespace guildhall::registry {
namespace {

constexpr std::size_t kListingNameBytesMax = 150;
constexpr std::size_t kSummaryBytesMax = 4'000;
constexpr std::string_view kListedReason = "listed";

market::Component usage_component(std::string_view type, std::string_view name, std::string_view unit) {
  market::Component component;
  component.type = type;
  component.name = name;
  component.measured_unit = unit;
  component.billing_type = market::BillingType::usage;
  return component;
}

std::vector<market::Component> components_of_every_agent() {
  market::Component fee;
  fee.type = "plan_fee";
  fee.name = "Plan";
  fee.measured_unit = "plan";
  fee.billing_type = market::BillingType::fixed;
  return {fee, usage_component("api_calls", "API calls", "calls"), usage_component("tokens_input", "Input tokens", "tokens"),
          usage_component("tokens_output", "Output tokens", "tokens")};
}

/// What buyers read, from the agent.
market::Offering listing_values(store::Tx& tx, const Agent& agent, market::Offering offering) {
  offering.category = market::get_category(tx, agent.category).id;
  offering.name = prefix_bytes(agent.name, kListingNameBytesMax);
  offering.description = prefix_bytes(agent.description, kSummaryBytesMax);
  offering.full_description = agent.description;
  offering.agent = agent.id;
  offering.backend_id = agent.id.text();
  offering.attributes["tags"] = array_of(agent.tags);
  offering.attributes["capabilities"] = array_of(agent.capabilities);
  offering.attributes["supported_languages"] = array_of(agent.supported_languages);
  return offering;
}

bool is_same_listing(const market::Offering& a, const market::Offering& b) {
  return a.category == b.category && a.name == b.name && a.description == b.description &&
         a.full_description == b.full_description && a.is_shared == b.is_shared && a.backend_id == b.backend_id &&
         a.attributes == b.attributes;
}

}  // namespace

market::OfferingState offering_state_of(AgentState state) {
  switch (state) {
    case AgentState::draft:
    case AgentState::deployed: return market::OfferingState::draft;
    case AgentState::listed:
    case AgentState::paused: return market::OfferingState::paused;
    case AgentState::active: return market::OfferingState::active;
    case AgentState::retired: return market::OfferingState::archived;
  }
  throw std::logic_error("an agent state without an offering state");
}

market::Offering ensure_offering(const Scope& scope, store::Tx& tx, const Agent& agent) {
  auto existing = market::offering_of_agent(tx, agent.organization, agent.id);
  if (existing) return std::move(*existing);
  market::Offering offering = listing_values(tx, agent, {});
  offering.components = components_of_every_agent();
  return market::create_offering(scope_of(scope, agent), tx, offering);
}

market::Offering refresh_offering(const Scope& scope, store::Tx& tx, const Agent& agent, std::optional<bool> is_shared) {
  const market::Offering before = ensure_offering(scope, tx, agent);
  market::Offering wanted = listing_values(tx, agent, before);
  wanted.is_shared = is_shared.value_or(before.is_shared);
  return is_same_listing(before, wanted) ? before : market::update_offering(scope_of(scope, agent), tx, wanted);
}

void move_offering(const Scope& scope, store::Tx& tx, const Agent& agent) {
  const auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  const market::OfferingState wanted = offering_state_of(agent.state);
  if (!offering || offering->state == wanted) return;
  market::change_offering_state(scope_of(scope, agent), tx, offering->id, wanted,
                                agent.state == AgentState::listed ? kListedReason : std::string_view());
}

bool has_live_plan(store::Tx& tx, const Agent& agent) {
  const auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  return offering && offering->has_live_plan();
}

}  // namespace guildhall::registry
