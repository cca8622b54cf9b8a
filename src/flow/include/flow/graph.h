// From document to what will run: tweaks, selection, order (contracts/runtime.md §3.1, §3.7). Pure.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "flow/document.h"

namespace guildhall::flow {

struct TweakPolicy {
  /// For a published agent: whether (node id, field) is exposed. Empty: a test run, everything but code and secrets is open.
  std::function<bool(std::string_view node, std::string_view field)> is_exposed;
};

/// False for code, secrets, base URLs and knowledge base fields: no publisher can open them to callers (§3.7).
bool can_be_exposed(const Field& field);

/// Applies a tweaks object (§3.7). Unknown nodes and fields are ignored; code fields are ignored and named in the result.
/// Refusal(tweak_not_allowed) names a field the publisher did not expose.
std::vector<std::string> apply_tweaks(Document& document, const json::Object& tweaks, const TweakPolicy& policy);

/// Replaces every `load_from_db` value by what `lookup` gives, or unsets it. (§3.8)
void apply_variables(Document& document, const std::function<std::optional<std::string>(std::string_view name)>& lookup);

enum class InputType { chat, text, any };

struct SelectionRequest {
  std::optional<std::string> input_value;
  InputType input_type = InputType::chat;
  std::string session_id;  ///< fills every empty `session_id` field
};

/// Writes input_value and session_id into their fields (§3.1.4–5).
void apply_input(Document& document, const SelectionRequest& request);

/// An edge between selected vertices, by index into Document::nodes and ::edges.
struct Wire {
  std::size_t edge = 0;
  std::size_t source = 0;
  std::size_t target = 0;
};

struct Graph {
  std::vector<std::size_t> vertices;       ///< selected, by index into Document::nodes, in file order
  std::vector<std::vector<Wire>> inputs;   ///< per node index, in edge order
  std::vector<std::vector<Wire>> outputs;  ///< per node index, in edge order
  std::optional<std::size_t> start;        ///< the vertex that begins the run, when there is an input
  std::vector<bool> in_cycle;              ///< per node index
};

/// Selects per §3.1.3. Refusal(invalid_graph): two chat inputs without predecessors, an illegal edge on a selected vertex, or a
/// cycle that has neither a loop component nor a router in it.
Graph select(const Document& document);

/// A topological order of the selected vertices, ties broken by node id; only for graphs without cycles.
std::vector<std::size_t> order_of(const Document& document, const Graph& graph);

}  // namespace guildhall::flow
