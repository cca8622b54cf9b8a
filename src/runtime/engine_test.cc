// The engine: selection, order, errors and limits.
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <random>

#include "base/time.h"
#include "test_sketch.h"

namespace guildhall::runtime {
namespace {

using test::refusal_of;
using test::Sketch;
using test::Workbench;

struct Trace : Observer {
  std::vector<std::string> begun;
  std::vector<Message> messages;
  std::vector<std::string> tokens;
  std::size_t listens_for = 1'000'000;

  void on_vertex_begin(std::string_view id) override { begun.emplace_back(id); }
  void on_message(const Message& message) override { messages.push_back(message); }
  bool on_token(const MessageId&, std::string_view chunk) override {
    tokens.emplace_back(chunk);
    return tokens.size() < listens_for;
  }
};

}  // namespace

TEST_CASE("a passthrough flow says what the visitor said, in two rows") {
  Workbench bench;
  const RunResult result = bench.run(Sketch::passthrough(), bench.request("Grüß Gott"));
  CHECK(result.text() == "Grüß Gott");
  CHECK(result.session_id == "s-1");
  REQUIRE(result.outputs.size() == 1);
  CHECK(result.outputs[0].component_id == "ChatOutput-b");
  CHECK(result.outputs[0].component_display_name == "The ChatOutput");
  REQUIRE(result.messages.size() == 2);
  CHECK(result.messages[0].sender == "User");
  CHECK(result.messages[0].sender_name == "User");
  CHECK(result.messages[1].sender == "Machine");
  CHECK(result.messages[1].sender_name == "AI");
  CHECK(result.messages[0].id != result.messages[1].id);
  CHECK(result.messages[1].run_id == "run-1");
  CHECK(result.messages[1].flow_id == bench.flow.text());
}

TEST_CASE("null keeps the stored input, an empty one replaces it") {
  Workbench bench;
  CHECK(bench.run(Sketch::passthrough(), bench.request()).text() == "Hello");
  CHECK(bench.run(Sketch::passthrough(), bench.request("")).text().empty());
}

TEST_CASE("a run without a session id gets one; a bad one is refused") {
  Workbench bench;
  const RunResult first = bench.run(Sketch::passthrough(), bench.request("x", ""));
  CHECK(parse_uuid(first.session_id));
  CHECK(first.messages[0].session_id == first.session_id);
  CHECK(first.session_id != bench.run(Sketch::passthrough(), bench.request("x", "")).session_id);
  CHECK(refusal_of([&] { bench.run(Sketch::passthrough(), bench.request("x", std::string(129, 'a'))); }).code ==
        Code::validation_failed);
  CHECK(refusal_of([&] { bench.run(Sketch::passthrough(), bench.request("x", "a\nb")); }).code == Code::validation_failed);
  CHECK(bench.run(Sketch::passthrough(), bench.request("x", std::string(128, 'a'))).session_id.size() == 128);
}

TEST_CASE("tweaks change one run and nothing else") {
  Workbench bench;
  const auto prepared = Sketch::passthrough().prepared();
  RunRequest request = bench.request();
  request.tweaks = {{"ChatInput-a", json::Object{{"input_value", "tweaked"}}}};
  CHECK(run(bench.engine, *prepared, request, nullptr).text() == "tweaked");
  CHECK(run(bench.engine, *prepared, bench.request(), nullptr).text() == "Hello");
}

TEST_CASE("input_value beside a tweak of the same field is refused, by id, display name or for every node") {
  Workbench bench;
  for (const json::Object& tweaks :
       {json::Object{{"ChatInput-a", json::Object{{"input_value", "x"}}}},
        json::Object{{"The ChatInput", json::Object{{"input_value", "x"}}}}, json::Object{{"input_value", "x"}}}) {
    RunRequest request = bench.request("y");
    request.tweaks = tweaks;
    const Refusal refusal = refusal_of([&] { bench.run(Sketch::passthrough(), request); });
    CHECK(refusal.code == Code::invalid_request);
    CHECK(refusal.message.find("ChatInput-a") != std::string::npos);
  }
}

TEST_CASE("two chat inputs are refused in LangFlow's words") {
  Workbench bench;
  Sketch sketch = Sketch::passthrough();
  sketch.node("ChatInput-z", "ChatInput", {{"input_value"}}, {"message"});
  const Refusal refusal = refusal_of([&] { bench.run(sketch, bench.request("x")); });
  CHECK(refusal.code == Code::invalid_graph);
  CHECK(refusal.message == "Only one chat input is allowed in the graph");
}

TEST_CASE("a selected node that does not run here blocks the run by name; an unselected one does not") {
  Workbench bench;
  Sketch sketch = Sketch::passthrough();
  sketch.node("PythonREPLComponent-p", "PythonREPLComponent", {{"input"}}, {"out"});
  CHECK(bench.run(sketch, bench.request("x")).text() == "x");
  sketch.edge("ChatInput-a", "message", "PythonREPLComponent-p", "input");
  const Refusal refusal = refusal_of([&] { bench.run(sketch, bench.request("x")); });
  CHECK(refusal.code == Code::component_blocked);
  CHECK(refusal.message ==
        "Flow build blocked: custom components are not allowed: The PythonREPLComponent (PythonREPLComponent-p)");
}

TEST_CASE("routers and loops are reported unsupported and refused until they run") {
  CHECK_FALSE(catalogue().runs("ConditionalRouter"));
  CHECK_FALSE(catalogue().runs("LoopComponent"));
  CHECK(catalogue().runs("ChatInput"));
  CHECK(catalogue().substitutes("AstraDB"));
  CHECK_FALSE(catalogue().substitutes("ChatInput"));
  Workbench bench;
  Sketch sketch;
  sketch.node("ChatInput-a", "ChatInput", {{"input_value"}}, {"message"})
      .node("ConditionalRouter-r", "ConditionalRouter", {{"input_text"}}, {"true_result"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"});
  sketch.edge("ChatInput-a", "message", "ConditionalRouter-r", "input_text")
      .edge("ConditionalRouter-r", "true_result", "ChatOutput-b", "input_value");
  const Refusal refusal = refusal_of([&] { bench.run(sketch, bench.request("x")); });
  CHECK(refusal.code == Code::component_blocked);
  CHECK(refusal.message.find("ConditionalRouter-r") != std::string::npos);
}

TEST_CASE("a component's error names its node id and display name") {
  Workbench bench;
  Sketch sketch;
  sketch.node("ChatOutput-b", "ChatOutput", {{"input_value", "other"}}, {"message"});
  const Refusal refusal = refusal_of([&] { bench.run(sketch, bench.request("x")); });
  CHECK(refusal.code == Code::component_error);
  CHECK(refusal.message == "The ChatOutput (ChatOutput-b): Input data cannot be None");
  CHECK(refusal.details.at("node_id") == json::Value("ChatOutput-b"));
  CHECK(refusal.details.at("display_name") == json::Value("The ChatOutput"));
}

TEST_CASE("a deadline or a stop token ends a run between vertices") {
  Workbench bench;
  RunRequest late = bench.request("x");
  late.deadline_us = 1;
  CHECK(refusal_of([&] { bench.run(Sketch::passthrough(), late); }).code == Code::run_timeout);
  std::stop_source source;
  source.request_stop();
  RunRequest stopped = bench.request("x");
  stopped.stop = source.get_token();
  CHECK_THROWS_AS(bench.run(Sketch::passthrough(), stopped), net::OutboundError);
}

TEST_CASE("a message over 2 MiB is over the limit") {
  Workbench bench;
  CHECK(bench.run(Sketch::passthrough(), bench.request(std::string(2 * 1024 * 1024, 'x'))).text().size() == 2 * 1024 * 1024);
  CHECK(refusal_of([&] { bench.run(Sketch::passthrough(), bench.request(std::string(2 * 1024 * 1024 + 1, 'x'))); }).code ==
        Code::limit_exceeded);
}

TEST_CASE("outputs: by type, all, every vertex, or one by id or display name") {
  Workbench bench;
  Sketch sketch = Sketch::passthrough();
  sketch.node("TextOutput-t", "TextOutput", {{"input_value"}}, {"text"})
      .edge("ChatInput-a", "message", "TextOutput-t", "input_value");
  const auto ids = [&](std::string type, std::string component) {
    RunRequest request = bench.request("x");
    request.output_type = std::move(type);
    request.output_component = std::move(component);
    std::string all;
    for (const OutputResult& output : bench.run(sketch, request).outputs) all += output.component_id + " ";
    return all;
  };
  CHECK(ids("chat", "") == "ChatOutput-b ");
  CHECK(ids("text", "") == "TextOutput-t ");
  CHECK(ids("any", "") == "ChatOutput-b TextOutput-t ");
  CHECK(ids("debug", "") == "ChatInput-a ChatOutput-b TextOutput-t ");
  CHECK(ids("chat", "TextOutput-t") == "TextOutput-t ");
  CHECK(ids("chat", "The TextOutput") == "TextOutput-t ");
  CHECK(refusal_of([&] { ids("chat", "nothing"); }).code == Code::invalid_request);
}

TEST_CASE("variables are looked up by name; a missing one is unset") {
  Workbench bench;
  Sketch sketch;
  sketch.node("ChatInput-a", "ChatInput", {{"input_value", "str", "GREETING", true}}, {"message"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
      .edge("ChatInput-a", "message", "ChatOutput-b", "input_value");
  RunRequest request = bench.request();
  CHECK(bench.run(sketch, request).text().empty());
  request.variable = [](std::string_view name) {
    return name == "GREETING" ? std::optional<std::string>("from a variable") : std::nullopt;
  };
  CHECK(bench.run(sketch, request).text() == "from a variable");
}

TEST_CASE("random graphs: every vertex runs once, after its predecessors, in the same order each time") {
  Workbench bench;
  for (unsigned seed = 1; seed <= 60; ++seed) {
    CAPTURE(seed);
    std::mt19937 random(seed);
    const std::size_t count = 2 + random() % 14;
    Sketch sketch;
    std::vector<std::pair<std::size_t, std::size_t>> edges;
    for (std::size_t i = 0; i < count; ++i)
      sketch.node("TextInput-" + std::string(1, static_cast<char>('a' + (i * 7) % 26)) + std::to_string(i), "TextInput",
                  {{"input_value", "str", "v"}}, {"text"});
    const auto id = [&](std::size_t i) {
      return "TextInput-" + std::string(1, static_cast<char>('a' + (i * 7) % 26)) + std::to_string(i);
    };
    for (std::size_t i = 1; i < count; ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (random() % 3 != 0) continue;
        sketch.edge(id(j), "text", id(i), "input_value");
        edges.emplace_back(j, i);
      }
    }
    Trace trace;
    Trace again;
    bench.run(sketch, bench.request(), &trace);
    bench.run(sketch, bench.request(), &again);
    CHECK(trace.begun == again.begun);
    CHECK(trace.begun.size() == count);
    const auto position = [&](std::size_t i) { return std::find(trace.begun.begin(), trace.begun.end(), id(i)); };
    for (std::size_t i = 0; i < count; ++i) CHECK(std::count(trace.begun.begin(), trace.begun.end(), id(i)) == 1);
    for (const auto& [before, after] : edges) CHECK(position(before) < position(after));
  }
}

TEST_CASE("a streamed run tells the user's message, a partial one, its tokens and the whole") {
  Workbench bench;
  bench.with_model();
  RunRequest request = bench.request("one two");
  request.stream = true;
  Trace trace;
  const RunResult result = bench.run(Sketch::model_chat(), request, &trace);
  REQUIRE(trace.messages.size() == 3);
  CHECK(trace.messages[0].sender == "User");
  CHECK(trace.messages[1].is_partial);
  CHECK(trace.messages[1].sender == "Machine");
  CHECK(trace.messages[1].text.empty());
  CHECK_FALSE(trace.messages[2].is_partial);
  CHECK(trace.messages[2].id == trace.messages[1].id);
  CHECK(trace.messages[2].text == "You said: one two");
  CHECK(trace.messages[2].source_id == "LanguageModelComponent-m");
  std::string streamed;
  for (const std::string& token : trace.tokens) streamed += token;
  CHECK(streamed == "You said: one two");
  CHECK(trace.tokens.size() == 4);
  CHECK(result.messages.size() == 2);
  CHECK(result.usage.output_tokens == 4);
  CHECK(trace.messages[2].usage->output_tokens == 4);
}

TEST_CASE("without a request for it nothing streams") {
  Workbench bench;
  bench.with_model();
  Trace trace;
  bench.run(Sketch::model_chat(), bench.request("one two"), &trace);
  CHECK(trace.tokens.empty());
  CHECK(trace.messages.size() == 2);
}

TEST_CASE("a listener that leaves cancels the model and what was said is counted") {
  Workbench bench;
  bench.with_model();
  RunRequest request = bench.request("one two three four");
  request.stream = true;
  Trace trace;
  trace.listens_for = 2;
  models::Usage usage;
  CHECK_THROWS_AS(run(bench.engine, *Sketch::model_chat().prepared(), request, &trace, &usage), net::OutboundError);
  CHECK(trace.tokens.size() == 2);
  CHECK(usage.is_estimated);
  CHECK(usage.output_tokens > 0);
}

TEST_CASE("a model that fails is an upstream error of its node, without the server's words") {
  Workbench bench;
  bench.with_model("stub:garbage");
  const Refusal refusal = refusal_of([&] { bench.run(Sketch::model_chat(), bench.request("x")); });
  CHECK(refusal.code == Code::upstream_error);
  CHECK(refusal.message.starts_with("The LanguageModelComponent (LanguageModelComponent-m): "));
  CHECK(refusal.details.at("node_id") == json::Value("LanguageModelComponent-m"));
}

TEST_CASE("the agent's system prompt comes before the flow's, a caller's history between system and user") {
  Workbench bench;
  bench.with_model();
  RunRequest request = bench.request("third");
  request.system_prompt = "You are Pip.";
  Message first;
  first.sender = "User";
  first.text = "first";
  Message second;
  second.text = "second";
  request.history = {first, second};
  bench.run(Sketch::model_chat(), request);
  CHECK(
      json::write(*json::find(bench.stub.requests().at(0), "messages")) ==
      R"([{"role":"system","content":"You are Pip.\n\nBe kind."},{"role":"user","content":"first"},{"role":"assistant","content":"second"},{"role":"user","content":"third"}])");
}

TEST_CASE("node credentials win over the default model; without a key the default answers") {
  Workbench bench;
  bench.with_model("default-model");
  const std::vector<test::SketchField> own{{"provider", "str", "OpenAI"},
                                           {"model_name", "str", "gpt-4o-mini"},
                                           {"api_key", "str", "OPENAI_API_KEY", true},
                                           {"base_url", "str", json::Value(bench.stub.base_url())}};
  RunRequest request = bench.request("x");
  request.variable = [](std::string_view) { return std::optional<std::string>("sk-own"); };
  bench.run(Sketch::model_chat(own), request);
  CHECK(bench.stub.authorizations().at(0) == "Bearer sk-own");
  CHECK(json::text_of(bench.stub.requests().at(0), "model") == "gpt-4o-mini");
  const std::vector<test::SketchField> keyless{own.begin(), own.begin() + 3};
  bench.run(Sketch::model_chat(keyless), bench.request("x"));
  CHECK(bench.stub.authorizations().at(1) == "Bearer sk-default");
  CHECK(json::text_of(bench.stub.requests().at(1), "model") == "default-model");
  const json::Value selection = json::Array{json::Object{{"name", "claude-x"}, {"provider", "Unheard Of"}}};
  const std::vector<test::SketchField> chosen{test::SketchField("model", "model", selection)};
  bench.run(Sketch::model_chat(chosen), bench.request("x"));
  CHECK(json::text_of(bench.stub.requests().at(2), "model") == "default-model");
}

TEST_CASE("what a passthrough run costs") {
  Workbench bench;
  const auto prepared = Sketch::passthrough().prepared();
  const RunRequest request = bench.request("Hello");
  constexpr int kRuns = 2'000;
  const std::int64_t begun_us = monotonic_us();
  for (int i = 0; i < kRuns; ++i) run(bench.engine, *prepared, request, nullptr);
  std::printf("passthrough run: %.2f us each over %d runs\n", static_cast<double>(monotonic_us() - begun_us) / kRuns, kRuns);
}

}  // namespace guildhall::runtime
