// Which vertices a run touches, how they are wired, and in which order they can go (contracts/runtime.md §3.1).
#include <algorithm>
#include <queue>
#include <stdexcept>
#include <unordered_map>
#include <utility>

#include "base/text.h"
#include "cycles.h"
#include "flow/graph.h"
#include "types.h"

namespace guildhall::flow {
namespace {

constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);

struct Ends {
  std::size_t source = kNowhere;
  std::size_t target = kNowhere;
};

std::vector<Ends> ends_of(const Document& document) {
  std::unordered_map<std::string_view, std::size_t> indices;
  for (std::size_t i = 0; i < document.nodes.size(); ++i) indices.emplace(document.nodes[i].id, i);
  const auto index = [&](const std::string& id) {
    const auto found = indices.find(id);
    return found == indices.end() ? kNowhere : found->second;
  };
  std::vector<Ends> ends;
  ends.reserve(document.edges.size());
  for (const Edge& edge : document.edges) ends.push_back({index(edge.source), index(edge.target)});
  return ends;
}

std::string named(const Node& node) {
  return "'" + node.display_name + "' (" + node.id + ")";
}

void refuse_second_chat_input(const Document& document, const std::vector<Ends>& ends) {
  std::vector<bool> has_predecessor(document.nodes.size());
  for (const Ends& pair : ends) {
    if (pair.source != kNowhere && pair.target != kNowhere) has_predecessor[pair.target] = true;
  }
  std::size_t chat_inputs = 0;
  for (std::size_t i = 0; i < document.nodes.size(); ++i) {
    if (document.nodes[i].canonical_type == "ChatInput" && !has_predecessor[i]) ++chat_inputs;
  }
  if (chat_inputs > 1) throw Refusal(Code::invalid_graph, "Only one chat input is allowed in the graph");
}

std::optional<std::size_t> start_of(const Document& document) {
  for (const std::string_view part : {std::string_view("webhook"), std::string_view("chat")}) {
    for (std::size_t i = 0; i < document.nodes.size(); ++i) {
      const Node& node = document.nodes[i];
      if (node.is_input && ascii_lower(node.id).find(part) != std::string::npos) return i;
    }
  }
  return std::nullopt;
}

// Adds to `reached` everything that legal edges lead to from it, along them or against them.
void spread(std::vector<bool>& reached, const std::vector<std::vector<std::size_t>>& neighbours) {
  std::vector<std::size_t> open;
  for (std::size_t i = 0; i < reached.size(); ++i) {
    if (reached[i]) open.push_back(i);
  }
  while (!open.empty()) {
    const std::size_t vertex = open.back();
    open.pop_back();
    for (const std::size_t next : neighbours[vertex]) {
      if (reached[next]) continue;
      reached[next] = true;
      open.push_back(next);
    }
  }
}

std::vector<bool> selected_from(const Document& document, const std::vector<Ends>& ends, std::optional<std::size_t> start) {
  const std::size_t count = document.nodes.size();
  if (!start) return std::vector<bool>(count, true);
  std::vector<std::vector<std::size_t>> after(count);
  std::vector<std::vector<std::size_t>> before(count);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (!document.edges[i].is_legal) continue;
    after[ends[i].source].push_back(ends[i].target);
    before[ends[i].target].push_back(ends[i].source);
  }
  std::vector<bool> selected(count);
  selected[*start] = true;
  spread(selected, after);
  spread(selected, before);
  return selected;
}

void refuse_illegal(const Document& document, const std::vector<Ends>& ends, const std::vector<bool>& selected) {
  const auto touches = [&](std::size_t index) { return index != kNowhere && selected[index]; };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    const Edge& edge = document.edges[i];
    if (edge.is_legal || (!touches(ends[i].source) && !touches(ends[i].target))) continue;
    throw Refusal(Code::invalid_graph,
                  "The edge from " + edge.source + " to " + edge.target + " is invalid: " + edge.note + ". Remove or redraw it.")
        .with_details({{"edge_id", edge.id}});
  }
}

void judge_cycle(const Document& document, const std::vector<std::size_t>& members) {
  const auto ends = [&](std::size_t index) { return ends_cycles(document.nodes[index].canonical_type); };
  if (std::any_of(members.begin(), members.end(), ends)) return;
  std::string names;
  for (const std::size_t index : members) {
    if (!names.empty()) names += ", ";
    names += named(document.nodes[index]);
  }
  throw Refusal(Code::invalid_graph, "The cycle through " + names + " has neither a loop nor a router in it and would never end");
}

}  // namespace

Graph select(const Document& document) {
  const std::vector<Ends> ends = ends_of(document);
  refuse_second_chat_input(document, ends);
  Graph graph;
  graph.start = start_of(document);
  const std::vector<bool> selected = selected_from(document, ends, graph.start);
  refuse_illegal(document, ends, selected);
  const std::size_t count = document.nodes.size();
  for (std::size_t i = 0; i < count; ++i) {
    if (selected[i]) graph.vertices.push_back(i);
  }
  graph.inputs.resize(count);
  graph.outputs.resize(count);
  graph.in_cycle.resize(count);
  for (std::size_t i = 0; i < ends.size(); ++i) {
    if (!document.edges[i].is_legal || !selected[ends[i].source] || !selected[ends[i].target]) continue;
    const Wire wire{i, ends[i].source, ends[i].target};
    graph.outputs[wire.source].push_back(wire);
    graph.inputs[wire.target].push_back(wire);
  }
  for (const auto& cycle : cycles_of(graph)) {
    judge_cycle(document, cycle);
    for (const std::size_t index : cycle) graph.in_cycle[index] = true;
  }
  return graph;
}

std::vector<std::size_t> order_of(const Document& document, const Graph& graph) {
  const auto later = [&](std::size_t a, std::size_t b) { return document.nodes[a].id > document.nodes[b].id; };
  std::priority_queue<std::size_t, std::vector<std::size_t>, decltype(later)> ready(later);
  std::vector<std::size_t> pending(document.nodes.size());
  for (const std::size_t vertex : graph.vertices) {
    pending[vertex] = graph.inputs[vertex].size();
    if (pending[vertex] == 0) ready.push(vertex);
  }
  std::vector<std::size_t> order;
  order.reserve(graph.vertices.size());
  while (!ready.empty()) {
    const std::size_t vertex = ready.top();
    ready.pop();
    order.push_back(vertex);
    for (const Wire& wire : graph.outputs[vertex]) {
      if (--pending[wire.target] == 0) ready.push(wire.target);
    }
  }
  if (order.size() != graph.vertices.size()) throw std::logic_error("order_of: the graph has a cycle");
  return order;
}

}  // namespace guildhall::flow
