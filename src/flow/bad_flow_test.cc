// Uploads that are no flow are refused with the name of the member that is wrong.
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::edge;
using test::flow;
using test::node;
using test::refusal_of;

struct BadMember {
  std::string_view pointer;  ///< where the sound flow is spoilt
  std::string_view value;    ///< JSON; empty: the member is taken out
  std::string_view field;    ///< what the refusal names
};

constexpr BadMember kBadMembers[] = {
    // the top level
    {"/data", "", "data"},
    {"/data", "null", "data"},
    {"/data", "[]", "data"},
    {"/data", "\"{}\"", "data"},
    {"/data", "7", "data"},
    {"/id", "7", "id"},
    {"/name", "[]", "name"},
    {"/description", "{}", "description"},
    {"/endpoint_name", "1", "endpoint_name"},
    {"/endpoint_name", "\"a b\"", "endpoint_name"},
    {"/endpoint_name", "\"ä\"", "endpoint_name"},
    {"/endpoint_name", "\"a/b\"", "endpoint_name"},
    {"/endpoint_name", "\"a\\n\"", "endpoint_name"},
    {"/last_tested_version", "1.1", "last_tested_version"},
    {"/tags", "\"a\"", "tags"},
    {"/tags", "[\"a\",1]", "tags[1]"},
    {"/data/nodes", "", "data.nodes"},
    {"/data/nodes", "null", "data.nodes"},
    {"/data/nodes", "{}", "data.nodes"},
    {"/data/nodes", "\"\"", "data.nodes"},
    {"/data/edges", "", "data.edges"},
    {"/data/edges", "null", "data.edges"},
    {"/data/edges", "{}", "data.edges"},
    {"/data/edges", "true", "data.edges"},
    // nodes
    {"/data/nodes/1", "null", "data.nodes[1]"},
    {"/data/nodes/1", "\"Prompt\"", "data.nodes[1]"},
    {"/data/nodes/1", "[]", "data.nodes[1]"},
    {"/data/nodes/1", "{}", "data.nodes[1].id"},
    {"/data/nodes/0/id", "", "data.nodes[0].id"},
    {"/data/nodes/0/id", "\"\"", "data.nodes[0].id"},
    {"/data/nodes/0/id", "7", "data.nodes[0].id"},
    {"/data/nodes/0/id", "null", "data.nodes[0].id"},
    {"/data/nodes/1/id", "\"ChatInput-a\"", "data.nodes[1].id"},
    {"/data/nodes/0/data", "", "data.nodes[0].data"},
    {"/data/nodes/0/data", "\"x\"", "data.nodes[0].data"},
    {"/data/nodes/0/data/type", "", "data.nodes[0].data.type"},
    {"/data/nodes/0/data/type", "\"\"", "data.nodes[0].data.type"},
    {"/data/nodes/0/data/type", "3", "data.nodes[0].data.type"},
    {"/data/nodes/0/data/node", "", "data.nodes[0].data.node"},
    {"/data/nodes/0/data/node", "[]", "data.nodes[0].data.node"},
    {"/data/nodes/0/data/node/display_name", "{}", "data.nodes[0].data.node.display_name"},
    {"/data/nodes/0/data/node/template", "[]", "data.nodes[0].data.node.template"},
    {"/data/nodes/0/data/node/template", "\"x\"", "data.nodes[0].data.node.template"},
    {"/data/nodes/0/data/node/metadata", "\"x\"", "data.nodes[0].data.node.metadata"},
    {"/data/nodes/0/data/node/metadata", "{\"code_hash\":12}", "data.nodes[0].data.node.metadata.code_hash"},
    {"/data/nodes/0/data/node/edited", "\"false\"", "data.nodes[0].data.node.edited"},
    {"/data/nodes/0/data/node/frozen", "1", "data.nodes[0].data.node.frozen"},
    {"/data/nodes/0/data/node/tool_mode", "\"yes\"", "data.nodes[0].data.node.tool_mode"},
    {"/data/nodes/0/data/node/is_input", "0", "data.nodes[0].data.node.is_input"},
    {"/data/nodes/0/data/node/is_output", "[]", "data.nodes[0].data.node.is_output"},
    // outputs
    {"/data/nodes/0/data/node/outputs", "{}", "data.nodes[0].data.node.outputs"},
    {"/data/nodes/0/data/node/outputs/1", "\"out\"", "data.nodes[0].data.node.outputs[1]"},
    {"/data/nodes/0/data/node/outputs/1/name", "", "data.nodes[0].data.node.outputs[1].name"},
    {"/data/nodes/0/data/node/outputs/1/name", "5", "data.nodes[0].data.node.outputs[1].name"},
    {"/data/nodes/0/data/node/outputs/0/types", "\"Message\"", "data.nodes[0].data.node.outputs[0].types"},
    {"/data/nodes/0/data/node/outputs/0/types", "[1]", "data.nodes[0].data.node.outputs[0].types[0]"},
    {"/data/nodes/0/data/node/outputs/0/method", "[]", "data.nodes[0].data.node.outputs[0].method"},
    {"/data/nodes/0/data/node/outputs/0/selected", "{}", "data.nodes[0].data.node.outputs[0].selected"},
    {"/data/nodes/0/data/node/outputs/0/allows_loop", "\"no\"", "data.nodes[0].data.node.outputs[0].allows_loop"},
    // fields
    {"/data/nodes/0/data/node/template/input_value/type", "7", "data.nodes[0].data.node.template.input_value.type"},
    {"/data/nodes/0/data/node/template/input_value/display_name", "[]",
     "data.nodes[0].data.node.template.input_value.display_name"},
    {"/data/nodes/0/data/node/template/input_value/show", "\"true\"", "data.nodes[0].data.node.template.input_value.show"},
    {"/data/nodes/0/data/node/template/input_value/list", "\"no\"", "data.nodes[0].data.node.template.input_value.list"},
    {"/data/nodes/0/data/node/template/input_value/is_list", "1", "data.nodes[0].data.node.template.input_value.is_list"},
    {"/data/nodes/0/data/node/template/input_value/load_from_db", "1",
     "data.nodes[0].data.node.template.input_value.load_from_db"},
    {"/data/nodes/0/data/node/template/input_value/password", "\"\"", "data.nodes[0].data.node.template.input_value.password"},
    {"/data/nodes/0/data/node/template/input_value/tool_mode", "[]", "data.nodes[0].data.node.template.input_value.tool_mode"},
    {"/data/nodes/0/data/node/template/input_value/override_skip", "{}",
     "data.nodes[0].data.node.template.input_value.override_skip"},
    {"/data/nodes/0/data/node/template/input_value/input_types", "\"Message\"",
     "data.nodes[0].data.node.template.input_value.input_types"},
    {"/data/nodes/0/data/node/template/input_value/input_types", "[null]",
     "data.nodes[0].data.node.template.input_value.input_types[0]"},
    {"/data/nodes/0/data/node/template/files", "{\"type\":\"file\",\"file_path\":7}",
     "data.nodes[0].data.node.template.files.file_path"},
    {"/data/nodes/0/data/node/template/files", "{\"type\":\"file\",\"file_path\":[\"a\",{}]}",
     "data.nodes[0].data.node.template.files.file_path[1]"},
    {"/data/nodes/0/data/node/template/code", "{\"type\":\"code\",\"value\":7}", "data.nodes[0].data.node.template.code.value"},
    {"/data/nodes/0/data/node/template/code", "{\"type\":\"code\",\"value\":{}}", "data.nodes[0].data.node.template.code.value"},
    {"/data/nodes/0/data/node/template/code", "{\"type\":\"code\",\"value\":[\"a\",1]}",
     "data.nodes[0].data.node.template.code.value[1]"},
    // edges
    {"/data/edges/0", "null", "data.edges[0]"},
    {"/data/edges/0", "\"a-b\"", "data.edges[0]"},
    {"/data/edges/0", "{}", "data.edges[0].source"},
    {"/data/edges/0/id", "7", "data.edges[0].id"},
    {"/data/edges/0/source", "7", "data.edges[0].source"},
    {"/data/edges/0/target", "[]", "data.edges[0].target"},
    // groups
    {"/data/nodes/1/data/node/flow", "{}", "data.nodes[1].data.node.flow.data"},
    {"/data/nodes/1/data/node/flow", "{\"data\":[]}", "data.nodes[1].data.node.flow.data"},
    {"/data/nodes/1/data/node/flow", "{\"data\":{\"edges\":[]}}", "data.nodes[1].data.node.flow.data.nodes"},
    {"/data/nodes/1/data/node/flow", "{\"data\":{\"nodes\":[]}}", "data.nodes[1].data.node.flow.data.edges"},
    {"/data/nodes/1/data/node/flow", "{\"data\":{\"nodes\":[{}],\"edges\":[]}}", "data.nodes[1].data.node.flow.data.nodes[0].id"},
    {"/data/nodes/1/data/node/flow", "{\"data\":{\"nodes\":[{\"id\":\"ChatInput-a\"}],\"edges\":[]}}",
     "data.nodes[1].data.node.flow.data.nodes[0].id"},
    {"/data/nodes/1/data/node/flow", "{\"data\":{\"nodes\":[],\"edges\":[7]}}", "data.nodes[1].data.node.flow.data.edges[0]"},
};

json::Value sound_flow() {
  return flow({node("ChatInput-a", "ChatInput"), node("ChatOutput-b", "ChatOutput")}, {edge("ChatInput-a", "ChatOutput-b")});
}

// Writes `text` where the pointer points, or takes the member out when there is no text.
void spoil(json::Value& value, std::string_view pointer, std::string_view text) {
  const auto slash = pointer.rfind('/');
  const std::string_view last = pointer.substr(slash + 1);
  json::Value& holder = value.at_pointer(pointer.substr(0, slash));
  if (holder.is_array()) {
    holder.as_array().at(static_cast<std::size_t>(last[0] - '0')) = json::parse_or_refuse(text);
  } else if (text.empty()) {
    holder.as_object().erase(last);
  } else {
    holder.as_object()[last] = json::parse_or_refuse(text);
  }
}

}  // namespace

TEST_CASE("a member of the wrong shape is refused by its name") {
  CHECK(parse_document(sound_flow()).nodes.size() == 2);
  for (const BadMember& bad : kBadMembers) {
    CAPTURE(bad.pointer);
    CAPTURE(bad.value);
    json::Value value = sound_flow();
    spoil(value, bad.pointer, bad.value);
    const Refusal refusal = refusal_of([&] { parse_document(value); });
    CHECK(refusal.code == Code::validation_failed);
    REQUIRE(refusal.fields.size() == 1);
    CHECK(refusal.fields[0].path == bad.field);
    CHECK(refusal.message.starts_with(std::string(bad.field) + ": "));
  }
}

TEST_CASE("an upload that is no object is refused") {
  for (const std::string_view text : {"[]", "7", "\"flow\"", "null", "true"}) {
    CAPTURE(text);
    CHECK(refusal_of([&] { parse_document(json::parse_or_refuse(text)); }).code == Code::validation_failed);
    CHECK(refusal_of([&] { flows_in(json::parse_or_refuse(text)); }).code == Code::validation_failed);
  }
}

TEST_CASE("line breaks and NUL in ids are a bad request") {
  using namespace std::string_literals;
  for (const std::string& id : {"a\nb"s, "a\rb"s, "a\0b"s}) {
    CHECK(refusal_of([&] { parse_document(flow({node(id, "Prompt")})); }).code == Code::invalid_request);
    json::Object with_id = flow({node("a", "Prompt")});
    with_id["id"] = id;
    CHECK(refusal_of([&] { parse_document(with_id); }).message == "id: must not contain a line break or a NUL byte");
    CHECK(refusal_of([&] { parse_document(flow({node("a", "Prompt")}, {edge(id, "a")})); }).code == Code::invalid_request);
    CHECK(refusal_of([&] { parse_document(flow({node("a", "Prompt")}, {edge("a", id)})); }).code == Code::invalid_request);
  }
}

TEST_CASE("broken JSON, duplicate keys, lone surrogates and invalid UTF-8 are malformed") {
  for (const std::string_view text : {"", "{", "{\"data\":}", "{\"a\":1} x", "{\"data\":{\"nodes\":[],\"nodes\":[]}}",
                                      "{\"name\":\"\\ud800\"}", "{\"name\":\"\xff\"}", "{\"name\":NaN}"}) {
    CAPTURE(text);
    CHECK(refusal_of([&] { read_flow(text); }).code == Code::malformed_json);
  }
}

TEST_CASE("an upload names each element that is no flow") {
  struct Case {
    std::string_view text;
    std::string_view field;
  };
  constexpr Case kCases[] = {
      {"{}", "name"},
      {"{\"name\":\"\"}", "name"},
      {"{\"name\":\"a\"}", "data"},
      {"{\"name\":\"a\",\"nodes\":[],\"edges\":[]}", "data"},
      {"{\"name\":\"a\",\"data\":{\"nodes\":[]}}", "data.edges"},
      {"{\"name\":\"a\",\"data\":{\"edges\":[]}}", "data.nodes"},
      {"{\"flows\":{}}", "flows"},
      {"{\"flows\":null}", "flows"},
      {"{\"flows\":[7]}", "flows[0]"},
      {"{\"flows\":[{\"data\":{\"nodes\":[],\"edges\":[]}}]}", "flows[0].name"},
      {"{\"folder_name\":\"p\",\"flows\":[{\"name\":\"a\",\"data\":{\"nodes\":[],\"edges\":[]}},{\"name\":\"b\"}]}",
       "flows[1].data"},
  };
  for (const Case& bad : kCases) {
    CAPTURE(bad.text);
    const Refusal refusal = refusal_of([&] { flows_in(json::parse_or_refuse(bad.text)); });
    CHECK(refusal.code == Code::validation_failed);
    REQUIRE(refusal.fields.size() == 1);
    CHECK(refusal.fields[0].path == bad.field);
  }
}

}  // namespace guildhall::flow
