// What a run writes into a document before it starts: variables, the input, the session (contracts/runtime.md §3.1, §3.8).
#include <utility>

#include "flow/graph.h"

namespace guildhall::flow {
namespace {

bool is_empty(const json::Value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty());
}

// A value a run writes counts even in a field the canvas hides.
void write_value(Field& field, std::string_view text) {
  field.value = text;
  field.load_from_db = false;
  field.override_skip = true;
}

bool takes_input(const Node& node, InputType type) {
  switch (type) {
    case InputType::chat: return node.canonical_type == "ChatInput";
    case InputType::text: return node.canonical_type == "TextInput";
    case InputType::any: return node.is_input;
  }
  return false;
}

void write_input(Node& node, std::string_view text) {
  Field* field = node.field("input_value");
  if (field == nullptr) {
    if (node.canonical_type != "ChatInput" && node.canonical_type != "TextInput") return;
    Field added;
    added.name = "input_value";
    added.type = "str";
    node.fields.push_back(std::move(added));
    field = &node.fields.back();
  }
  write_value(*field, text);
}

}  // namespace

void apply_variables(Document& document, const std::function<std::optional<std::string>(std::string_view name)>& lookup) {
  for (Node& node : document.nodes) {
    for (Field& field : node.fields) {
      if (!field.load_from_db) continue;
      field.load_from_db = false;
      if (!field.value.is_string() || field.value.get_string().empty()) continue;
      const auto found = lookup ? lookup(json::view(field.value.get_string())) : std::nullopt;
      field.value = found ? json::Value(*found) : json::Value();
    }
  }
}

void apply_input(Document& document, const SelectionRequest& request) {
  for (Node& node : document.nodes) {
    if (request.input_value && takes_input(node, request.input_type)) write_input(node, *request.input_value);
    Field* session = node.field("session_id");
    if (session != nullptr && !request.session_id.empty() && is_empty(session->value)) write_value(*session, request.session_id);
  }
}

}  // namespace guildhall::flow
