// The import report: one verdict per node, and what this installation lacks (contracts/runtime.md §1.6).
#include "flow/report.h"

#include <algorithm>
#include <array>
#include <set>
#include <unordered_map>
#include <utility>

#include "types.h"

namespace guildhall::flow {
namespace {

constexpr std::string_view kCodeAbsent = "code_absent";

// Components that take their model from a `model` field or from the fields of earlier releases (§1.5).
constexpr std::array<std::string_view, 7> kModelUsers{"LanguageModelComponent", "Agent",       "StructuredOutput",
                                                      "BatchRunComponent",      "SmartRouter", "GuardrailValidator",
                                                      "EmbeddingModel"};
// Vendor nodes: the vendor is the type, the model a name.
constexpr std::array<std::string_view, 4> kVendorModels{"OpenAIModel", "AnthropicModel", "OllamaModel", "GroqModel"};

template <std::size_t size>
bool holds(const std::array<std::string_view, size>& types, std::string_view type) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

NodeStatus status_of(const Node& node, const ComponentCatalogue& catalogue) {
  const std::string& type = node.canonical_type;
  const bool substitutes = catalogue.substitutes && catalogue.substitutes(type);
  const bool runs = catalogue.runs && catalogue.runs(type);
  if (is_refused_type(node.type) || is_refused_type(type) || (!runs && !substitutes)) return NodeStatus::unsupported;
  if (!node.code_hash.empty() && !is_known_hash(type, node.code_hash)) {
    return node.is_edited ? NodeStatus::edited : NodeStatus::unverified;
  }
  return substitutes ? NodeStatus::substitute : NodeStatus::native;
}

std::string message_of(const Node& node, NodeStatus status) {
  switch (status) {
    case NodeStatus::unsupported:
      return "There is no component '" + node.type + "' here; replace the node by one from the component list.";
    case NodeStatus::edited:
      return "The component's code was edited. Restore the released version, or accept the native implementation for this node.";
    case NodeStatus::unverified:
      return "The component's code is not a released version. Update the component, or accept the native implementation for this "
             "node.";
    case NodeStatus::substitute:
      if (node.code_hash.empty()) return std::string(kCodeAbsent);
      return "Runs as the local equivalent of the vendor's service.";
    case NodeStatus::native: break;
  }
  return node.code_hash.empty() ? std::string(kCodeAbsent) : std::string();
}

bool is_set(const json::Value& value) {
  if (value.is_null()) return false;
  if (value.is_string()) return !value.get_string().empty();
  if (value.is_array()) return !value.get_array().empty();
  if (value.is_object()) return !value.get_object().empty();
  return true;
}

// Edges that arrive at a node, by field.
using Arrivals = std::set<std::pair<std::string_view, std::string_view>>;

bool has_value(const Node& node, std::string_view name, const Arrivals& arrivals) {
  if (arrivals.contains({node.id, name})) return true;
  const Field* field = node.field(name);
  return field != nullptr && field->contributes_literal() && is_set(field->value);
}

bool lacks_model(const Node& node, const Arrivals& arrivals) {
  const bool names_model = has_value(node, "model_name", arrivals);
  if (holds(kVendorModels, node.canonical_type)) return !names_model;
  if (!holds(kModelUsers, node.canonical_type)) return false;
  if (has_value(node, "model", arrivals) || arrivals.contains({node.id, "llm"}) || arrivals.contains({node.id, "agent_llm"})) {
    return false;
  }
  return !names_model || !(has_value(node, "provider", arrivals) || has_value(node, "agent_llm", arrivals));
}

void add_once(std::vector<std::string>& list, const std::string& text) {
  if (std::find(list.begin(), list.end(), text) == list.end()) list.push_back(text);
}

void look_at_fields(const Node& node, const Surroundings& surroundings, Report& report, std::set<std::string>& variables) {
  for (const Field& field : node.fields) {
    if (!field.contributes_literal()) continue;
    for (const std::string& path : field.file_paths) {
      if (!surroundings.has_file || !surroundings.has_file(path)) add_once(report.files_missing, path);
    }
    if (!field.load_from_db || !field.value.is_string() || field.value.get_string().empty()) continue;
    const std::string name(json::view(field.value.get_string()));
    if (!surroundings.has_variable || !surroundings.has_variable(name)) variables.insert(name);
  }
}

void look_at_edges(const Document& document, Report& report) {
  std::unordered_map<std::string_view, std::size_t> rows;
  for (std::size_t i = 0; i < document.nodes.size(); ++i) rows.emplace(document.nodes[i].id, i);
  for (const Edge& edge : document.edges) {
    if (!edge.is_legal) report.edges_invalid.push_back(edge.id);
    const auto row = rows.find(edge.target);
    if (edge.note.empty() || row == rows.end()) continue;
    std::string& message = report.nodes[row->second].message;
    if (!message.empty()) message += "; ";
    message += "edge from " + edge.source + ": " + edge.note;
  }
}

std::string_view overall(const Document& document, const Report& report) {
  const auto noted = [](const Edge& edge) { return !edge.note.empty(); };
  const auto substituted = [](const NodeReport& node) { return node.status == NodeStatus::substitute; };
  if (!report.refused().empty()) return "blocked";
  const bool warns = !report.edges_invalid.empty() || !report.files_missing.empty() || !report.models_unset.empty() ||
                     !report.variables_missing.empty() || std::any_of(document.edges.begin(), document.edges.end(), noted) ||
                     std::any_of(report.nodes.begin(), report.nodes.end(), substituted);
  return warns ? "warnings" : "ok";
}

json::Array texts(const std::vector<std::string>& list) {
  json::Array array;
  for (const std::string& text : list) array.emplace_back(text);
  return array;
}

}  // namespace

std::string_view name(NodeStatus status) {
  constexpr std::array<std::string_view, 5> kNames{"native", "substitute", "edited", "unverified", "unsupported"};
  return kNames.at(static_cast<std::size_t>(status));
}

bool is_refused(NodeStatus status) {
  return status != NodeStatus::native && status != NodeStatus::substitute;
}

std::vector<NodeReport> Report::refused() const {
  std::vector<NodeReport> found;
  std::copy_if(nodes.begin(), nodes.end(), std::back_inserter(found),
               [](const NodeReport& node) { return is_refused(node.status); });
  return found;
}

Report report_on(const Document& document, const ComponentCatalogue& catalogue, const Surroundings& surroundings) {
  Report report;
  Arrivals arrivals;
  for (const Edge& edge : document.edges) {
    if (edge.is_legal) arrivals.emplace(edge.target, edge.target_field);
  }
  std::set<std::string> variables;
  report.nodes.reserve(document.nodes.size());
  for (const Node& node : document.nodes) {
    const NodeStatus status = status_of(node, catalogue);
    report.nodes.push_back(
        {node.id, node.display_name, node.type, node.canonical_type, status, node.code_hash, message_of(node, status)});
    if (lacks_model(node, arrivals)) report.models_unset.push_back(node.id);
    look_at_fields(node, surroundings, report, variables);
  }
  report.variables_missing.assign(variables.begin(), variables.end());
  look_at_edges(document, report);
  report.status = overall(document, report);
  if (!report.nodes.empty()) {
    report.coverage = 1.0 - static_cast<double>(report.refused().size()) / static_cast<double>(report.nodes.size());
  }
  return report;
}

json::Object to_json(const Report& report) {
  json::Array nodes;
  for (const NodeReport& node : report.nodes) {
    nodes.push_back(json::Object{{"node_id", node.node_id},
                                 {"display_name", node.display_name},
                                 {"type", node.type},
                                 {"canonical_type", node.canonical_type},
                                 {"status", name(node.status)},
                                 {"code_hash", node.code_hash.empty() ? json::Value() : json::Value(node.code_hash)},
                                 {"message", node.message}});
  }
  return {{"status", report.status},
          {"nodes", std::move(nodes)},
          {"edges_invalid", texts(report.edges_invalid)},
          {"files_missing", texts(report.files_missing)},
          {"models_unset", texts(report.models_unset)},
          {"variables_missing", texts(report.variables_missing)},
          {"coverage", report.coverage}};
}

void refuse_blocked(const std::vector<NodeReport>& refused) {
  if (refused.empty()) return;
  std::string message = "Flow build blocked: custom components are not allowed: ";
  json::Array nodes;
  for (const NodeReport& node : refused) {
    if (!nodes.empty()) message += ", ";
    message += node.display_name + " (" + node.node_id + ")";
    nodes.push_back(json::Object{{"node_id", node.node_id}, {"status", name(node.status)}, {"message", node.message}});
  }
  throw Refusal(Code::component_blocked, std::move(message)).with_details({{"nodes", std::move(nodes)}});
}

}  // namespace guildhall::flow
