// Working copies of flows: what a provider edits, before any of it is frozen into a version.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::registry {

struct Flow {
  FlowId id;
  OrganizationId organization;
  ProjectId project;
  std::string name;  ///< duplicates in an organization get " (n)"
  std::string description;
  std::string endpoint_name;  ///< empty, or `[A-Za-z0-9_-]+`, unique per organization
  std::int64_t revision = 1;
  std::string sha256;  ///< of the stored bytes
  Timestamp updated_at;
};

/// Parses, checks and stores the bytes as they are. `wanted` is kept when free, otherwise replaced. Needs provide_agents.
Flow import_flow(const Scope& scope, store::Tx& tx, ProjectId project, std::optional<FlowId> wanted, std::string_view bytes);
/// Replaces the bytes; Refusal(sync_conflict) when `base_sha256` is given and is not the stored hash.
Flow replace_flow(const Scope& scope, store::Tx& tx, FlowId id, std::string_view bytes, std::optional<std::string> base_sha256);
Flow get_flow(const Scope& scope, store::Tx& tx, FlowId id);
/// By UUID, then by endpoint name; Refusal(not_found).
Flow find_flow(const Scope& scope, store::Tx& tx, std::string_view id_or_name);
std::string flow_bytes(const Scope& scope, store::Tx& tx, FlowId id);
std::vector<Flow> list_flows(const Scope& scope, store::Tx& tx);
void delete_flow(const Scope& scope, store::Tx& tx, FlowId id);

}  // namespace guildhall::registry
