// The transition table of contracts/registry.md §3 as data; private to registry.
#pragma once

#include <array>
#include <optional>
#include <string_view>

#include "registry/agents.h"

namespace guildhall::registry {

/// What has to hold before the step.
enum class Guard : std::uint8_t { none, compiles, no_subscribers, publishable, orderable, confirmed, operator_with_reason };

/// Where the step leads.
enum class Goal : std::uint8_t { draft, deployed, published, active, paused, resumed, retired };

/// What the step does besides moving.
enum class Effect : std::uint8_t {
  start_runtime,
  stop_runtime,
  refresh_listing,
  open_orders,
  begin_grace,
  end_grace,
  hide,
  begin_retirement
};

struct TransitionRow {
  AgentState from;
  AgentAction action;
  Guard guard;
  Goal to;
  Effect effect;
};

/// Every row of the table but create, delete and "any other pair".
extern const std::array<TransitionRow, 22> kTransitions;

const TransitionRow* transition_row(AgentState from, AgentAction action);

/// Where a row leads from here; `activate` matters to publish alone. nullopt only for a goal that does not exist.
std::optional<AgentState> target_of(Goal goal, const Agent& agent, bool activate);
/// What the action aims at wherever the agent stands: when that is its state already, nothing is to be done. nullopt for
/// publish, which has a row wherever it may stay.
std::optional<AgentState> aim_of(AgentAction action, const Agent& agent);

}  // namespace guildhall::registry
