// Runs without any model: the built-in answerer behind real flows (contracts/support-partner.md §2.7).
#include <doctest/doctest.h>

#include "test_sketch.h"

namespace guildhall::runtime {
namespace {

using test::Sketch;
using test::Workbench;

json::Value example_flow(const char* name) {
  return flow::read_flow(guildhall::test::file_text(guildhall::test::source_folder() / "examples" / "flows" / name));
}

struct Tokens : Observer {
  std::string text;
  std::size_t count = 0;
  bool on_token(const MessageId&, std::string_view chunk) override {
    text += chunk;
    ++count;
    return true;
  }
};

}  // namespace

TEST_CASE("the sample prompt flow with documents and no model gives a cited answer, in the visitor's language") {
  Workbench bench;
  const KnowledgeBaseId base = guildhall::test::helpcentre_base(*bench.database, bench.scope, {"en", "de"});
  for (const char* file : {"basic-prompt.json", "support-agent.json"}) {
    CAPTURE(file);
    const auto prepared = prepare(example_flow(file), bench.flow);
    RunRequest request = bench.request("How long is a gift card valid?");
    request.knowledge_bases = {base};
    const RunResult result = run(bench.engine, *prepared, request, nullptr);
    CHECK(result.outcome == models::Outcome::answer);
    CHECK(result.text().find("A gift card is valid for five years from the date of purchase.") != std::string::npos);
    REQUIRE_FALSE(result.citations.empty());
    CHECK(result.citations[0].title == "Gift cards");
    CHECK(result.text().find(result.citations[0].quote) != std::string::npos);
    CHECK(result.confidence > 0.5);
    CHECK(result.language == "en");
    CHECK(result.usage.total() == 0);
    CHECK(result.messages.size() == 2);

    RunRequest foreign = bench.request("Wie hoch ist der Mount Everest?");
    foreign.knowledge_bases = {base};
    const RunResult refused = run(bench.engine, *prepared, foreign, nullptr);
    CHECK(refused.outcome == models::Outcome::refused);
    CHECK(refused.text() == models::platform_text("refusal", "de"));
    CHECK(refused.citations.empty());

    RunRequest greeting = bench.request("Guten Tag!");
    greeting.knowledge_bases = {base};
    CHECK(run(bench.engine, *prepared, greeting, nullptr).outcome == models::Outcome::greeting);
  }
}

TEST_CASE("what the agent's version brings along answers beside the subscription's own, and for nobody else") {
  Workbench bench;
  const Scope provider = identity::system_scope(OrganizationId::random(), "test");
  const KnowledgeBaseId own = guildhall::test::helpcentre_base(*bench.database, bench.scope, {"de"});
  const KnowledgeBaseId lent = guildhall::test::helpcentre_base(*bench.database, provider, {"en"});
  const auto asked = [&](const char* question, bool with_own, bool with_lent) {
    RunRequest request = bench.request(question);
    if (with_own) request.knowledge_bases = {own};
    if (with_lent) request.provided_knowledge = ProvidedKnowledge{provider, lent};
    return bench.run(Sketch::model_chat(), request);
  };
  const char* english = "How long is a gift card valid?";
  CHECK(asked(english, false, true).text().find("five years") != std::string::npos);
  CHECK(asked(english, true, true).text().find("five years") != std::string::npos);
  CHECK(asked(english, false, false).outcome == models::Outcome::refused);
  const char* german = "Wie lange ist ein Geschenkgutschein gültig?";
  CHECK(asked(german, true, true).text() == asked(german, true, false).text());

  // Named as the subscription's own, a base of another organization is none.
  RunRequest stolen = bench.request(english);
  stolen.knowledge_bases = {lent};
  CHECK_THROWS_AS(bench.run(Sketch::model_chat(), stolen), Refusal);
  // The provider's own evaluation may attach the same base: its passages count once.
  RunRequest both = bench.request(english);
  both.scope = provider;
  both.knowledge_bases = {lent};
  const std::string once = bench.run(Sketch::model_chat(), both).text();
  both.provided_knowledge = ProvidedKnowledge{provider, lent};
  CHECK(bench.run(Sketch::model_chat(), both).text() == once);
}

TEST_CASE("the answerer streams sentence by sentence what adds up to its text") {
  Workbench bench;
  RunRequest request = bench.request("How do I check the balance of my gift card?");
  request.knowledge_bases = {guildhall::test::helpcentre_base(*bench.database, bench.scope, {"en"})};
  request.stream = true;
  Tokens tokens;
  const RunResult result = bench.run(Sketch::model_chat(), request, &tokens);
  CHECK(result.outcome == models::Outcome::answer);
  CHECK(tokens.text == result.text());
  CHECK(tokens.count >= 1);
}

TEST_CASE("without knowledge bases the text of a document in the prompt is quoted, the prompt itself never") {
  Workbench bench;
  Sketch sketch;
  sketch.node("ChatInput-a", "ChatInput", {{"input_value"}}, {"message"})
      .node("File-f", "File", {{"path", "file", json::Array{"u/handbook.txt"}}}, {"message"})
      .node("Prompt-p", "Prompt",
            {{"template", "prompt", "You are a pirate who loves parrots. Use this:\n{Document}"}, {"Document"}}, {"prompt"})
      .node("LanguageModelComponent-m", "LanguageModelComponent", {{"input_value"}, {"system_message"}}, {"text_output"})
      .node("ChatOutput-b", "ChatOutput", {{"input_value"}}, {"message"})
      .edge("File-f", "message", "Prompt-p", "Document")
      .edge("Prompt-p", "prompt", "LanguageModelComponent-m", "system_message")
      .edge("ChatInput-a", "message", "LanguageModelComponent-m", "input_value")
      .edge("LanguageModelComponent-m", "text_output", "ChatOutput-b", "input_value");
  const auto ask = [&](std::string question) {
    RunRequest request = bench.request(std::move(question));
    request.read_file = [](std::string_view) {
      return std::optional<std::string>(
          "# Holidays\n\nEvery employee has 28 days of paid holiday per year.\n\n# Laptops\n\nA laptop is replaced after four "
          "years.");
    };
    return bench.run(sketch, request);
  };
  const RunResult result = ask("How many days of paid holiday do employees have?");
  CHECK(result.text() == "Every employee has 28 days of paid holiday per year.");
  REQUIRE(result.citations.size() == 1);
  CHECK(result.citations[0].title == "handbook.txt");
  CHECK(result.citations[0].heading_path == std::vector<std::string>{"Holidays"});
  CHECK(ask("Which parrots does the pirate love?").outcome == models::Outcome::refused);
}

TEST_CASE("with nothing to quote the refusal is honest") {
  Workbench bench;
  const RunResult result = bench.run(Sketch::model_chat(), bench.request("What is your refund policy?"));
  CHECK(result.outcome == models::Outcome::refused);
  CHECK(result.text() == models::platform_text("refusal", "en"));
}

TEST_CASE("a follow-up leans on the visitor's previous turn in this session") {
  Workbench bench;
  const KnowledgeBaseId base = guildhall::test::helpcentre_base(*bench.database, bench.scope, {"en"});
  RunRequest first = bench.request("How much is shipping to Sweden?");
  first.knowledge_bases = {base};
  RunResult result = bench.run(Sketch::model_chat(), first);
  bench.store(result);
  RunRequest second = bench.request("And how long?");
  second.knowledge_bases = {base};
  CHECK(bench.run(Sketch::model_chat(), second).text().find("Sweden") != std::string::npos);
  RunRequest stranger = bench.request("And how long?", "other-session");
  stranger.knowledge_bases = {base};
  CHECK(bench.run(Sketch::model_chat(), stranger).text().find("Sweden") == std::string::npos);
}

TEST_CASE("a real model's words are cited where retrieved passages support them") {
  Workbench bench;
  bench.with_model("stub:reply=A gift card is valid for five years from the date of purchase. I also like cheese very much.");
  const auto prepared = prepare(example_flow("support-agent.json"), bench.flow);
  RunRequest request = bench.request("How long is a gift card valid?");
  request.knowledge_bases = {guildhall::test::helpcentre_base(*bench.database, bench.scope, {"en"})};
  const RunResult result = run(bench.engine, *prepared, request, nullptr);
  CHECK(result.outcome == models::Outcome::answer);
  REQUIRE(result.citations.size() == 1);
  CHECK(result.citations[0].title == "Gift cards");
  CHECK(result.usage.total() > 0);
}

}  // namespace guildhall::runtime
