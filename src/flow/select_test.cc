// Which vertices a run touches, and which graphs cannot run (contracts/runtime.md §3.1).
#include <algorithm>
#include <random>
#include <set>
#include <stdexcept>

#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::edge;
using test::flow;
using test::node;
using test::refusal_of;

std::vector<std::string> names(const Document& document, const std::vector<std::size_t>& indices) {
  std::vector<std::string> list;
  for (const std::size_t index : indices) list.push_back(document.nodes[index].id);
  return list;
}

std::vector<std::string> selected(json::Array nodes, json::Array edges) {
  const Document document = parse_document(flow(std::move(nodes), std::move(edges)));
  return names(document, select(document).vertices);
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a run takes what its input reaches and what that needs, in file order") {
  const json::Array nodes{node("late-chat-out", "ChatOutput"), node("help", "Prompt"),
                          node("chat-in", "ChatInput"),        node("apart-a", "File"),
                          node("apart-b", "SplitText"),        node("model", "Pass")};
  const json::Array edges{edge("chat-in", "model"), edge("help", "model"), edge("model", "late-chat-out"),
                          edge("apart-a", "apart-b")};
  CHECK(selected(nodes, edges) == Names{"late-chat-out", "help", "chat-in", "model"});
}

TEST_CASE("what hangs on an ancestor alone is not selected, and no wire leads to it") {
  const Document document =
      parse_document(flow({node("chat", "ChatInput"), node("out", "ChatOutput"), node("help", "Prompt"), node("aside", "Pass")},
                          {edge("chat", "out"), edge("help", "out"), edge("help", "aside")}));
  const Graph graph = select(document);
  CHECK(names(document, graph.vertices) == Names{"chat", "out", "help"});
  REQUIRE(graph.outputs[2].size() == 1);
  CHECK(graph.outputs[2][0].target == 1);
  CHECK(graph.outputs[2][0].edge == 1);
  CHECK(graph.inputs[3].empty());
}

TEST_CASE("the start is the first webhook, else the first chat; without either all run") {
  const auto start = [](json::Array nodes) {
    const Document document = parse_document(flow(std::move(nodes)));
    const auto index = select(document).start;
    return index ? document.nodes[*index].id : "none";
  };
  CHECK(start({node("ChatInput-1", "ChatInput"), node("Webhook-1", "Webhook")}) == "Webhook-1");
  CHECK(start({node("TextInput-1", "TextInput"), node("ChatInput-1", "ChatInput")}) == "ChatInput-1");
  CHECK(start({node("TextInput-1", "TextInput")}) == "none");
  CHECK(start({node("ChatPrompt-1", "Prompt")}) == "none");
  CHECK(start({node("my CHAT text", "TextInput")}) == "my CHAT text");
  CHECK(start({node("question", "ChatInput")}) == "none");
  CHECK(selected({node("a", "Prompt"), node("b", "TextInput")}, {}) == Names{"a", "b"});
  CHECK(selected({}, {}).empty());
}

TEST_CASE("two chat inputs without predecessors are refused, one behind the other is not") {
  const json::Array nodes{node("ChatInput-1", "ChatInput"), node("ChatInput-2", "ChatInput")};
  const Refusal refusal = refusal_of([&] { selected(nodes, {}); });
  CHECK(refusal.code == Code::invalid_graph);
  CHECK(refusal.message == "Only one chat input is allowed in the graph");
  CHECK(selected(nodes, {edge("ChatInput-1", "ChatInput-2")}).size() == 2);
}

TEST_CASE("an illegal edge stops a run only where it touches the selection") {
  const json::Array nodes{node("chat", "ChatInput"), node("out", "ChatOutput"), node("apart", "Pass")};
  CHECK(selected(nodes, {edge("chat", "out"), edge("apart", "nowhere")}) == Names{"chat", "out"});
  CHECK(selected(nodes, {edge("chat", "out"), edge("nowhere", "nothing")}) == Names{"chat", "out"});
  for (const json::Object& bad : {edge("chat", "nowhere"), edge("nowhere", "out"), edge("apart", "out", "missing")}) {
    const Refusal refusal = refusal_of([&] { selected(nodes, {edge("chat", "out"), bad}); });
    CHECK(refusal.code == Code::invalid_graph);
    CHECK(refusal.details.at("edge_id") == bad.at("id"));
  }
}

TEST_CASE("wires keep the order of edges") {
  const Document document = parse_document(flow({node("a", "Pass"), node("b", "Pass"), node("c", "Pass")},
                                                {edge("b", "c"), edge("a", "c"), edge("b", "c"), edge("a", "b")}));
  const Graph graph = select(document);
  std::vector<std::size_t> edges;
  for (const Wire& wire : graph.inputs[2]) edges.push_back(wire.edge);
  CHECK(edges == std::vector<std::size_t>{0, 1, 2});
  CHECK(graph.outputs[1].size() == 2);
}

TEST_CASE("cycles are strongly connected vertices and vertices with an edge to themselves") {
  const Document document =
      parse_document(flow({node("a", "Pass"), node("b", "ConditionalRouter"), node("c", "Pass"), node("d", "Pass"),
                           node("e", "LoopComponent"), node("f", "Pass")},
                          {edge("a", "b"), edge("b", "c"), edge("c", "b"), edge("c", "d"), edge("e", "e"), edge("e", "f")}));
  CHECK(select(document).in_cycle == std::vector<bool>{false, true, true, false, true, false});
  CHECK_THROWS_AS(order_of(document, select(document)), std::logic_error);
}

TEST_CASE("a cycle without a loop or a router is refused by name") {
  const auto cycle_with = [](std::string_view type) {
    return selected({node("a", "Pass"), node("b", type), node("c", "Pass")}, {edge("a", "b"), edge("b", "c"), edge("c", "a")});
  };
  for (const std::string_view type :
       {"LoopComponent", "ConditionalRouter", "DataConditionalRouter", "SmartRouter", "GuardrailValidator"}) {
    CHECK(cycle_with(type).size() == 3);
  }
  const Refusal refusal = refusal_of([&] { cycle_with("Prompt"); });
  CHECK(refusal.code == Code::invalid_graph);
  CHECK(refusal.message ==
        "The cycle through 'Pass shown' (a), 'Prompt shown' (b), 'Pass shown' (c) has neither a loop nor a router in it "
        "and would never end");
  CHECK(refusal_of([] { selected({node("a", "Pass")}, {edge("a", "a")}); }).code == Code::invalid_graph);
}

TEST_CASE("a cycle that is not selected stops nothing") {
  CHECK(selected({node("chat", "ChatInput"), node("a", "Pass"), node("b", "Pass")}, {edge("a", "b"), edge("b", "a")}) ==
        Names{"chat"});
}

TEST_CASE("ties in the order go by node id") {
  const Document document = parse_document(
      flow({node("d", "Pass"), node("c", "Pass"), node("b", "Pass"), node("a", "Pass")}, {edge("b", "a"), edge("d", "c")}));
  CHECK(names(document, order_of(document, select(document))) == Names{"b", "a", "d", "c"});
}

TEST_CASE("property: every random graph without cycles is ordered along its edges, every vertex once") {
  const std::uint32_t seed = 20'261'122;
  CAPTURE(seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 300; ++round) {
    CAPTURE(round);
    const std::size_t count = 1 + random() % 30;
    std::vector<std::size_t> ranks(count);
    for (std::size_t i = 0; i < count; ++i) ranks[i] = i;
    std::shuffle(ranks.begin(), ranks.end(), random);
    json::Array nodes;
    for (std::size_t i = 0; i < count; ++i)
      nodes.push_back(node("n" + std::to_string(i), i == 0 && round % 2 == 0 ? "Webhook" : "Pass"));
    json::Array edges;
    for (std::size_t i = 0; i < count * (random() % 4); ++i) {
      const std::size_t a = random() % count;
      const std::size_t b = random() % count;
      if (ranks[a] < ranks[b]) edges.push_back(edge("n" + std::to_string(a), "n" + std::to_string(b)));
    }
    const Document document = parse_document(flow(std::move(nodes), std::move(edges)));
    const Graph graph = select(document);
    const std::vector<std::size_t> order = order_of(document, graph);
    CHECK(std::set<std::size_t>(order.begin(), order.end()) ==
          std::set<std::size_t>(graph.vertices.begin(), graph.vertices.end()));
    REQUIRE(order.size() == graph.vertices.size());
    std::vector<std::size_t> position(count);
    for (std::size_t i = 0; i < order.size(); ++i) position[order[i]] = i;
    for (const std::size_t vertex : graph.vertices) {
      CHECK_FALSE(graph.in_cycle[vertex]);
      for (const Wire& wire : graph.outputs[vertex]) CHECK(position[wire.source] < position[wire.target]);
    }
  }
}

TEST_CASE("property: a selection is closed, every predecessor of a selected vertex is selected") {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    CAPTURE(round);
    const std::size_t count = 2 + random() % 20;
    json::Array nodes{node("chat", "ChatInput")};
    for (std::size_t i = 1; i < count; ++i) nodes.push_back(node("n" + std::to_string(i), "ConditionalRouter"));
    json::Array edges;
    for (std::size_t i = 0; i < count; ++i) {
      const auto from = random() % count;
      const auto to = 1 + random() % (count - 1);
      edges.push_back(edge(from == 0 ? "chat" : "n" + std::to_string(from), "n" + std::to_string(to)));
    }
    const Document document = parse_document(flow(std::move(nodes), std::move(edges)));
    const Graph graph = select(document);
    const std::set<std::size_t> chosen(graph.vertices.begin(), graph.vertices.end());
    CHECK(chosen.contains(0));
    std::vector<std::size_t> legal_inputs(count);
    for (const Edge& read : document.edges)
      ++legal_inputs[static_cast<std::size_t>(document.node(read.target) - document.nodes.data())];
    for (const std::size_t vertex : graph.vertices) CHECK(graph.inputs[vertex].size() == legal_inputs[vertex]);
  }
}

}  // namespace guildhall::flow
