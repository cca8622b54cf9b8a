// What an agent's fields may hold (contracts/registry.md §1, §2); private to registry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "registry/agents.h"

namespace guildhall::registry {

/// `[A-Za-z0-9][A-Za-z0-9._-]{0,99}`.
bool is_agent_reference(std::string_view text);

/// The agent with its category in lower case. Refusal(validation_failed) names every field that is wrong.
Agent checked_agent(Agent agent);

/// Adds to `errors` what the config of an agent or a version may not hold. Its other members are the flow's own business.
void check_config(const json::Object& config, std::vector<FieldError>& errors);

/// Where its calls go while it is deployed.
std::string endpoint_of(const Publishing& publishing, const Agent& agent);

}  // namespace guildhall::registry
