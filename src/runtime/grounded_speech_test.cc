// Models and documents: what a model is shown, when it is not asked, and what of its words a visitor sees.
#include <doctest/doctest.h>

#include "test_sketch.h"

namespace guildhall::runtime {
namespace {

using test::Sketch;
using test::Workbench;

constexpr const char* kQuestion = "How long is a gift card valid?";
constexpr const char* kTrue = "A gift card is valid for five years from the date of purchase";
constexpr const char* kInvented = "Our office dog Rex loves purple cheese and sings.";

struct Heard : Observer {
  std::string text;
  bool on_token(const MessageId&, std::string_view chunk) override {
    text += chunk;
    return true;
  }
};

struct Shop : Workbench {
  KnowledgeBaseId base = guildhall::test::helpcentre_base(*database, scope, {"en"});

  RunRequest ask(std::string question = kQuestion) const {
    RunRequest asked = request(std::move(question));
    asked.knowledge_bases = {base};
    return asked;
  }
  RunResult reply(std::string text, const RunRequest& asked, const Sketch& sketch = Sketch::model_chat(),
                  Observer* observer = nullptr) {
    with_model("stub:reply=" + std::move(text));
    stub.forget_requests();
    return run(sketch, asked, observer);
  }
  std::vector<std::string> sent() const {
    std::vector<std::string> texts;
    for (const json::Value& request : stub.requests()) {
      for (const json::Value& message : *json::find_array(request, "messages"))
        texts.push_back(std::string(json::text_of(message, "role")) + ": " + std::string(json::text_of(message, "content")));
    }
    return texts;
  }
};

}  // namespace

TEST_CASE("a model beside documents is shown numbered passages as material, and its invented sentence is not shown") {
  Shop shop;
  const RunResult result = shop.reply(std::string(kTrue) + " [1]. " + kInvented, shop.ask());
  CHECK(result.text() == std::string(kTrue) + " [1].");
  CHECK(result.outcome == models::Outcome::answer);
  CHECK(result.is_grounded);
  CHECK(result.removed_sentences == 1);
  CHECK(result.confidence > 0.5);
  CHECK(result.language == "en");
  REQUIRE(result.citations.size() == 1);
  CHECK(result.citations[0].title == "Gift cards");
  CHECK(result.messages.back().text == result.text());
  // Words that were removed were said all the same, and are metered.
  CHECK(result.usage.output_tokens > 12);
  const auto sent = shop.sent();
  REQUIRE(sent.size() == 3);
  CHECK(sent[0].starts_with("system: Be kind.\n\nA visitor asks about the documents"));
  CHECK(sent[1].starts_with("user: --- material "));
  CHECK(sent[1].find("[1] Gift cards") != std::string::npos);
  CHECK(sent[2] == "user: " + std::string(kQuestion));
  const std::string nonce = sent[1].substr(std::string("user: --- material ").size(), 16);
  CHECK(sent[0].find("--- end of material " + nonce + " ---") != std::string::npos);
  shop.reply("x", shop.ask());
  CHECK(shop.sent()[1].find(nonce) == std::string::npos);
}

TEST_CASE("streamed and whole answers are the same, and only checked text is streamed") {
  Shop shop;
  const std::string said = std::string("Yes. ") + kTrue + " [1]. " + kInvented + " It never loses value [1].\n\n- " + kInvented;
  const RunResult whole = shop.reply(said, shop.ask());
  RunRequest streaming = shop.ask();
  streaming.stream = true;
  Heard heard;
  const RunResult streamed = shop.reply(said, streaming, Sketch::model_chat(), &heard);
  CHECK(streamed.text() == whole.text());
  CHECK(heard.text == whole.text());
  CHECK(streamed.removed_sentences == whole.removed_sentences);
  CHECK(whole.text().starts_with("Yes. A gift card is valid"));
  CHECK(whole.text().find("Rex") == std::string::npos);
}

TEST_CASE("what the documents do not carry is refused before a model is called") {
  Shop shop;
  const RunResult refused = shop.reply("Mount Everest is 8849 metres high.", shop.ask("How high is Mount Everest?"));
  CHECK(refused.outcome == models::Outcome::refused);
  CHECK(refused.text() == models::platform_text("refusal", "en"));
  CHECK(refused.suggestions.size() <= 3);
  CHECK(refused.usage.total() == 0);
  CHECK(shop.sent().empty());
  RunRequest escalating = shop.ask("How high is Mount Everest?");
  escalating.answerer.fallback = models::Fallback::escalate;
  const RunResult handed = shop.reply("x", escalating);
  CHECK(handed.outcome == models::Outcome::handover);
  CHECK(handed.text() == models::platform_text("handover", "en"));
  RunRequest elsewhere = shop.ask();
  elsewhere.answerer.allowed_topics = {"Kayaks"};
  CHECK(shop.reply("x", elsewhere).outcome == models::Outcome::refused);
  RunRequest careful = shop.ask();
  careful.answerer.confidence_threshold = 1;
  CHECK(shop.reply("x", careful).outcome == models::Outcome::refused);
  CHECK(shop.sent().empty());
  RunRequest greeting = shop.ask("Hello!");
  greeting.stream = true;
  Heard heard;
  CHECK(shop.reply("x", greeting, Sketch::model_chat(), &heard).outcome == models::Outcome::greeting);
  CHECK(heard.text == models::platform_text("greeting", "en"));
  CHECK(shop.reply("x", shop.ask("I want to talk to a human")).outcome == models::Outcome::handover);
  CHECK(shop.sent().empty());
}

TEST_CASE("when nothing of a reply is supported the platform refuses, and the words are metered") {
  Shop shop;
  RunRequest streaming = shop.ask();
  streaming.stream = true;
  Heard heard;
  const RunResult result = shop.reply(kInvented, streaming, Sketch::model_chat(), &heard);
  CHECK(result.outcome == models::Outcome::refused);
  CHECK(result.text() == models::platform_text("refusal", "en"));
  CHECK(heard.text == result.text());
  CHECK_FALSE(result.suggestions.empty());
  CHECK_FALSE(result.is_grounded);
  CHECK(result.removed_sentences == 1);
  CHECK(result.usage.output_tokens > 0);
}

TEST_CASE("not strict: all is shown; with the general fallback a model answers without documents, and says so") {
  Shop shop;
  RunRequest lenient = shop.ask();
  lenient.answerer.is_strict = false;
  const std::string said = std::string(kTrue) + " [1]. " + kInvented;
  const RunResult result = shop.reply(said, lenient);
  CHECK(result.text() == said);
  CHECK(result.citations.size() == 1);
  CHECK(shop.reply("Go to https://evil.example now.", lenient).outcome == models::Outcome::refused);

  RunRequest general = shop.ask("How high is Mount Everest?");
  general.answerer.is_strict = false;
  general.answerer.fallback = models::Fallback::general;
  const RunResult free = shop.reply("It is 8849 metres high.", general);
  CHECK(free.outcome == models::Outcome::answer);
  CHECK(free.text() == models::platform_text("not_from_documents", "en") + "\n\nIt is 8849 metres high.");
  CHECK_FALSE(free.is_grounded);
  CHECK(free.citations.empty());
  CHECK(shop.sent().size() == 2);
  general.answerer.is_strict = true;
  CHECK(shop.reply("It is 8849 metres high.", general).outcome == models::Outcome::refused);
}

TEST_CASE("flows that answer no question about documents are left alone") {
  Shop shop;
  const auto is_untouched = [&](const RunRequest& asked, const Sketch& sketch) {
    const RunResult result = shop.reply(kInvented, asked, sketch);
    return result.text() == kInvented && result.outcome == models::Outcome::answer && !result.is_grounded &&
           shop.sent().size() <= 2;
  };
  CHECK(is_untouched(shop.request(kQuestion), Sketch::model_chat()));
  RunRequest empty = shop.request(kQuestion);
  empty.knowledge_bases = {shop.database->write([&](store::Tx& tx) { return knowledge::base_named(shop.scope, tx, "empty"); })};
  CHECK(is_untouched(empty, Sketch::model_chat()));
  RunRequest without = shop.ask();
  without.without_knowledge = true;
  CHECK(is_untouched(without, Sketch::model_chat()));
  Sketch text;
  text.node("TextInput-a", "TextInput", {{"input_value", "str", kQuestion}}, {"text"})
      .node("LanguageModelComponent-m", "LanguageModelComponent", {{"input_value"}, {"system_message"}}, {"text_output"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
      .edge("TextInput-a", "text", "LanguageModelComponent-m", "input_value")
      .edge("LanguageModelComponent-m", "text_output", "ChatOutput-b", "input_value");
  RunRequest asked = shop.ask();
  asked.input_value.reset();
  CHECK(is_untouched(asked, text));
  Sketch json_mode;
  json_mode.node("ChatInput-a", "ChatInput", {{"input_value"}}, {"message"})
      .node("OpenAIModel-m", "OpenAIModel", {{"input_value"}, {"system_message"}, {"json_mode", "bool", true}}, {"text_output"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
      .edge("ChatInput-a", "message", "OpenAIModel-m", "input_value")
      .edge("OpenAIModel-m", "text_output", "ChatOutput-b", "input_value");
  CHECK(is_untouched(shop.ask(), json_mode));
}

TEST_CASE("of two models in a row only the one that speaks to the visitor is held against documents") {
  Shop shop;
  Sketch two;
  two.node("ChatInput-a", "ChatInput", {{"input_value"}}, {"message"})
      .node("LanguageModelComponent-m", "LanguageModelComponent", {{"input_value"}, {"system_message"}}, {"text_output"})
      .node("LanguageModelComponent-n", "LanguageModelComponent", {{"input_value"}, {"system_message"}}, {"text_output"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
      .edge("ChatInput-a", "message", "LanguageModelComponent-m", "input_value")
      .edge("LanguageModelComponent-m", "text_output", "LanguageModelComponent-n", "input_value")
      .edge("LanguageModelComponent-n", "text_output", "ChatOutput-b", "input_value");
  const RunResult result = shop.reply(std::string(kTrue) + ". " + kInvented, shop.ask(), two);
  CHECK(result.text() == std::string(kTrue) + ".");
  const auto sent = shop.sent();
  REQUIRE(sent.size() == 4);
  CHECK(sent[0] == "user: " + std::string(kQuestion));
  CHECK(sent[2].starts_with("user: --- material "));
  CHECK(sent[3].find("Rex") != std::string::npos);
}

TEST_CASE("a node with knowledge behind it keeps its own prompt, and its words are checked all the same") {
  Shop shop;
  const auto prepared =
      prepare(flow::read_flow(guildhall::test::file_text(guildhall::test::source_folder() / "examples/flows/support-agent.json")),
              shop.flow);
  shop.with_model("stub:reply=" + std::string(kTrue) + ". " + kInvented);
  const RunResult result = runtime::run(shop.engine, *prepared, shop.ask(), nullptr);
  CHECK(result.text() == std::string(kTrue) + ".");
  CHECK(result.citations.size() == 1);
  CHECK(result.removed_sentences == 1);
  for (const std::string& text : shop.sent()) CHECK(text.find("--- material ") == std::string::npos);
}

}  // namespace guildhall::runtime
