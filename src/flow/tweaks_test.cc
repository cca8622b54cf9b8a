// What a call may change of a flow, and what it may not (contracts/runtime.md §3.7).
#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::field;
using test::flow;
using test::node;
using test::refusal_of;

Document two_nodes() {
  json::Object secret = field("str", "MY_KEY");
  secret["password"] = true;
  secret["load_from_db"] = true;
  json::Object variable = field("str", "GREETING");
  variable["load_from_db"] = true;
  const json::Object fields{{"text", field("str", "old")},
                            {"greeting", variable},
                            {"api_key", secret},
                            {"base_url", field("str")},
                            {"openai_api_base", field("str")},
                            {"knowledge_base", field("str")},
                            {"stream", field("bool", false)},
                            {"headers", field("dict", json::Object())},
                            {"nested", field("NestedDict", json::Object())},
                            {"server", field("mcp")},
                            {"path", {{"type", "file"}, {"value", ""}, {"file_path", json::Array()}}},
                            {"rows", field("table", json::Array())},
                            {"code", field("code", "x")},
                            {"tool_code", field("str", "x")},
                            {"python_code", field("str", "x")},
                            {"filter_instruction", field("str", "x")},
                            {"global_imports", field("str", "x")},
                            {"script", field("code", "x")}};
  return parse_document(flow(
      {node("one", "Pass", fields), node("two", "Prompt", {{"text", field("str", "old")}, {"stream", field("bool", false)}})}));
}

const Field& field_of(const Document& document, std::string_view id, std::string_view name) {
  const Field* found = document.node(id)->field(name);
  REQUIRE(found != nullptr);
  return *found;
}

json::Value value_after(std::string_view field_name, json::Value tweak) {
  Document document = two_nodes();
  CHECK(apply_tweaks(document, {{"one", {{field_name, std::move(tweak)}}}}, {}).empty());
  return field_of(document, "one", field_name).value;
}

TweakPolicy exposing(std::string_view wanted) {
  return {.is_exposed = [wanted](std::string_view, std::string_view name) { return name == wanted; }};
}

}  // namespace

TEST_CASE("a tweak goes to the node of that id, else of that display name, else to every node with the field") {
  Document document = two_nodes();
  apply_tweaks(document, {{"one", {{"text", "by id"}}}, {"Prompt shown", {{"text", "by name"}}}}, {});
  CHECK(field_of(document, "one", "text").value == json::Value("by id"));
  CHECK(field_of(document, "two", "text").value == json::Value("by name"));
  apply_tweaks(document, {{"text", "everywhere"}, {"stream", true}}, {});
  CHECK(field_of(document, "one", "text").value == json::Value("everywhere"));
  CHECK(field_of(document, "two", "text").value == json::Value("everywhere"));
  CHECK(field_of(document, "two", "stream").value == json::Value(true));
}

TEST_CASE("the id wins over the display name, and a value for all over both") {
  Document document = two_nodes();
  apply_tweaks(document, {{"Pass shown", {{"text", "name"}}}, {"one", {{"text", "id"}}}}, {});
  CHECK(field_of(document, "one", "text").value == json::Value("id"));
  apply_tweaks(document, {{"one", {{"text", "id"}}}, {"text", "all"}}, {});
  CHECK(field_of(document, "one", "text").value == json::Value("all"));
}

TEST_CASE("unknown nodes and fields are ignored") {
  Document document = two_nodes();
  CHECK(apply_tweaks(document, {{"three", {{"text", "x"}}}, {"one", {{"nothing", 1}}}, {"nothing", 1}}, {}).empty());
  CHECK(field_of(document, "one", "text").value == json::Value("old"));
}

TEST_CASE("an object merges field keys into an ordinary field and sets a dict field") {
  CHECK(value_after("text", json::Object{{"value", "new"}}) == json::Value("new"));
  CHECK(value_after("text", json::Object{{"type", "code"}, {"password", true}}) == json::Value("old"));
  CHECK(value_after("headers", json::Object{{"a", 1}}) == json::Value(json::Object{{"a", 1}}));
  CHECK(value_after("headers", json::Object{{"value", json::Object{{"a", 1}}}}) == json::Value(json::Object{{"a", 1}}));
  CHECK(value_after("headers", json::Object{{"value", 1}, {"b", 2}}) == json::Value(json::Object{{"value", 1}, {"b", 2}}));
  CHECK(value_after("nested", json::Object{{"a", 1}}) == json::Value(json::Object{{"a", 1}}));
  CHECK(value_after("nested", "{\"a\": [1]}") == json::Value(json::Object{{"a", {1}}}));
  CHECK(value_after("server", json::Object{{"name", "s"}, {"config", json::Object()}}).at("name") == json::Value("s"));
  CHECK(value_after("rows", json::Array{json::Object{{"a", 1}}}).as_array().size() == 1);
  CHECK(value_after("text", nullptr).is_null());
}

TEST_CASE("a merged object changes what a field holds, never what it is") {
  Document document = two_nodes();
  apply_tweaks(document, {{"one", {{"text", {{"type", "file"}, {"show", false}, {"password", true}}}}}}, {});
  CHECK(field_of(document, "one", "text").type == "str");
  CHECK(field_of(document, "one", "text").is_shown);
  CHECK_FALSE(field_of(document, "one", "text").is_password);
}

TEST_CASE("setting a value clears load_from_db, unless the tweak asks for a variable") {
  Document document = two_nodes();
  apply_tweaks(document, {{"one", {{"greeting", "Hello"}, {"text", {{"value", "NAME"}, {"load_from_db", true}}}}}}, {});
  CHECK_FALSE(field_of(document, "one", "greeting").load_from_db);
  CHECK(field_of(document, "one", "greeting").value == json::Value("Hello"));
  CHECK(field_of(document, "one", "text").load_from_db);
}

TEST_CASE("a tweak of a file field writes its paths") {
  struct Case {
    json::Value tweak;
    std::vector<std::string> paths;
  };
  const Case cases[] = {{"a/b.pdf", {"a/b.pdf"}},
                        {{"a", "b"}, {"a", "b"}},
                        {json::Object{{"value", "a"}}, {"a"}},
                        {json::Object{{"file_path", {"a", ""}}}, {"a"}},
                        {nullptr, {}},
                        {"", {}}};
  for (const Case& row : cases) {
    CAPTURE(json::write(row.tweak));
    Document document = two_nodes();
    apply_tweaks(document, {{"one", {{"path", row.tweak}}}}, {});
    CHECK(field_of(document, "one", "path").file_paths == row.paths);
    CHECK(field_of(document, "one", "path").value == json::Value(""));
  }
}

TEST_CASE("code is left alone and named") {
  Document document = two_nodes();
  const auto ignored = apply_tweaks(document,
                                    {{"one",
                                      {{"code", "y"},
                                       {"tool_code", "y"},
                                       {"python_code", "y"},
                                       {"filter_instruction", "y"},
                                       {"global_imports", "y"},
                                       {"script", "y"}}}},
                                    {});
  CHECK(ignored == std::vector<std::string>{"one.code", "one.tool_code", "one.python_code", "one.filter_instruction",
                                            "one.global_imports", "one.script"});
  CHECK(field_of(document, "one", "tool_code").value == json::Value("x"));
  CHECK(apply_tweaks(document, {{"code", "y"}}, exposing("code")) == std::vector<std::string>{"one.code"});
}

TEST_CASE("a published agent takes stream and the fields its publisher exposed") {
  Document document = two_nodes();
  CHECK(apply_tweaks(document, {{"stream", true}, {"two", {{"text", "new"}}}}, exposing("text")).empty());
  CHECK(field_of(document, "two", "text").value == json::Value("new"));
  const Refusal refusal = refusal_of([&] { apply_tweaks(document, {{"one", {{"rows", json::Array()}}}}, exposing("text")); });
  CHECK(refusal.code == Code::tweak_not_allowed);
  CHECK(refusal.details == json::Object{{"node_id", "one"}, {"field", "rows"}});
  CHECK(refusal.message.find("'rows' of node 'one'") != std::string::npos);
  CHECK(refusal_of([&] { apply_tweaks(document, {{"text", "all"}}, exposing("stream")); }).code == Code::tweak_not_allowed);
  CHECK(apply_tweaks(document, {{"one", {{"nothing", 1}}}}, exposing("")).empty());
}

TEST_CASE("secrets, base URLs and knowledge bases cannot be exposed") {
  for (const std::string_view name : {"api_key", "base_url", "openai_api_base", "knowledge_base"}) {
    CAPTURE(name);
    Document document = two_nodes();
    CHECK_FALSE(can_be_exposed(field_of(document, "one", name)));
    CHECK(refusal_of([&] { apply_tweaks(document, {{"one", {{name, "x"}}}}, exposing(name)); }).code == Code::tweak_not_allowed);
  }
  CHECK_FALSE(can_be_exposed(field_of(two_nodes(), "one", "code")));
  CHECK(can_be_exposed(field_of(two_nodes(), "one", "text")));
}

TEST_CASE("a test run may change everything but secrets") {
  Document document = two_nodes();
  CHECK(apply_tweaks(document, {{"one", {{"base_url", "http://x"}, {"knowledge_base", "kb"}}}}, {}).empty());
  CHECK(refusal_of([&] { apply_tweaks(document, {{"one", {{"api_key", "sk"}}}}, {}); }).code == Code::tweak_not_allowed);
}

TEST_CASE("a caller of a published agent cannot read the owner's variables through an exposed field") {
  Document document = two_nodes();
  const json::Object tweaks{{"one", {{"text", {{"value", "OPENAI_API_KEY"}, {"load_from_db", true}}}}}};
  const Refusal refusal = refusal_of([&] { apply_tweaks(document, tweaks, exposing("text")); });
  CHECK(refusal.code == Code::tweak_not_allowed);
  CHECK(refusal.details.at("field") == json::Value("text.load_from_db"));
}

TEST_CASE("a tweak of the wrong shape is a bad request that names it") {
  struct Case {
    std::string_view name;
    std::string_view value;
    std::string_view place;
  };
  constexpr Case kCases[] = {
      {"nested", "\"{\"", "tweaks.one.nested"},           {"path", "7", "tweaks.one.path"},
      {"path", "[\"a\",7]", "tweaks.one.path"},           {"path", "{\"file_path\":{}}", "tweaks.one.path.file_path"},
      {"path", "{\"value\":7}", "tweaks.one.path.value"}, {"text", "{\"load_from_db\":\"yes\"}", "tweaks.one.text.load_from_db"}};
  for (const Case& row : kCases) {
    CAPTURE(row.value);
    Document document = two_nodes();
    const Refusal refusal =
        refusal_of([&] { apply_tweaks(document, {{"one", {{row.name, json::parse_or_refuse(row.value)}}}}, {}); });
    CHECK(refusal.code == Code::invalid_request);
    CHECK(refusal.message.starts_with(std::string(row.place) + ": "));
  }
}

}  // namespace guildhall::flow
