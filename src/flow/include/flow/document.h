// A flow document: what a provider drew, read from a LangFlow export (contracts/runtime.md §1). Data, never code.
//
// Fed by anyone with an account. Parsing never executes, drops or rewrites anything: the original bytes stay what is stored
// and exported; this is the engine's view of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "base/json.h"

namespace guildhall::flow {

/// One template field of a node (§1.3).
struct Field {
  std::string name;
  std::string type;
  std::string display_name;
  json::Value value;
  std::vector<std::string> file_paths;  ///< of `file` fields: these count, not `value`
  bool is_list = false;
  bool load_from_db = false;
  bool is_shown = true;
  bool override_skip = false;
  bool tool_mode = false;
  bool is_password = false;
  std::vector<std::string> input_types;

  /// False for `type: other` or `show: false` without override_skip: such a field contributes no literal.
  bool contributes_literal() const;
};

struct Output {
  std::string name;
  std::string method;
  std::string display_name;
  std::vector<std::string> types;  ///< aliases resolved: Message, Data, Table, LanguageModel, Embeddings, Tool, Memory …
  std::string selected;
  bool allows_loop = false;
  bool tool_mode = false;
};

struct Node {
  std::string id;
  std::string type;            ///< as in the file
  std::string canonical_type;  ///< after aliases (§1.5); equals type when unknown
  std::string display_name;
  std::vector<Field> fields;  ///< in file order, without `_type` and other non-objects
  std::vector<Output> outputs;
  std::string code_hash;        ///< H of §1.6; empty: none
  bool code_is_absent = false;  ///< the code text is blank
  bool is_edited = false;
  bool is_frozen = false;
  bool tool_mode = false;
  bool is_input = false;  ///< flag or type (§3.1.2)
  bool is_output = false;
  std::string parent_node_id;  ///< the group it came from
  json::Array tools_metadata;  ///< rows of the field of that name, when present

  const Field* field(std::string_view name) const;
  Field* field(std::string_view name);
};

struct Edge {
  std::string id;
  std::string source;
  std::string source_output;
  std::vector<std::string> source_types;
  std::string target;
  std::string target_field;               ///< or the output a loop-back edge enters
  std::vector<std::string> target_types;  ///< inputTypes, aliases resolved
  bool target_types_are_null = false;
  std::string target_type;
  bool is_loop_back = false;
  bool is_legal = true;  ///< §1.4; illegal and dangling edges are kept
  std::string note;      ///< why it is illegal, or that handle strings and data disagree
};

struct Document {
  std::string id;
  std::string name;
  std::string description;
  std::string endpoint_name;
  std::string last_tested_version;
  std::vector<std::string> tags;
  std::vector<Node> nodes;  ///< groups flattened, notes left out; file order
  std::vector<Edge> edges;
  std::size_t notes = 0;

  const Node* node(std::string_view id) const;
};

/// Reads the text of one flow file: at most kFlowBytesMax and kJsonDepthMax, no duplicate keys. Throws
/// Refusal(payload_too_large) or Refusal(malformed_json).
json::Value read_flow(std::string_view text);

/// Reads one flow object, or a bare {nodes, edges} (§1.1). Throws Refusal(malformed_json) for broken JSON,
/// Refusal(validation_failed) naming the field for a wrong shape (`data.nodes` or `data.edges` missing, a node without id …) and
/// for anything past limits.h.
Document parse_document(const json::Value& flow);

/// What an upload may hold (§1.1): one flow, {"flows": […]}, a project object. Each element is one flow object.
std::vector<json::Value> flows_in(const json::Value& upload);

/// Accepted type for a name of any era or alias; the input itself when nothing matches.
std::string canonical_type(std::string_view type);

}  // namespace guildhall::flow
