// What the engine reads of a flow file, and what it tolerates.
#include "flow/document.h"

#include "base/hash.h"
#include "test_flows.h"

namespace guildhall::flow {

using test::edge;
using test::field;
using test::flow;
using test::node;

TEST_CASE("the top level is read, nulls are nothing") {
  json::Object file = flow({});
  file["id"] = "7f0c7a30-53a7-4e0e-9d8c-0d3a1f2b9a11";
  file["description"] = nullptr;
  file["endpoint_name"] = "my_flow-1";
  file["last_tested_version"] = "1.10.1";
  file["tags"] = {"a", "b"};
  const Document document = parse_document(file);
  CHECK(document.id == "7f0c7a30-53a7-4e0e-9d8c-0d3a1f2b9a11");
  CHECK(document.name == "A flow");
  CHECK(document.description == "");
  CHECK(document.endpoint_name == "my_flow-1");
  CHECK(document.last_tested_version == "1.10.1");
  CHECK(document.tags == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a bare graph is a document without a name") {
  const Document document = parse_document(json::Object{{"nodes", {node("a", "Prompt")}}, {"edges", json::Array()}});
  CHECK(document.nodes.size() == 1);
  CHECK(document.name == "");
}

TEST_CASE("an upload is one flow, a list of flows or a project") {
  const json::Object one = flow({});
  CHECK(flows_in(one) == std::vector<json::Value>{one});
  CHECK(flows_in(json::Object{{"flows", {one, one}}}).size() == 2);
  CHECK(flows_in(json::Object{{"folder_name", "p"}, {"folder_description", ""}, {"flows", {one}}}).size() == 1);
  CHECK(flows_in(json::Object{{"flows", json::Array()}}).empty());
}

TEST_CASE("notes are counted and left out, with and without a type of their own") {
  const json::Object note{{"id", "note-1"}, {"type", "noteNode"}, {"data", {{"node", json::Object()}}}};
  json::Object old_note = node("note-2", "note");
  old_note["type"] = "genericNode";
  const Document document = parse_document(flow({note, node("a", "Prompt"), old_note}));
  CHECK(document.notes == 2);
  REQUIRE(document.nodes.size() == 1);
  CHECK(document.nodes[0].id == "a");
}

TEST_CASE("fields keep the file's order; what is no object is passed over") {
  json::Object fields{{"_type", "Component"}, {"zeta", field("str", "z")}, {"is_refresh", true}, {"alpha", field("int", 7)}};
  const Document document = parse_document(flow({node("a", "Prompt", fields)}));
  std::vector<std::string> names;
  for (const Field& read : document.nodes[0].fields) names.push_back(read.name);
  CHECK(names == std::vector<std::string>{"zeta", "alpha", "input_value"});
  CHECK(document.nodes[0].field("alpha")->value == json::Value(7));
  CHECK(document.nodes[0].field("_type") == nullptr);
}

TEST_CASE("every key of a field that the engine reads is read") {
  const json::Object full{{"type", "str"},
                          {"display_name", "Key"},
                          {"value", "NAME"},
                          {"list", true},
                          {"load_from_db", true},
                          {"show", false},
                          {"password", true},
                          {"tool_mode", true},
                          {"override_skip", true},
                          {"name", "another"},
                          {"input_types", {"Text", "DataFrame", "JSON", "BaseTool", "X"}}};
  const Document document = parse_document(flow({node("a", "Prompt", {{"key", full}, {"old", {{"is_list", true}}}})}));
  const Field& read = *document.nodes[0].field("key");
  CHECK(read.type == "str");
  CHECK(read.display_name == "Key");
  CHECK(read.value == json::Value("NAME"));
  CHECK(read.is_list);
  CHECK(read.load_from_db);
  CHECK_FALSE(read.is_shown);
  CHECK(read.is_password);
  CHECK(read.tool_mode);
  CHECK(read.override_skip);
  CHECK(read.input_types == std::vector<std::string>{"Message", "Table", "Data", "Tool", "X"});
  CHECK(document.nodes[0].field("old")->is_list);
  CHECK(document.nodes[0].field("old")->value.is_null());
  CHECK(document.nodes[0].field("old")->is_shown);
}

TEST_CASE("hidden fields and handles contribute no literal, unless they say so") {
  struct Case {
    std::string_view type;
    bool show;
    bool override_skip;
    bool contributes;
  };
  constexpr Case kCases[] = {{"str", true, false, true},    {"str", false, false, false}, {"str", false, true, true},
                             {"other", true, false, false}, {"other", true, true, true},  {"connect", true, false, false}};
  for (const Case& row : kCases) {
    CAPTURE(row.type);
    Field read;
    read.type = row.type;
    read.is_shown = row.show;
    read.override_skip = row.override_skip;
    CHECK(read.contributes_literal() == row.contributes);
  }
}

TEST_CASE("of a file field the paths count: one, several, none") {
  const auto paths = [](json::Value value) {
    const json::Object file{{"type", "file"}, {"value", "shown.pdf"}, {"file_path", std::move(value)}};
    return parse_document(flow({node("a", "File", {{"path", file}})})).nodes[0].field("path")->file_paths;
  };
  CHECK(paths("flow/a.pdf") == std::vector<std::string>{"flow/a.pdf"});
  CHECK(paths({"a", "", "b"}) == std::vector<std::string>{"a", "b"});
  CHECK(paths("").empty());
  CHECK(paths(nullptr).empty());
}

TEST_CASE("the hash is of the code text when there is one, else the declared one") {
  const auto read = [](json::Value code) {
    json::Object file = node("a", "Prompt", {{"code", field("code", std::move(code))}});
    file["data"].at("node").as_object()["metadata"] = {{"code_hash", "0123456789ab"}};
    return parse_document(flow({file})).nodes[0];
  };
  CHECK(read("").code_hash == "0123456789ab");
  CHECK(read("").code_is_absent);
  CHECK(read(nullptr).code_hash == "0123456789ab");
  CHECK(read("class A:\n  pass").code_hash == to_hex(bytes_of(sha256("class A:\n  pass"))).substr(0, 12));
  CHECK_FALSE(read("class A:\n  pass").code_is_absent);
  CHECK(read({"class A:", "  pass"}).code_hash == read("class A:\n  pass").code_hash);
  CHECK(read(json::Array()).code_hash == "0123456789ab");
  CHECK(read("abc").code_hash == "ba7816bf8f01");
}

TEST_CASE("a node without code and declaration has no hash, and code text is not kept") {
  const Document document =
      parse_document(flow({node("a", "Prompt", {{"code", field("code", "import os")}}), node("b", "Prompt")}));
  CHECK(document.nodes[0].field("code")->value.is_null());
  CHECK(document.nodes[1].code_hash == "");
  CHECK(document.nodes[1].code_is_absent);
}

TEST_CASE("flags, outputs and display names of a node") {
  json::Object file = node("a", "Text Input");
  json::Object& definition = file["data"].at("node").as_object();
  definition["edited"] = true;
  definition["frozen"] = true;
  definition["tool_mode"] = true;
  definition["is_output"] = true;
  definition["is_input"] = nullptr;
  definition["outputs"] = {
      {{"name", "t"}, {"method", "m"}, {"types", {"DataFrame", "BaseTool"}}, {"selected", "JSON"}, {"tool_mode", true}}};
  const Node read = parse_document(flow({file})).nodes[0];
  CHECK(read.type == "Text Input");
  CHECK(read.canonical_type == "TextInput");
  CHECK(read.display_name == "Text Input shown");
  CHECK(read.is_edited);
  CHECK(read.is_frozen);
  CHECK(read.tool_mode);
  CHECK(read.is_input);
  CHECK(read.is_output);
  REQUIRE(read.outputs.size() == 1);
  CHECK(read.outputs[0].types == std::vector<std::string>{"Table", "Tool"});
  CHECK(read.outputs[0].selected == "Data");
  CHECK(read.outputs[0].tool_mode);
}

TEST_CASE("a node shows the type where it has no display name, and its tool rows") {
  json::Object file = node("a", "URLComponent", {{"tools_metadata", field("tools", {{{"name", "fetch"}}, "stray"})}});
  file["data"].at("node").as_object().erase("display_name");
  const Document document = parse_document(flow({file}));
  CHECK(document.nodes[0].display_name == "URLComponent");
  CHECK(document.nodes[0].tools_metadata == json::Array{{{"name", "fetch"}}});
  CHECK(document.node("a") == document.nodes.data());
  CHECK(document.node("b") == nullptr);
}

}  // namespace guildhall::flow
