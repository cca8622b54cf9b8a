// Edges: two handles each, from `data` or from strings, kept whatever is wrong with them.
#include "edge.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "handle.h"

namespace guildhall::flow {
namespace {

constexpr std::string_view kDisagreement = "handle strings and data disagree; data counts";

using HandleReader = std::optional<Handle> (*)(const json::Value*);

// `data` first, then the string beside it; notes when the two say different things.
std::optional<Handle> either_handle(const json::Object& entry, std::string_view key, HandleReader read, Edge& edge) {
  const json::Value* data = entry.if_contains("data");
  const json::Value* in_data = data != nullptr && data->is_object() ? data->get_object().if_contains(key) : nullptr;
  const json::Value* in_string = entry.if_contains(key);
  std::optional<Handle> handle = read(in_data);
  const std::optional<Handle> from_string = read(in_string);
  if (!handle) return from_string;
  const bool has_string = in_string != nullptr && in_string->is_string() && !in_string->get_string().empty();
  if (has_string && from_string != handle && edge.note.empty()) edge.note = kDisagreement;
  return handle;
}

bool intersect(const std::vector<std::string>& some, const std::vector<std::string>& others) {
  return std::any_of(some.begin(), some.end(),
                     [&](const std::string& type) { return std::find(others.begin(), others.end(), type) != others.end(); });
}

bool types_fit(const Edge& edge) {
  if (edge.is_loop_back) return true;
  if (intersect(edge.source_types, edge.target_types)) return true;
  return std::find(edge.source_types.begin(), edge.source_types.end(), edge.target_type) != edge.source_types.end();
}

const Output* output_named(const Node& node, std::string_view name) {
  const auto found =
      std::find_if(node.outputs.begin(), node.outputs.end(), [&](const Output& output) { return output.name == name; });
  return found == node.outputs.end() ? nullptr : &*found;
}

void refuse_edge(Edge& edge, std::string text) {
  edge.is_legal = false;
  note(edge, text);
}

// Handles of the first releases name no output: the first one that fits is meant.
void choose_output(Edge& edge, const Node& source) {
  if (!edge.source_output.empty() || source.outputs.empty()) return;
  const auto fits = [&](const Output& output) {
    return intersect(output.types, edge.target_types) ||
           std::find(output.types.begin(), output.types.end(), edge.target_type) != output.types.end();
  };
  const auto found = std::find_if(source.outputs.begin(), source.outputs.end(), fits);
  edge.source_output = found == source.outputs.end() ? source.outputs.front().name : found->name;
}

}  // namespace

void note(Edge& edge, std::string_view text) {
  if (!edge.note.empty()) edge.note += "; ";
  edge.note += text;
}

ReadEdge read_edge(const json::Object& entry, const Place& place) {
  ReadEdge read;
  Edge& edge = read.edge;
  edge.id = optional_text(entry, "id", place);
  edge.source = optional_text(entry, "source", place);
  edge.target = optional_text(entry, "target", place);
  refuse_control_bytes(edge.id, place.member("id"));
  auto source = either_handle(entry, "sourceHandle", read_source_handle, edge);
  auto target = either_handle(entry, "targetHandle", read_target_handle, edge);
  if (source) {
    if (edge.source.empty()) edge.source = source->node_id;
    if (!source->node_id.empty() && source->node_id != edge.source)
      note(edge, "the source handle names another node; source counts");
    edge.source_output = std::move(source->name);
    edge.source_types = std::move(source->types);
  }
  if (target) {
    if (edge.target.empty()) edge.target = target->node_id;
    if (!target->node_id.empty() && target->node_id != edge.target)
      note(edge, "the target handle names another node; target counts");
    edge.target_field = std::move(target->name);
    edge.target_types = std::move(target->types);
    edge.target_types_are_null = target->types_are_null;
    edge.target_type = std::move(target->type);
    edge.is_loop_back = target->is_loop_back;
    read.proxy_id = std::move(target->proxy_id);
    read.proxy_field = std::move(target->proxy_field);
  }
  if (edge.source.empty()) refuse_at(place.member("source"), "is required");
  if (edge.target.empty()) refuse_at(place.member("target"), "is required");
  refuse_control_bytes(edge.source, place.member("source"));
  refuse_control_bytes(edge.target, place.member("target"));
  if (edge.id.empty()) edge.id = "xy-edge__" + edge.source + "-" + edge.target;
  if (!source) refuse_edge(edge, "the source handle cannot be read");
  if (!target) refuse_edge(edge, "the target handle cannot be read");
  return read;
}

void judge_edge(Edge& edge, const Node* source, const Node* target) {
  if (source == nullptr) refuse_edge(edge, "its source '" + edge.source + "' does not exist");
  if (target == nullptr) refuse_edge(edge, "its target '" + edge.target + "' does not exist");
  if (!edge.is_legal) return;
  choose_output(edge, *source);
  const Output* output = output_named(*source, edge.source_output);
  if (output == nullptr) return refuse_edge(edge, "'" + source->id + "' has no output '" + edge.source_output + "'");
  if (edge.source_types.empty()) edge.source_types = output->types;
  if (edge.is_loop_back && output_named(*target, edge.target_field) == nullptr) {
    return refuse_edge(edge, "'" + target->id + "' has no output '" + edge.target_field + "' to loop back to");
  }
  if (!edge.is_loop_back && target->field(edge.target_field) == nullptr) {
    return refuse_edge(edge, "'" + target->id + "' has no field '" + edge.target_field + "'");
  }
  if (!types_fit(edge)) refuse_edge(edge, "the output's types do not fit the field");
}

}  // namespace guildhall::flow
