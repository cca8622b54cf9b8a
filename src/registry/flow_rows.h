// Working copies as rows, and the bytes they share with versions; private to registry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "registry/flows.h"

namespace guildhall::registry {

/// The working copy of an agent; the caller has checked whose it is.
Flow flow_of_agent(store::Tx& tx, OrganizationId organization, FlowId id);
std::string bytes_of_flow(store::Tx& tx, const Flow& flow);
/// As replace_flow, for a caller that has checked rights.
Flow put_flow_bytes(const Scope& scope, store::Tx& tx, const Flow& flow, std::string_view bytes);
/// Renames; the name gets " (n)" when another flow has it.
Flow rename_flow(const Scope& scope, store::Tx& tx, Flow flow, std::string_view name, std::string_view description);

/// Deletes the bytes when no working copy and no version holds them any more.
void release_bytes(store::Tx& tx, OrganizationId organization, std::string_view sha256);

}  // namespace guildhall::registry
