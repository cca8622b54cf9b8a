// Groups are opened before anything runs (contracts/runtime.md §1.2).
#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::edge;
using test::field;
using test::flow;
using test::node;

json::Object proxied(json::Object entry, std::string_view key, std::string_view name, std::string_view id) {
  entry["proxy"] = {{key, name}, {"id", id}};
  return entry;
}

json::Object group(std::string_view id, json::Object fields, json::Array outputs, json::Array nodes, json::Array edges = {}) {
  fields["_type"] = "Group";
  return {{"id", id},
          {"type", "genericNode"},
          {"data",
           {{"id", id},
            {"type", "GroupNode"},
            {"node",
             {{"display_name", "A group"},
              {"template", std::move(fields)},
              {"outputs", std::move(outputs)},
              {"flow", flow(std::move(nodes), std::move(edges))}}}}}};
}

json::Object output(std::string_view name, std::string_view inner, std::string_view id) {
  return proxied({{"name", name}, {"types", {"Message"}}}, "name", inner, id);
}

json::Object from_output(json::Object file, std::string_view name) {
  file["data"].at("sourceHandle").as_object()["name"] = name;
  return file;
}

// in → [ one → two ] → out, with one's input_value and two's pattern open.
json::Object one_group() {
  return group("g", {{"in_one", proxied(field("str", "outer"), "field", "input_value", "one")}}, {output("g_out", "out", "two")},
               {node("one", "Pass"), node("two", "Pass")}, {edge("one", "two")});
}

}  // namespace

TEST_CASE("inner nodes take the group's place and edges find them") {
  const Document document = parse_document(flow({node("a", "Pass"), one_group(), node("z", "Pass")},
                                                {edge("a", "g", "in_one"), from_output(edge("g", "z"), "g_out")}));
  std::vector<std::string> ids;
  for (const Node& read : document.nodes) ids.push_back(read.id);
  CHECK(ids == std::vector<std::string>{"a", "one", "two", "z"});
  CHECK(document.nodes[1].parent_node_id == "g");
  CHECK(document.nodes[0].parent_node_id == "");
  REQUIRE(document.edges.size() == 3);
  CHECK(document.edges[0].target == "one");
  CHECK(document.edges[0].target_field == "input_value");
  CHECK(document.edges[1].source == "two");
  CHECK(document.edges[1].source_output == "out");
  for (const Edge& read : document.edges) CHECK(read.is_legal);
}

TEST_CASE("a proxy in the target handle leads as the group's field does") {
  json::Object into = edge("a", "g", "in_one");
  into["data"].at("targetHandle").as_object()["proxy"] = {{"field", "input_value"}, {"id", "two"}};
  const Document document = parse_document(flow({node("a", "Pass"), one_group()}, {into}));
  CHECK(document.edges[0].target == "two");
  CHECK(document.edges[0].is_legal);
}

TEST_CASE("a group output without proxy speaks for the last inner node") {
  json::Object nameless = one_group();
  nameless["data"].at("node").as_object()["outputs"] = json::Array();
  const Document document = parse_document(flow({nameless, node("z", "Pass")}, {edge("g", "z")}));
  CHECK(document.edges[0].source == "two");
  CHECK(document.edges[0].is_legal);
}

TEST_CASE("a group's field overwrites the inner value and leaves its face alone") {
  json::Object inner_field{{"type", "str"}, {"value", "inner"}, {"show", false}, {"display_name", "Inner"}};
  json::Object outer_field{
      {"type", "str"}, {"value", "outer"}, {"show", true}, {"display_name", "Outer"}, {"load_from_db", true}};
  const Document document =
      parse_document(flow({group("g", {{"x", proxied(outer_field, "field", "text", "one")}}, {},
                                 {node("one", "Pass", {{"text", inner_field}, {"code", field("code", "abc")}})})}));
  const Field& read = *document.nodes.at(0).field("text");
  CHECK(read.value == json::Value("outer"));
  CHECK(read.load_from_db);
  CHECK(read.display_name == "Inner");
  CHECK_FALSE(read.is_shown);
}

TEST_CASE("code that a group hands to an inner node is judged in place of its own") {
  const auto hash_with = [](json::Value outer_code) {
    const Document document =
        parse_document(flow({group("g", {{"x", proxied(field("code", std::move(outer_code)), "field", "code", "one")}}, {},
                                   {node("one", "Pass", {{"code", field("code", "abc")}})})}));
    CHECK(document.nodes.at(0).field("code")->value.is_null());
    return document.nodes.at(0).code_hash;
  };
  CHECK(hash_with("abcd") == "88d4266fd4e6");
  CHECK(hash_with("") == "ba7816bf8f01");
}

TEST_CASE("tool rows follow their field, from a group and from a tweak") {
  const json::Object rows = field("tools", {{{"name", "inner"}}});
  Document document =
      parse_document(flow({group("g", {{"x", proxied(field("tools", {{{"name", "outer"}}}), "field", "tools_metadata", "one")}},
                                 {}, {node("one", "Pass", {{"tools_metadata", rows}})})}));
  CHECK(document.nodes.at(0).tools_metadata.at(0).at("name") == json::Value("outer"));
  apply_tweaks(document, {{"one", {{"tools_metadata", {{{"name", "tweaked"}}}}}}}, {});
  CHECK(document.nodes.at(0).tools_metadata.at(0).at("name") == json::Value("tweaked"));
}

TEST_CASE("nested proxies resolve level by level, the outermost value last") {
  json::Object inner = group("inner", {{"deep", proxied(field("str", "middle"), "field", "input_value", "leaf")}},
                             {output("i", "out", "leaf")}, {node("leaf", "Pass")});
  json::Object outer = group("outer", {{"top", proxied(field("str", "outermost"), "field", "deep", "inner")}},
                             {output("o", "i", "inner")}, {inner});
  const Document document = parse_document(
      flow({node("a", "Pass"), outer, node("z", "Pass")}, {edge("a", "outer", "top"), from_output(edge("outer", "z"), "o")}));
  REQUIRE(document.node("leaf") != nullptr);
  CHECK(document.node("leaf")->field("input_value")->value == json::Value("outermost"));
  CHECK(document.node("leaf")->parent_node_id == "outer");
  CHECK(document.edges[0].target == "leaf");
  CHECK(document.edges[0].target_field == "input_value");
  CHECK(document.edges[1].source == "leaf");
  CHECK(document.edges[1].source_output == "out");
}

TEST_CASE("a frozen group freezes what is in it") {
  json::Object frozen = one_group();
  frozen["data"].at("node").as_object()["frozen"] = true;
  for (const Node& read : parse_document(flow({frozen})).nodes) CHECK(read.is_frozen);
}

TEST_CASE("notes and edges inside groups are counted, none is dropped") {
  const json::Object note{{"id", "n"}, {"type", "noteNode"}, {"data", json::Object()}};
  const Document document = parse_document(
      flow({note, group("g", {}, {}, {note, node("one", "Pass"), node("two", "Pass")}, {edge("one", "two")})}, {edge("x", "g")}));
  CHECK(document.notes == 2);
  CHECK(document.nodes.size() == 2);
  CHECK(document.edges.size() == 2);
}

TEST_CASE("proxies that lead nowhere leave a dangling edge, also when they lead in a circle") {
  json::Object circle =
      group("g", {{"x", proxied(field("str"), "field", "x", "g")}}, {output("o", "o", "g")}, {node("one", "Pass")});
  const Document document = parse_document(
      flow({node("a", "Pass"), circle}, {edge("a", "g", "x"), edge("a", "g", "unknown"), from_output(edge("g", "a"), "o")}));
  for (const Edge& read : document.edges) CHECK_FALSE(read.is_legal);
  CHECK(document.edges[1].note == "the group has no field 'unknown'; its target 'g' does not exist");
}

TEST_CASE("code in a group is judged like any other") {
  const Document document =
      parse_document(flow({group("g", {}, {}, {node("one", "Prompt", {{"code", field("code", "import os")}})})}));
  const Report report = report_on(document, test::catalogue_of_everything(), {});
  CHECK(report.status == "blocked");
  CHECK(report.refused().at(0).node_id == "one");
}

}  // namespace guildhall::flow
