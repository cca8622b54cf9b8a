// Reads nodes and edges level by level. A group is a node that holds a flow: its inner nodes take its place, its fields
// overwrite inner fields by proxy, and edges to it are led to the inner node they mean.
#include "flatten.h"

#include <fmt/core.h>

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "edge.h"
#include "flow/limits.h"
#include "node.h"

namespace guildhall::flow {
namespace {

struct Proxy {
  std::string id;
  std::string name;  ///< a field or an output of that node
};
using Proxies = std::unordered_map<std::string, Proxy>;

struct Group {
  Proxies fields;
  Proxies outputs;
  std::string last_node;  ///< the member without an edge to another member; speaks for outputs without proxy
};

// Lives for one call; holds references into the upload and the document.
class GraphReader {
 public:
  explicit GraphReader(Document& document) : document_(document) {}

  void read(const json::Object& graph, const Place& place) {
    read_level(graph, place, {});
    lead_edges();
  }

 private:
  struct Level {
    std::string parent;  ///< the outermost group, as a canvas shows it
    bool is_frozen = false;
    std::size_t depth = 0;
  };

  void read_level(const json::Object& graph, const Place& place, const Level& level);
  void read_edges(const json::Array& entries, const Place& place);
  void read_one(const json::Object& entry, const Place& place, const Level& level);
  void read_group(const std::string& id, const json::Object& data, const Place& place, const Level& level);
  void overwrite(const json::Object& entry, const Place& place, const Proxy& proxy);
  void claim(const std::string& id, const Place& place);
  std::string last_node_of(const json::Object& graph) const;
  void lead_target(ReadEdge& read) const;
  void lead_source(Edge& edge) const;
  void lead_edges();

  Document& document_;
  std::vector<ReadEdge> edges_;
  std::unordered_set<std::string> ids_;
  std::unordered_map<std::string, std::size_t> nodes_;  ///< index by id
  std::unordered_map<std::string, Group> groups_;
  std::size_t entries_ = 0;  ///< nodes, notes and groups of every level
};

std::string member_text(const json::Object& object, std::string_view key) {
  const json::Value* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(json::view(value->get_string())) : std::string();
}

Proxy proxy_in(const json::Object& entry, std::string_view name_key) {
  const json::Value* proxy = entry.if_contains("proxy");
  if (proxy == nullptr || !proxy->is_object()) return {};
  return {member_text(proxy->get_object(), "id"), member_text(proxy->get_object(), name_key)};
}

// The flow inside a group; null for an ordinary node.
const json::Object* inner_flow(const json::Object& data) {
  const json::Value* node = data.if_contains("node");
  if (node == nullptr || !node->is_object()) return nullptr;
  const json::Value* flow = node->get_object().if_contains("flow");
  return flow != nullptr && flow->is_object() ? &flow->get_object() : nullptr;
}

bool is_note(const json::Object& entry) {
  if (member_text(entry, "type") == "noteNode") return true;
  const json::Value* data = entry.if_contains("data");
  return data != nullptr && data->is_object() && member_text(data->get_object(), "type") == "note";
}

void GraphReader::read_level(const json::Object& graph, const Place& place, const Level& level) {
  const json::Array& nodes = required_array(graph, "nodes", place);
  const json::Array& edges = required_array(graph, "edges", place);
  const Place nodes_at = place.member("nodes");
  entries_ += nodes.size();
  if (entries_ > kNodesMax) refuse_at(nodes_at, fmt::format("a flow has at most {} nodes", kNodesMax));
  read_edges(edges, place.member("edges"));
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const Place at = nodes_at.element(i);
    const json::Object& entry = object_at(nodes[i], at);
    if (is_note(entry)) {
      ++document_.notes;
    } else {
      read_one(entry, at, level);
    }
  }
}

void GraphReader::read_edges(const json::Array& entries, const Place& place) {
  if (edges_.size() + entries.size() > kEdgesMax) refuse_at(place, fmt::format("a flow has at most {} edges", kEdgesMax));
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const Place at = place.element(i);
    edges_.push_back(read_edge(object_at(entries[i], at), at));
  }
}

void GraphReader::claim(const std::string& id, const Place& place) {
  refuse_control_bytes(id, place.member("id"));
  if (!ids_.insert(id).second) refuse_at(place.member("id"), "'" + id + "' is the id of another node as well");
}

void GraphReader::read_one(const json::Object& entry, const Place& place, const Level& level) {
  const std::string id(required_text(entry, "id", place));
  claim(id, place);
  const json::Object& data = required_object(entry, "data", place);
  const Place data_at = place.member("data");
  if (inner_flow(data) != nullptr) return read_group(id, data, data_at, level);
  Node node = read_node(data, data_at);
  node.id = id;
  node.parent_node_id = level.parent;
  node.is_frozen = node.is_frozen || level.is_frozen;
  nodes_.emplace(id, document_.nodes.size());
  document_.nodes.push_back(std::move(node));
}

void GraphReader::read_group(const std::string& id, const json::Object& data, const Place& place, const Level& level) {
  const json::Object& definition = required_object(data, "node", place);
  const Place at = place.member("node");
  const Place flow_at = at.member("flow");
  if (level.depth == kGroupDepthMax) refuse_at(flow_at, fmt::format("groups nest at most {} deep", kGroupDepthMax));
  Level inside{level.parent.empty() ? id : level.parent, level.is_frozen || optional_flag(definition, "frozen", at),
               level.depth + 1};
  const json::Object& graph = required_object(*inner_flow(data), "data", flow_at);
  read_level(graph, flow_at.member("data"), inside);

  Group group;
  group.last_node = last_node_of(graph);
  if (const json::Array* outputs = optional_array(definition, "outputs", at)) {
    for (const json::Value& output : *outputs) {
      if (!output.is_object()) continue;
      group.outputs.emplace(member_text(output.get_object(), "name"), proxy_in(output.get_object(), "name"));
    }
  }
  if (const json::Object* fields = optional_object(definition, "template", at)) {
    const Place fields_at = at.member("template");
    for (const auto& entry : *fields) {
      if (!entry.value().is_object()) continue;
      const json::Object& field = entry.value().get_object();
      const std::string_view name(entry.key().data(), entry.key().size());
      Proxy proxy = proxy_in(field, "field");
      if (proxy.id.empty()) continue;
      overwrite(field, fields_at.member(name), proxy);
      group.fields.emplace(name, std::move(proxy));
    }
  }
  groups_.emplace(id, std::move(group));
}

// Inner groups are read before their outer one, so their proxies are known and the outer value is written last.
void GraphReader::overwrite(const json::Object& entry, const Place& place, const Proxy& proxy) {
  Proxy end = proxy;
  for (std::size_t step = 0; step < kGroupDepthMax; ++step) {
    const auto group = groups_.find(end.id);
    if (group == groups_.end()) break;
    const auto next = group->second.fields.find(end.name);
    if (next == group->second.fields.end()) return;
    end = next->second;
  }
  const auto index = nodes_.find(end.id);
  if (index != nodes_.end()) overwrite_field(document_.nodes[index->second], end.name, entry, place);
}

std::string GraphReader::last_node_of(const json::Object& graph) const {
  std::unordered_set<std::string> sources;
  for (const json::Value& edge : graph.at("edges").get_array()) sources.insert(member_text(edge.get_object(), "source"));
  for (const json::Value& node : graph.at("nodes").get_array()) {
    const json::Object& entry = node.get_object();
    const std::string id = member_text(entry, "id");
    if (!is_note(entry) && !sources.contains(id)) return id;
  }
  return {};
}

void GraphReader::lead_target(ReadEdge& read) const {
  Edge& edge = read.edge;
  for (std::size_t step = 0; step <= kGroupDepthMax; ++step) {
    const auto group = groups_.find(edge.target);
    if (group == groups_.end()) return;
    Proxy next{read.proxy_id, read.proxy_field};
    read.proxy_id.clear();
    if (next.id.empty()) {
      const auto known = group->second.fields.find(edge.target_field);
      if (known == group->second.fields.end()) return note(edge, "the group has no field '" + edge.target_field + "'");
      next = known->second;
    }
    edge.target = std::move(next.id);
    edge.target_field = std::move(next.name);
  }
}

void GraphReader::lead_source(Edge& edge) const {
  for (std::size_t step = 0; step <= kGroupDepthMax; ++step) {
    const auto group = groups_.find(edge.source);
    if (group == groups_.end()) return;
    const auto known = group->second.outputs.find(edge.source_output);
    if (known != group->second.outputs.end() && !known->second.id.empty()) {
      edge.source = known->second.id;
      edge.source_output = known->second.name;
    } else {
      edge.source = group->second.last_node;
    }
  }
}

void GraphReader::lead_edges() {
  const auto node_of = [&](const std::string& id) {
    const auto found = nodes_.find(id);
    return found == nodes_.end() ? nullptr : &document_.nodes[found->second];
  };
  document_.edges.reserve(edges_.size());
  for (ReadEdge& read : edges_) {
    lead_target(read);
    lead_source(read.edge);
    judge_edge(read.edge, node_of(read.edge.source), node_of(read.edge.target));
    document_.edges.push_back(std::move(read.edge));
  }
}

}  // namespace

void read_graph(const json::Object& graph, const Place& place, Document& document) {
  GraphReader(document).read(graph, place);
}

}  // namespace guildhall::flow
