// Versions as rows; private to registry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "flow_checks.h"
#include "registry/agents.h"

namespace guildhall::registry {

/// The version an agent runs; throws std::logic_error when it has none.
LoadedVersion current_version_of(store::Tx& tx, const Agent& agent);
/// Without its flow and without judging its hash. The first throws std::logic_error when it is not there.
AgentVersion version_of_agent(store::Tx& tx, const Agent& agent, AgentVersionId id);
std::optional<AgentVersion> version_of_number(store::Tx& tx, const Agent& agent, std::string_view number);
/// SHA-256 of the stored flow bytes of the current version; empty without one.
std::string current_flow_sha256(store::Tx& tx, const Agent& agent);
/// The highest version there is; empty without one.
std::string latest_version_of(store::Tx& tx, const Agent& agent);

/// What is hashed: the RFC 8785 form of {flow, config, permissions}.
std::string version_sha256(std::string_view flow_bytes, const json::Object& config, const json::Object& permissions);

/// Freezes the working copy as the first version when there is none; returns the agent with its current version.
Agent freeze_first_version(const Scope& scope, store::Tx& tx, Agent agent);
/// As add_version, for an agent that was read with the right to change it. `agent` is left as it is stored now.
VersionResult put_version(const Scope& scope, store::Tx& tx, const Publishing& publishing, Agent& agent,
                          const NewVersion& version);

}  // namespace guildhall::registry
