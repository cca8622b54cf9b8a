// Nodes, their fields and outputs. The code a node carries is hashed and left behind.
#include "node.h"

#include <string>
#include <utility>

#include "base/hash.h"
#include "base/text.h"
#include "types.h"

namespace guildhall::flow {
namespace {

constexpr std::size_t kCodeHashDigits = 12;

std::vector<std::string> file_paths_of(const json::Object& entry, const Place& place) {
  const json::Value* value = entry.if_contains("file_path");
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) {
    if (value->get_string().empty()) return {};
    return {std::string(json::view(value->get_string()))};
  }
  if (!value->is_array()) refuse_at(place.member("file_path"), "must be a string or a list of strings");
  std::vector<std::string> paths = optional_texts(entry, "file_path", place);
  std::erase_if(paths, [](const std::string& path) { return path.empty(); });
  return paths;
}

std::vector<Field> read_fields(const json::Object& entries, const Place& place) {
  std::vector<Field> fields;
  fields.reserve(entries.size());
  for (const auto& entry : entries) {
    const std::string_view name(entry.key().data(), entry.key().size());
    if (name == "_type" || !entry.value().is_object()) continue;
    fields.push_back(read_field(name, entry.value().get_object(), place.member(name)));
  }
  return fields;
}

Output read_output(const json::Object& entry, const Place& place) {
  Output output;
  output.name = required_text(entry, "name", place);
  output.method = optional_text(entry, "method", place);
  output.display_name = optional_text(entry, "display_name", place);
  output.types = optional_texts(entry, "types", place);
  for (std::string& type : output.types) type = canonical_value_type(type);
  output.selected = canonical_value_type(optional_text(entry, "selected", place));
  output.allows_loop = optional_flag(entry, "allows_loop", place);
  output.tool_mode = optional_flag(entry, "tool_mode", place);
  return output;
}

std::vector<Output> read_outputs(const json::Object& node, const Place& place) {
  std::vector<Output> outputs;
  const json::Array* entries = optional_array(node, "outputs", place);
  if (entries == nullptr) return outputs;
  const Place list = place.member("outputs");
  outputs.reserve(entries->size());
  for (std::size_t i = 0; i < entries->size(); ++i) {
    const Place at = list.element(i);
    outputs.push_back(read_output(object_at((*entries)[i], at), at));
  }
  return outputs;
}

// The text of a code field, lines joined.
std::string code_text(const json::Object& entry, const Place& place) {
  const json::Value* value = entry.if_contains("value");
  if (value == nullptr || value->is_null()) return {};
  if (value->is_string()) return std::string(json::view(value->get_string()));
  if (!value->is_array()) refuse_at(place.member("value"), "must be a string or a list of lines");
  return join(optional_texts(entry, "value", place), "\n");
}

// H of contracts/runtime.md §1.6: the text decides; what the file declares counts only where there is no text.
void read_code(Node& node, const json::Object& entry, const Place& place) {
  const std::string text = code_text(entry, place);
  if (text.empty()) return;
  node.code_is_absent = false;
  node.code_hash = to_hex(bytes_of(sha256(text))).substr(0, kCodeHashDigits);
}

json::Array rows_of(const Field& field) {
  json::Array rows;
  if (!field.value.is_array()) return rows;
  for (const json::Value& row : field.value.get_array()) {
    if (row.is_object()) rows.push_back(row);
  }
  return rows;
}

// Nodes of releases that had one component per direction say by their type what `Knowledge` says by its mode.
void imply_mode(Node& node) {
  const std::string_view mode = implied_knowledge_mode(node.type);
  if (node.canonical_type != "Knowledge" || mode.empty() || node.field("mode") != nullptr) return;
  Field field;
  field.name = "mode";
  field.type = "tab";
  field.display_name = "Mode";
  field.value = mode;
  node.fields.push_back(std::move(field));
}

}  // namespace

Field read_field(std::string_view name, const json::Object& entry, const Place& place) {
  Field field;
  field.name = name;
  field.type = optional_text(entry, "type", place);
  field.display_name = optional_text(entry, "display_name", place);
  field.is_list = optional_flag(entry, "list", place, optional_flag(entry, "is_list", place));
  field.load_from_db = optional_flag(entry, "load_from_db", place);
  field.is_shown = optional_flag(entry, "show", place, true);
  field.override_skip = optional_flag(entry, "override_skip", place);
  field.tool_mode = optional_flag(entry, "tool_mode", place);
  field.is_password = optional_flag(entry, "password", place);
  field.input_types = optional_texts(entry, "input_types", place);
  for (std::string& type : field.input_types) type = canonical_value_type(type);
  if (field.type == "file") field.file_paths = file_paths_of(entry, place);
  if (const json::Value* value = entry.if_contains("value")) {
    refuse_oversized(*value, place.member("value"));
    if (name != "code") field.value = *value;
  }
  return field;
}

void read_tool_rows(Node& node) {
  if (const Field* tools = node.field("tools_metadata")) node.tools_metadata = rows_of(*tools);
}

void overwrite_field(Node& node, std::string_view name, const json::Object& entry, const Place& place) {
  Field* inner = node.field(name);
  if (inner == nullptr) return;
  Field outer = read_field(name, entry, place);
  outer.is_shown = inner->is_shown;
  outer.display_name = inner->display_name;
  *inner = std::move(outer);
  if (name == "code") read_code(node, entry, place);
  read_tool_rows(node);
}

Node read_node(const json::Object& data, const Place& place) {
  Node node;
  node.type = required_text(data, "type", place);
  node.canonical_type = canonical_type(node.type);
  const json::Object& definition = required_object(data, "node", place);
  const Place at = place.member("node");
  node.display_name = optional_text(definition, "display_name", at);
  if (node.display_name.empty()) node.display_name = optional_text(data, "display_name", place);
  if (node.display_name.empty()) node.display_name = node.type;
  node.code_is_absent = true;
  if (const json::Object* metadata = optional_object(definition, "metadata", at)) {
    node.code_hash = optional_text(*metadata, "code_hash", at.member("metadata"));
  }
  if (const json::Object* fields = optional_object(definition, "template", at)) {
    const Place fields_at = at.member("template");
    node.fields = read_fields(*fields, fields_at);
    const json::Value* code = fields->if_contains("code");
    if (code != nullptr && code->is_object()) read_code(node, code->get_object(), fields_at.member("code"));
  }
  node.outputs = read_outputs(definition, at);
  node.is_edited = optional_flag(definition, "edited", at);
  node.is_frozen = optional_flag(definition, "frozen", at);
  node.tool_mode = optional_flag(definition, "tool_mode", at);
  node.is_input = optional_flag(definition, "is_input", at) || is_input_type(node.canonical_type);
  node.is_output = optional_flag(definition, "is_output", at) || is_output_type(node.canonical_type);
  read_tool_rows(node);
  imply_mode(node);
  return node;
}

bool Field::contributes_literal() const {
  return override_skip || (type != "other" && type != "connect" && is_shown);
}

const Field* Node::field(std::string_view wanted) const {
  for (const Field& candidate : fields) {
    if (candidate.name == wanted) return &candidate;
  }
  return nullptr;
}

Field* Node::field(std::string_view wanted) {
  return const_cast<Field*>(std::as_const(*this).field(wanted));
}

}  // namespace guildhall::flow
