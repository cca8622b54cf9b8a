// Variables, the input and the session are written before a run (contracts/runtime.md §3.1, §3.8).
#include "flow/graph.h"
#include "test_flows.h"

namespace guildhall::flow {
namespace {

using test::field;
using test::flow;
using test::node;

json::Object variable(json::Value value) {
  json::Object entry = field("str", std::move(value));
  entry["load_from_db"] = true;
  return entry;
}

std::string input_of(const Document& document, std::string_view id) {
  const Field* found = document.node(id)->field("input_value");
  return found == nullptr ? "none" : json::write(found->value);
}

Document inputs() {
  json::Object flagged = node("flagged", "Pass", {{"input_value", field("str", "stored")}});
  flagged["data"].at("node").as_object()["is_input"] = true;
  json::Object hook = node("hook", "Webhook");
  hook["data"].at("node").at("template").as_object().erase("input_value");
  return parse_document(flow({node("chat", "ChatInput", {{"input_value", field("str", "stored")}}),
                              node("text", "TextInput", {{"input_value", field("str", "stored")}}), flagged, hook,
                              node("plain", "Pass", {{"input_value", field("str", "stored")}})}));
}

}  // namespace

TEST_CASE("a variable's name gives way to its value, or to nothing") {
  Document document = parse_document(flow({node("a", "Pass",
                                                {{"known", variable("KNOWN")},
                                                 {"unknown", variable("UNKNOWN")},
                                                 {"empty", variable("")},
                                                 {"number", variable(7)},
                                                 {"plain", field("str", "KNOWN")}})}));
  std::vector<std::string> asked;
  apply_variables(document, [&](std::string_view name) {
    asked.emplace_back(name);
    return name == "KNOWN" ? std::optional<std::string>("UNKNOWN") : std::nullopt;
  });
  const Node& read = document.nodes[0];
  CHECK(asked == std::vector<std::string>{"KNOWN", "UNKNOWN"});
  CHECK(read.field("known")->value == json::Value("UNKNOWN"));
  CHECK(read.field("unknown")->value.is_null());
  CHECK(read.field("empty")->value == json::Value(""));
  CHECK(read.field("number")->value == json::Value(7));
  CHECK(read.field("plain")->value == json::Value("KNOWN"));
}

TEST_CASE("a value that came from a variable is never taken for a name") {
  Document document = parse_document(flow({node("a", "Pass", {{"key", variable("NAME")}})}));
  const auto lookup = [](std::string_view name) { return std::optional<std::string>(std::string(name) + "!"); };
  apply_variables(document, lookup);
  apply_variables(document, lookup);
  CHECK(document.nodes[0].field("key")->value == json::Value("NAME!"));
}

TEST_CASE("without a lookup every variable is unset") {
  Document document = parse_document(flow({node("a", "Pass", {{"key", variable("NAME")}})}));
  apply_variables(document, nullptr);
  CHECK(document.nodes[0].field("key")->value.is_null());
}

TEST_CASE("the input goes to chat inputs, text inputs or every input vertex") {
  struct Case {
    InputType type;
    std::string_view chat, text, flagged;
  };
  constexpr Case kCases[] = {{InputType::chat, R"("new")", R"("stored")", R"("stored")"},
                             {InputType::text, R"("stored")", R"("new")", R"("stored")"},
                             {InputType::any, R"("new")", R"("new")", R"("new")"}};
  for (const Case& row : kCases) {
    Document document = inputs();
    apply_input(document, {.input_value = "new", .input_type = row.type, .session_id = ""});
    CHECK(input_of(document, "chat") == row.chat);
    CHECK(input_of(document, "text") == row.text);
    CHECK(input_of(document, "flagged") == row.flagged);
    CHECK(input_of(document, "plain") == R"("stored")");
    CHECK(input_of(document, "hook") == "none");
  }
}

TEST_CASE("an empty input overwrites, no input keeps what is stored") {
  Document document = inputs();
  apply_input(document, {.input_value = std::nullopt, .session_id = ""});
  CHECK(input_of(document, "chat") == R"("stored")");
  apply_input(document, {.input_value = "", .session_id = ""});
  CHECK(input_of(document, "chat") == R"("")");
}

TEST_CASE("a chat input without the field gets it, a hidden or bound one counts") {
  json::Object bare = node("bare", "ChatInput");
  bare["data"].at("node").at("template").as_object().erase("input_value");
  json::Object hidden = variable("NAME");
  hidden["show"] = false;
  Document document = parse_document(flow({bare, node("hidden", "ChatInput", {{"input_value", hidden}})}));
  apply_input(document, {.input_value = "new", .session_id = ""});
  CHECK(input_of(document, "bare") == R"("new")");
  const Field& filled = *document.node("hidden")->field("input_value");
  CHECK(filled.value == json::Value("new"));
  CHECK(filled.contributes_literal());
  CHECK_FALSE(filled.load_from_db);
}

TEST_CASE("the session fills every empty session_id, hidden ones too, and leaves others") {
  json::Object hidden = field("str");
  hidden["show"] = false;
  Document document = parse_document(
      flow({node("a", "Memory", {{"session_id", hidden}}), node("b", "Memory", {{"session_id", field("str", nullptr)}}),
            node("c", "Memory", {{"session_id", field("str", "own")}}), node("d", "Memory")}));
  apply_input(document, {.input_value = std::nullopt, .session_id = "s-1"});
  CHECK(document.node("a")->field("session_id")->value == json::Value("s-1"));
  CHECK(document.node("a")->field("session_id")->contributes_literal());
  CHECK(document.node("b")->field("session_id")->value == json::Value("s-1"));
  CHECK(document.node("c")->field("session_id")->value == json::Value("own"));
  CHECK(document.node("d")->field("session_id") == nullptr);
}

}  // namespace guildhall::flow
