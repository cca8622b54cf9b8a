// Edges of every era, and what is kept of those that make no sense (contracts/runtime.md §1.4).
#include "edge.h"

#include "base/text.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::edge;
using test::flow;
using test::node;

constexpr std::string_view kSource = R"({"dataType":"x","id":"a","name":"out","output_types":["Message"]})";
constexpr std::string_view kTarget = R"({"fieldName":"input_value","id":"b","inputTypes":["Message"],"type":"str"})";

Edge read(json::Object file) {
  return parse_document(flow({node("a", "Pass"), node("b", "Pass")}, {std::move(file)})).edges.at(0);
}

json::Object with_strings(std::string_view source, std::string_view target) {
  return {{"id", "e"}, {"source", "a"}, {"target", "b"}, {"sourceHandle", source}, {"targetHandle", target}};
}

std::string oe(std::string_view text) {
  return replaced(text, "\"", "œ");
}

}  // namespace

TEST_CASE("handles are read from data, from strings with œ or quotes, with and without spaces") {
  json::Object data_alone = edge("a", "b");
  json::Object string_data = with_strings(oe(kSource), oe(kTarget));
  string_data["data"] = "stray";
  json::Object null_data = with_strings(oe(kSource), oe(kTarget));
  null_data["data"] = nullptr;
  json::Object strings_in_data = edge("a", "b");
  strings_in_data["data"] = {{"sourceHandle", oe(kSource)}, {"targetHandle", kTarget}};
  const std::vector<json::Object> files{data_alone,
                                        with_strings(oe(kSource), oe(kTarget)),
                                        with_strings(replaced(oe(kSource), ",", ", "), replaced(oe(kTarget), ":", ": ")),
                                        with_strings(kSource, kTarget),
                                        with_strings(replaced(kSource, ":", " : "), kTarget),
                                        with_strings(oe(kSource), "Message;str|input_value|b"),
                                        with_strings("Pass|a|Message|object", "Message|input_value|b"),
                                        with_strings(R"({"baseClasses":["Message"],"dataType":"x","id":"a"})", kTarget),
                                        string_data,
                                        null_data,
                                        strings_in_data};
  for (const json::Object& file : files) {
    CAPTURE(json::write(file));
    const Edge result = read(file);
    CHECK(result.is_legal);
    CHECK(result.note == "");
    CHECK(result.source == "a");
    CHECK(result.source_output == "out");
    CHECK(result.source_types.at(0) == "Message");
    CHECK(result.target == "b");
    CHECK(result.target_field == "input_value");
    CHECK(result.target_types.at(0) == "Message");
  }
}

TEST_CASE("when strings and data disagree, data counts and the edge says so") {
  json::Object file = edge("a", "b");
  file["sourceHandle"] = oe(R"({"dataType":"x","id":"a","name":"item","output_types":["Data"]})");
  const Edge result = read(file);
  CHECK(result.source_output == "out");
  CHECK(result.is_legal);
  CHECK(result.note == "handle strings and data disagree; data counts");
  file["sourceHandle"] = "broken {";
  CHECK(read(file).note == "handle strings and data disagree; data counts");
  file["sourceHandle"] = "";
  CHECK(read(file).note == "");
}

TEST_CASE("an end that is missing comes from its handle; one that differs wins over it") {
  json::Object file = edge("a", "b");
  file.erase("source");
  file.erase("target");
  CHECK(read(file).source == "a");
  CHECK(read(file).target == "b");
  json::Object other = edge("a", "b");
  other["source"] = "b";
  CHECK(read(other).source == "b");
  CHECK(read(other).note == "the source handle names another node; source counts");
}

TEST_CASE("an edge without an id gets one") {
  json::Object file = edge("a", "b");
  file.erase("id");
  CHECK(read(file).id == "xy-edge__a-b");
}

TEST_CASE("types fit after aliases, by the field's type, or because the edge loops back") {
  struct Case {
    std::string_view output_types;
    std::string_view target;
    bool legal;
  };
  constexpr Case kCases[] = {
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b","inputTypes":["Text"],"type":"str"})", true},
      {R"(["JSON"])", R"({"fieldName":"input_value","id":"b","inputTypes":["Data"],"type":"other"})", true},
      {R"(["DataFrame"])", R"({"fieldName":"input_value","id":"b","inputTypes":["Table"],"type":"other"})", true},
      {R"(["StructuredTool"])", R"({"fieldName":"input_value","id":"b","inputTypes":["BaseTool"],"type":"other"})", true},
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b","inputTypes":["Data"],"type":"str"})", false},
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b","inputTypes":[],"type":"str"})", false},
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b","inputTypes":["Data"],"type":"Text"})", true},
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b","inputTypes":null,"type":"Message"})", true},
      {R"(["str"])", R"({"fieldName":"input_value","id":"b","inputTypes":null,"type":"str"})", true},
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b","inputTypes":null,"type":"int"})", false},
      {R"(["Message"])", R"({"fieldName":"input_value","id":"b"})", false},
      {R"(["Message"])", R"({"name":"item","id":"b","dataType":"LoopComponent","output_types":["Data"]})", true},
      {R"(["Message"])", R"({"name":"nothing","id":"b","dataType":"LoopComponent","output_types":["Data"]})", false},
  };
  for (const Case& row : kCases) {
    CAPTURE(row.output_types);
    CAPTURE(row.target);
    json::Object file = edge("a", "b");
    file["data"].as_object()["targetHandle"] = json::parse_or_refuse(row.target);
    file["data"].at("sourceHandle").as_object()["output_types"] = json::parse_or_refuse(row.output_types);
    const Edge result = read(file);
    CHECK(result.is_legal == row.legal);
    CHECK(result.note.empty() == row.legal);
  }
}

TEST_CASE("a loop-back edge enters an output") {
  json::Object file = edge("a", "b");
  file["data"].as_object()["targetHandle"] = {{"name", "item"}, {"id", "b"}, {"output_types", {"JSON"}}};
  const Edge result = read(file);
  CHECK(result.is_loop_back);
  CHECK(result.target_field == "item");
  CHECK(result.target_types == std::vector<std::string>{"Data"});
}

TEST_CASE("illegal and dangling edges are kept, marked and reported") {
  json::Object no_field = edge("a", "b", "missing");
  json::Object no_output = edge("a", "b");
  no_output["data"].at("sourceHandle").as_object()["name"] = "missing";
  json::Object unreadable{{"id", "u"}, {"source", "a"}, {"target", "b"}, {"sourceHandle", 7}, {"targetHandle", "a|b"}};
  const Document document = parse_document(flow(
      {node("a", "Pass"), node("b", "Pass")}, {edge("x", "b"), edge("a", "y"), no_field, no_output, unreadable, edge("a", "b")}));
  REQUIRE(document.edges.size() == 6);
  CHECK(document.edges[0].note == "its source 'x' does not exist");
  CHECK(document.edges[1].note == "its target 'y' does not exist");
  CHECK(document.edges[2].note == "'b' has no field 'missing'");
  CHECK(document.edges[3].note == "'a' has no output 'missing'");
  CHECK(document.edges[4].note == "the source handle cannot be read; the target handle cannot be read");
  CHECK(document.edges[5].note == "");
  for (std::size_t i = 0; i < 6; ++i) CHECK(document.edges[i].is_legal == (i == 5));
  const Report report = report_on(document, test::catalogue_of_everything(), {});
  CHECK(report.edges_invalid == std::vector<std::string>{"x>b", "a>y", "a>b", "a>b", "u"});
  CHECK(report.status == "warnings");
}

TEST_CASE("an edge to a note is dangling") {
  const json::Object note{{"id", "n"}, {"type", "noteNode"}, {"data", json::Object()}};
  CHECK_FALSE(parse_document(flow({node("a", "Pass"), note}, {edge("a", "n")})).edges.at(0).is_legal);
}

TEST_CASE("handles of any shape are read or left unread, never refused") {
  for (const std::string_view text :
       {"null", "7", "[]", "{}", "{\"name\":7}", "{\"id\":[],\"output_types\":\"x\"}", "\"\"", "\"|\"", "\"||\"", "\"|||||\"",
        "\"{\"", "\"œ\"", "\"{œidœ:œaœ\"", "{\"fieldName\":{},\"inputTypes\":7,\"proxy\":[]}"}) {
    CAPTURE(text);
    json::Object file = edge("a", "b");
    file["data"] = {{"sourceHandle", json::parse_or_refuse(text)}, {"targetHandle", json::parse_or_refuse(text)}};
    CHECK_FALSE(read(file).is_legal);
  }
}

}  // namespace guildhall::flow
