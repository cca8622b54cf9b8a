// Every limit of limits.h: what is at it passes, what is one past it is refused.
#include "flow/limits.h"

#include <chrono>

#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::edge;
using test::flow;
using test::node;
using test::refusal_of;

json::Object empty_note() {
  return {{"id", "n"}, {"type", "noteNode"}, {"data", json::Object()}};
}

json::Array copies(const json::Object& value, std::size_t count) {
  json::Array array;
  array.reserve(count);
  for (std::size_t i = 0; i < count; ++i) array.emplace_back(value);
  return array;
}

json::Object group(std::string_view id, json::Array nodes, json::Array edges = {}) {
  json::Object outer = node(id, "Group");
  outer["data"].at("node").as_object()["flow"] = flow(std::move(nodes), std::move(edges));
  return outer;
}

json::Object nested_groups(std::size_t depth) {
  json::Object inner = node("innermost", "Prompt");
  for (std::size_t i = 0; i < depth; ++i) inner = group("group" + std::to_string(i), {inner});
  return flow({inner});
}

}  // namespace

TEST_CASE("a flow has at most 1,000 nodes, notes and groups counted") {
  CHECK(parse_document(flow(copies(empty_note(), kNodesMax))).notes == kNodesMax);
  CHECK(refusal_of([] { parse_document(flow(copies(empty_note(), kNodesMax + 1))); }).fields[0].path == "data.nodes");
  const auto with_group = [](std::size_t inner) { return flow({group("g", copies(empty_note(), inner)), empty_note()}); };
  CHECK(parse_document(with_group(kNodesMax - 2)).notes == kNodesMax - 1);
  CHECK(refusal_of([&] { parse_document(with_group(kNodesMax - 1)); }).fields[0].path ==
        "data.nodes[0].data.node.flow.data.nodes");
}

TEST_CASE("a flow has at most 5,000 edges, those in groups counted") {
  const json::Object one = edge("a", "a");
  CHECK(parse_document(flow({node("a", "LoopComponent")}, copies(one, kEdgesMax))).edges.size() == kEdgesMax);
  const Refusal refusal = refusal_of([&] { parse_document(flow({node("a", "LoopComponent")}, copies(one, kEdgesMax + 1))); });
  CHECK(refusal.code == Code::validation_failed);
  CHECK(refusal.fields[0].path == "data.edges");
  const json::Object spread = flow({group("g", {node("a", "LoopComponent")}, copies(one, 1))}, copies(one, kEdgesMax));
  CHECK(refusal_of([&] { parse_document(spread); }).fields[0].path == "data.nodes[0].data.node.flow.data.edges");
}

TEST_CASE("a flow of 20,000 nodes is refused before any is read") {
  const json::Value value = flow(copies(node("a", "Prompt"), 20'000));
  const auto begin = std::chrono::steady_clock::now();
  CHECK(refusal_of([&] { parse_document(value); }).message == "data.nodes: a flow has at most 1000 nodes");
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  CHECK(took.count() < 50);
}

TEST_CASE("groups nest at most 8 deep") {
  const Document document = parse_document(nested_groups(kGroupDepthMax));
  REQUIRE(document.nodes.size() == 1);
  CHECK(document.nodes[0].id == "innermost");
  CHECK(document.nodes[0].parent_node_id == "group7");
  const Refusal refusal = refusal_of([] { parse_document(nested_groups(kGroupDepthMax + 1)); });
  CHECK(refusal.code == Code::validation_failed);
  CHECK(refusal.fields[0].message == "groups nest at most 8 deep");
}

TEST_CASE("eight groups fit into the depth a file may have") {
  CHECK(parse_document(read_flow(json::write(nested_groups(kGroupDepthMax)))).nodes.size() == 1);
}

TEST_CASE("a file is at most 64 deep and 10 MiB long") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(read_flow(nested(kJsonDepthMax)).is_array());
  CHECK(refusal_of([&] { read_flow(nested(kJsonDepthMax + 1)); }).code == Code::malformed_json);
  CHECK(read_flow("{}" + std::string(kFlowBytesMax - 2, ' ')).is_object());
  CHECK(refusal_of([] { read_flow("{}" + std::string(kFlowBytesMax - 1, ' ')); }).code == Code::payload_too_large);
}

TEST_CASE("a field value is at most 2 MiB, whatever its type") {
  const auto with_value = [](json::Value value) {
    return flow({node("a", "Prompt", {{"template", test::field("prompt", std::move(value))}})});
  };
  const std::string longest(kFieldBytesMax, 'x');
  CHECK(parse_document(with_value(json::Value(longest))).nodes.size() == 1);
  const Refusal refusal = refusal_of([&] { parse_document(with_value(json::Value(longest + "x"))); });
  CHECK(refusal.code == Code::validation_failed);
  CHECK(refusal.fields[0].path == "data.nodes[0].data.node.template.template.value");
  CHECK(refusal_of([&] { parse_document(with_value(json::Array{longest})); }).code == Code::validation_failed);
  CHECK(refusal_of([&] { parse_document(with_value(json::Object{{longest, 1}})); }).code == Code::validation_failed);
  CHECK(refusal_of([&] { parse_document(with_value(json::Array(kFieldBytesMax / 8, 1))); }).code == Code::validation_failed);
}

TEST_CASE("a tweak value is at most 2 MiB") {
  Document document = parse_document(flow({node("a", "Prompt")}));
  const std::string longest(kFieldBytesMax, 'x');
  CHECK(apply_tweaks(document, {{"a", {{"input_value", longest}}}}, {}).empty());
  const Refusal refusal = refusal_of([&] { apply_tweaks(document, {{"a", {{"input_value", longest + "x"}}}}, {}); });
  CHECK(refusal.fields[0].path == "tweaks.a.input_value");
}

TEST_CASE("a call has at most 256 tweak entries, those inside nodes counted") {
  Document document = parse_document(flow({node("a", "Prompt")}));
  const auto entries = [](std::size_t count) {
    json::Object fields;
    for (std::size_t i = 0; i < count; ++i) fields["field" + std::to_string(i)] = 1;
    return fields;
  };
  CHECK(apply_tweaks(document, entries(kTweakEntriesMax), {}).empty());
  CHECK(apply_tweaks(document, {{"a", entries(kTweakEntriesMax)}}, {}).empty());
  CHECK(refusal_of([&] { apply_tweaks(document, entries(kTweakEntriesMax + 1), {}); }).code == Code::invalid_request);
  CHECK(refusal_of([&] { apply_tweaks(document, {{"a", entries(kTweakEntriesMax)}, {"b", 1}}, {}); }).code ==
        Code::invalid_request);
}

TEST_CASE("a chain of 1,000 nodes and a cycle of 1,000 nodes need no deep stack") {
  json::Array nodes;
  json::Array edges;
  for (std::size_t i = 0; i < kNodesMax; ++i) {
    nodes.push_back(node("n" + std::to_string(i), i == 0 ? "ConditionalRouter" : "Pass"));
    if (i > 0) edges.push_back(edge("n" + std::to_string(i - 1), "n" + std::to_string(i)));
  }
  const Document chain = parse_document(flow(nodes, edges));
  CHECK(order_of(chain, select(chain)).size() == kNodesMax);
  edges.push_back(edge("n999", "n0"));
  const Graph graph = select(parse_document(flow(nodes, edges)));
  CHECK(std::count(graph.in_cycle.begin(), graph.in_cycle.end(), true) == static_cast<std::ptrdiff_t>(kNodesMax));
}

}  // namespace guildhall::flow
