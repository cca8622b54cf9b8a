// From an upload to documents: containers, the top level, and the limits that are checked before anything else.
#include "flow/document.h"

#include <fmt/core.h>

#include <algorithm>

#include "flatten.h"
#include "flow/limits.h"
#include "place.h"

namespace guildhall::flow {
namespace {

bool is_endpoint_name(std::string_view name) {
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

bool is_bare_graph(const json::Object& flow) {
  return !flow.contains("data") && (flow.contains("nodes") || flow.contains("edges"));
}

void require_flow(const json::Value& value, const Place& place) {
  const json::Object& flow = object_at(value, place);
  required_text(flow, "name", place);
  const json::Object& data = required_object(flow, "data", place);
  const Place data_at = place.member("data");
  required_array(data, "nodes", data_at);
  required_array(data, "edges", data_at);
}

}  // namespace

json::Value read_flow(std::string_view text) {
  if (text.size() > kFlowBytesMax) {
    throw Refusal(Code::payload_too_large, fmt::format("a flow has at most {} bytes", kFlowBytesMax));
  }
  return json::parse_or_refuse(text, {.depth_max = kJsonDepthMax, .refuse_duplicate_keys = true});
}

Document parse_document(const json::Value& value) {
  const Place root;
  if (!value.is_object()) throw invalid_field("flow", "must be an object");
  const json::Object& flow = value.get_object();
  Document document;
  if (is_bare_graph(flow)) {
    read_graph(flow, root, document);
    return document;
  }
  const json::Object& data = required_object(flow, "data", root);
  document.id = optional_text(flow, "id", root);
  refuse_control_bytes(document.id, root.member("id"));
  document.name = optional_text(flow, "name", root);
  document.description = optional_text(flow, "description", root);
  document.endpoint_name = optional_text(flow, "endpoint_name", root);
  if (!is_endpoint_name(document.endpoint_name)) {
    refuse_at(root.member("endpoint_name"), "may only hold letters, digits, '_' and '-'");
  }
  document.last_tested_version = optional_text(flow, "last_tested_version", root);
  document.tags = optional_texts(flow, "tags", root);
  read_graph(data, root.member("data"), document);
  return document;
}

std::vector<json::Value> flows_in(const json::Value& upload) {
  const Place root;
  if (!upload.is_object()) throw invalid_field("flow", "must be an object: one flow, or {\"flows\": […]}");
  const json::Object& object = upload.get_object();
  if (!object.contains("flows")) {
    require_flow(upload, root);
    return {upload};
  }
  const json::Array& entries = required_array(object, "flows", root);
  const Place list = root.member("flows");
  std::vector<json::Value> flows;
  flows.reserve(entries.size());
  for (std::size_t i = 0; i < entries.size(); ++i) {
    require_flow(entries[i], list.element(i));
    flows.push_back(entries[i]);
  }
  return flows;
}

const Node* Document::node(std::string_view wanted) const {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node& candidate) { return candidate.id == wanted; });
  return found == nodes.end() ? nullptr : &*found;
}

}  // namespace guildhall::flow
