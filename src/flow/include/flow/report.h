// The import report: which nodes run, which are refused and why (contracts/runtime.md §1.6).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "flow/document.h"

namespace guildhall::flow {

enum class NodeStatus : std::uint8_t { native, substitute, edited, unverified, unsupported };
std::string_view name(NodeStatus status);
/// True for the statuses that refuse to run.
bool is_refused(NodeStatus status);

/// What the engine can execute; given by `runtime`, so that this room knows no components.
struct ComponentCatalogue {
  std::function<bool(std::string_view canonical_type)> runs;         ///< has a native implementation
  std::function<bool(std::string_view canonical_type)> substitutes;  ///< runs as a local equivalent of a vendor's service
};

/// What this installation has. Every function may be empty: then nothing is there.
struct Surroundings {
  std::function<bool(std::string_view variable)> has_variable;
  std::function<bool(std::string_view path)> has_file;
};

struct NodeReport {
  std::string node_id;
  std::string display_name;
  std::string type;
  std::string canonical_type;
  NodeStatus status = NodeStatus::native;
  std::string code_hash;
  std::string message;  ///< empty when native and hashed; "code_absent" when the file carries no code
};

struct Report {
  std::string status;  ///< ok, warnings, blocked
  std::vector<NodeReport> nodes;
  std::vector<std::string> edges_invalid;
  std::vector<std::string> files_missing;
  std::vector<std::string> models_unset;       ///< node ids
  std::vector<std::string> variables_missing;  ///< names, sorted, once each
  double coverage = 1;                         ///< share of nodes that run

  std::vector<NodeReport> refused() const;
};

Report report_on(const Document& document, const ComponentCatalogue& catalogue, const Surroundings& surroundings);
json::Object to_json(const Report& report);

/// Whether the hash is a released version of that component.
bool is_known_hash(std::string_view canonical_type, std::string_view hash);

/// Refusal(component_blocked) "Flow build blocked: custom components are not allowed: <display name> (<node id>), …".
void refuse_blocked(const std::vector<NodeReport>& refused);

}  // namespace guildhall::flow
