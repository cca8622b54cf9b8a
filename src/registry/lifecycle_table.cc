// The rows of contracts/registry.md §3, in its order.
#include "lifecycle_table.h"

#include <utility>

namespace guildhall::registry {
namespace {

using enum AgentState;

constexpr std::array<std::pair<AgentAction, std::string_view>, 9> kActionNames{{{AgentAction::deploy, "deploy"},
                                                                                {AgentAction::undeploy, "undeploy"},
                                                                                {AgentAction::publish, "publish"},
                                                                                {AgentAction::activate, "activate"},
                                                                                {AgentAction::pause, "pause"},
                                                                                {AgentAction::resume, "resume"},
                                                                                {AgentAction::unpublish, "unpublish"},
                                                                                {AgentAction::retire, "retire"},
                                                                                {AgentAction::force_undeploy, "force_undeploy"}}};

}  // namespace

const std::array<TransitionRow, 22> kTransitions{{
    {draft, AgentAction::deploy, Guard::compiles, Goal::deployed, Effect::start_runtime},
    {deployed, AgentAction::undeploy, Guard::no_subscribers, Goal::draft, Effect::stop_runtime},
    {deployed, AgentAction::publish, Guard::publishable, Goal::published, Effect::refresh_listing},
    {listed, AgentAction::activate, Guard::orderable, Goal::active, Effect::open_orders},
    {listed, AgentAction::pause, Guard::none, Goal::paused, Effect::begin_grace},
    {active, AgentAction::pause, Guard::none, Goal::paused, Effect::begin_grace},
    {paused, AgentAction::resume, Guard::orderable, Goal::resumed, Effect::end_grace},
    {paused, AgentAction::activate, Guard::orderable, Goal::active, Effect::end_grace},
    {listed, AgentAction::publish, Guard::publishable, Goal::published, Effect::refresh_listing},
    {active, AgentAction::publish, Guard::publishable, Goal::published, Effect::refresh_listing},
    {listed, AgentAction::unpublish, Guard::none, Goal::deployed, Effect::hide},
    {active, AgentAction::unpublish, Guard::none, Goal::deployed, Effect::hide},
    {paused, AgentAction::unpublish, Guard::none, Goal::deployed, Effect::hide},
    {draft, AgentAction::retire, Guard::confirmed, Goal::retired, Effect::begin_retirement},
    {deployed, AgentAction::retire, Guard::confirmed, Goal::retired, Effect::begin_retirement},
    {listed, AgentAction::retire, Guard::confirmed, Goal::retired, Effect::begin_retirement},
    {active, AgentAction::retire, Guard::confirmed, Goal::retired, Effect::begin_retirement},
    {paused, AgentAction::retire, Guard::confirmed, Goal::retired, Effect::begin_retirement},
    {deployed, AgentAction::force_undeploy, Guard::operator_with_reason, Goal::draft, Effect::stop_runtime},
    {listed, AgentAction::force_undeploy, Guard::operator_with_reason, Goal::draft, Effect::stop_runtime},
    {active, AgentAction::force_undeploy, Guard::operator_with_reason, Goal::draft, Effect::stop_runtime},
    {paused, AgentAction::force_undeploy, Guard::operator_with_reason, Goal::draft, Effect::stop_runtime},
}};

std::string_view wire_name(AgentAction action) {
  for (const auto& [value, name] : kActionNames) {
    if (value == action) return name;
  }
  return {};
}

const TransitionRow* transition_row(AgentState from, AgentAction action) {
  for (const TransitionRow& row : kTransitions) {
    if (row.from == from && row.action == action) return &row;
  }
  return nullptr;
}

std::optional<AgentState> target_of(Goal goal, const Agent& agent, bool activate) {
  switch (goal) {
    case Goal::draft: return draft;
    case Goal::deployed: return deployed;
    case Goal::published: return activate || agent.state == active ? active : listed;
    case Goal::active: return active;
    case Goal::paused: return paused;
    case Goal::resumed: return agent.paused_from.value_or(active);
    case Goal::retired: return retired;
  }
  return std::nullopt;
}

std::optional<AgentState> aim_of(AgentAction action, const Agent& agent) {
  switch (action) {
    case AgentAction::deploy:
    case AgentAction::unpublish: return deployed;
    case AgentAction::undeploy:
    case AgentAction::force_undeploy: return draft;
    case AgentAction::activate: return active;
    case AgentAction::pause: return paused;
    case AgentAction::resume: return agent.paused_from.value_or(active);
    case AgentAction::retire: return retired;
    case AgentAction::publish: return std::nullopt;
  }
  return std::nullopt;
}

std::vector<AgentAction> allowed_actions(AgentState state) {
  std::vector<AgentAction> actions;
  for (const auto& [action, name] : kActionNames) {
    if (transition_row(state, action) != nullptr) actions.push_back(action);
  }
  return actions;
}

}  // namespace guildhall::registry
