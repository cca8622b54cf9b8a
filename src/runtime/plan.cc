// Compiles a document: selection, wires and literals, so that a run only follows indices.
#include "plan.h"

#include <algorithm>
#include <unordered_map>

#include "component_table.h"
#include "literal.h"

namespace guildhall::runtime {
namespace {

using VertexOfNode = std::unordered_map<std::size_t, std::size_t>;

Slot slot_of(const flow::Field* field, std::string_view name, const Input* input) {
  Slot slot;
  slot.name = name;
  slot.input = input;
  if (field == nullptr) return slot;
  const bool is_variable = field->load_from_db && field->contributes_literal() && field->value.is_string();
  if (is_variable) {
    slot.variable = json::view(field->value.get_string());
  } else if (!field->load_from_db) {
    slot.literal = literal_of(*field);
  }
  return slot;
}

std::vector<Slot> slots_of(const flow::Node& node, const Component& component) {
  std::vector<Slot> slots;
  for (const Input& input : component.inputs) slots.push_back(slot_of(node.field(input.name), input.name, &input));
  if (!component.reads_every_field) return slots;
  for (const flow::Field& field : node.fields) {
    const bool is_declared = std::any_of(slots.begin(), slots.end(), [&](const Slot& slot) { return slot.name == field.name; });
    if (!is_declared) slots.push_back(slot_of(&field, field.name, nullptr));
  }
  return slots;
}

Slot& slot_named(PlannedVertex& vertex, std::string_view name) {
  for (Slot& slot : vertex.slots) {
    if (slot.name == name) return slot;
  }
  Slot added;
  added.name = name;
  vertex.slots.push_back(std::move(added));
  return vertex.slots.back();
}

std::vector<std::string> outputs_needed(const flow::Document& document, const flow::Graph& graph, std::size_t node) {
  std::vector<std::string> names;
  for (const flow::Wire& wire : graph.outputs[node]) {
    const std::string& name = document.edges[wire.edge].source_output;
    if (std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
  }
  if (!names.empty()) return names;
  for (const flow::Output& output : document.nodes[node].outputs) names.push_back(output.name);
  return names;
}

void wire_up(const flow::Document& document, const flow::Graph& graph, const VertexOfNode& vertex_of, Plan& plan) {
  for (std::size_t v = 0; v < plan.vertices.size(); ++v) {
    PlannedVertex& vertex = plan.vertices[v];
    std::vector<std::size_t> before;
    for (const flow::Wire& wire : graph.inputs[vertex.node]) {
      const flow::Edge& edge = document.edges[wire.edge];
      if (edge.is_loop_back) continue;
      const std::size_t source = vertex_of.at(wire.source);
      slot_named(vertex, edge.target_field).sources.push_back({source, edge.source_output});
      if (std::find(before.begin(), before.end(), source) == before.end()) before.push_back(source);
    }
    vertex.predecessors = before.size();
    for (const std::size_t source : before) plan.vertices[source].successors.push_back(v);
  }
  for (PlannedVertex& vertex : plan.vertices) {
    vertex.readers = vertex.successors.size();
    std::sort(vertex.successors.begin(), vertex.successors.end(),
              [&](std::size_t a, std::size_t b) { return plan.vertices[a].about->id < plan.vertices[b].about->id; });
  }
}

// What cannot run among the selected: refused nodes, and cycles until there are components that can turn in one.
std::vector<flow::NodeReport> blocked_among(const flow::Document& document, const flow::Report& report,
                                            const flow::Graph& graph) {
  std::vector<flow::NodeReport> blocked;
  for (const std::size_t node : graph.vertices) {
    const auto found = std::find_if(report.nodes.begin(), report.nodes.end(),
                                    [&](const flow::NodeReport& row) { return row.node_id == document.nodes[node].id; });
    if (found == report.nodes.end()) continue;
    if (flow::is_refused(found->status) || graph.in_cycle[node] || find_component(found->canonical_type) == nullptr) {
      blocked.push_back(*found);
    }
  }
  return blocked;
}

}  // namespace

Plan compile(const flow::Document& document, const flow::Report& report) {
  Plan plan;
  flow::Graph graph;
  try {
    graph = flow::select(document);
  } catch (const Refusal& refusal) {
    plan.refusal = refusal;
    return plan;
  }
  plan.blocked = blocked_among(document, report, graph);
  if (!plan.blocked.empty()) return plan;

  VertexOfNode vertex_of;
  for (const std::size_t node : graph.vertices) {
    vertex_of.emplace(node, plan.vertices.size());
    PlannedVertex vertex;
    vertex.node = node;
    vertex.about = &document.nodes[node];
    vertex.component = find_component(vertex.about->canonical_type);
    vertex.slots = slots_of(*vertex.about, *vertex.component);
    vertex.outputs_needed = outputs_needed(document, graph, node);
    plan.vertices.push_back(std::move(vertex));
  }
  wire_up(document, graph, vertex_of, plan);
  for (std::size_t v = 0; v < plan.vertices.size(); ++v) plan.by_id.push_back(v);
  std::sort(plan.by_id.begin(), plan.by_id.end(),
            [&](std::size_t a, std::size_t b) { return plan.vertices[a].about->id < plan.vertices[b].about->id; });
  return plan;
}

std::vector<bool> ancestors_of(const Plan& plan, std::size_t vertex) {
  std::vector<bool> reached(plan.vertices.size());
  std::vector<std::size_t> open{vertex};
  while (!open.empty()) {
    const std::size_t current = open.back();
    open.pop_back();
    for (const Slot& slot : plan.vertices[current].slots) {
      for (const Source& source : slot.sources) {
        if (reached[source.vertex]) continue;
        reached[source.vertex] = true;
        open.push_back(source.vertex);
      }
    }
  }
  reached[vertex] = false;
  return reached;
}

}  // namespace guildhall::runtime
