// The built-in answerer by values: intents, quotes, refusals, and what it makes of the sample help centre.
#include <doctest/doctest.h>

#include <cstdio>

#include "base/hash.h"
#include "base/text.h"
#include "intents.h"
#include "models/extractive.h"
#include "models/limits.h"
#include "passage_units.h"
#include "support/databases.h"
#include "support/helpcentre.h"

namespace guildhall::models {
namespace {

knowledge::Passage passage(std::string title, std::string heading, std::string text, double score = 1,
                           std::string language = "en") {
  knowledge::Passage one;
  one.document = DocumentId::parse("00000000-0000-4000-8000-" + to_hex(title + "            ").substr(0, 12)).value();
  one.title = std::move(title);
  one.heading_path = {std::move(heading)};
  one.language = std::move(language);
  one.text = std::move(text);
  one.score = score;
  return one;
}

Answer ask(std::string question, const std::vector<knowledge::Passage>& passages, std::string language = {},
           std::string previous = {}) {
  return answer_extractively({.text = std::move(question), .previous_text = std::move(previous), .language = std::move(language)},
                             passages, {});
}

std::vector<knowledge::Passage> shop() {
  return {passage("Returns", "Sending something back",
                  "You can return everything within 60 days of delivery. Sale items are no exception. The refund arrives within "
                  "five working days.",
                  5),
          passage("Shipping", "Delivery times",
                  "Parcels to Germany take two working days. Parcels to Sweden cost 6.90 EUR and take three working days.", 3),
          passage("Account", "Forgotten password",
                  "To reset your password:\n\n1. Open the sign-in page.\n2. Click **Forgot password?**.\n3. Follow the link in "
                  "the e-mail.\n\nThe link works once.",
                  2)};
}

bool quotes_occur(const Answer& answer, const std::vector<knowledge::Passage>& passages) {
  for (const Citation& citation : answer.citations) {
    const bool occurs = std::any_of(passages.begin(), passages.end(), [&](const knowledge::Passage& p) {
      return p.title == citation.title && p.text.find(citation.quote) != std::string::npos;
    });
    if (!occurs || citation.quote.empty() || code_points(citation.quote) > kQuoteCodePointsMax) return false;
  }
  return !answer.citations.empty();
}

}  // namespace

TEST_CASE("greetings, thanks, farewells and requests for a human are recognised in every language") {
  struct Row {
    const char* text;
    Intent intent;
    const char* language;
  };
  for (const Row& row : {Row{"Hello!", Intent::greeting, "en"},
                         Row{"Hi there 👋", Intent::greeting, "en"},
                         Row{"Thanks a lot, bye", Intent::farewell, "en"},
                         Row{"Thank you very much.", Intent::thanks, "en"},
                         Row{"I want to talk to a human", Intent::handover, "en"},
                         Row{"agent", Intent::handover, "en"},
                         Row{"¡Hola, buenos días!", Intent::greeting, "es"},
                         Row{"Quiero hablar con una persona", Intent::handover, "es"},
                         Row{"Merci beaucoup", Intent::thanks, "fr"},
                         Row{"Je voudrais parler à un conseiller", Intent::handover, "fr"},
                         Row{"Guten Tag", Intent::greeting, "de"},
                         Row{"Ich möchte mit einem Menschen sprechen", Intent::handover, "de"},
                         Row{"Vielen Dank!", Intent::thanks, "de"},
                         Row{"Obrigado", Intent::thanks, "pt"},
                         Row{"quero falar com um atendente", Intent::handover, "pt"},
                         Row{"Buongiorno", Intent::greeting, "it"},
                         Row{"parlare con un operatore", Intent::handover, "it"},
                         Row{"Здравствуйте", Intent::greeting, "ru"},
                         Row{"Позовите оператора, пожалуйста", Intent::handover, "ru"},
                         Row{"Merhaba", Intent::greeting, "tr"},
                         Row{"canlı destek istiyorum", Intent::handover, "tr"},
                         Row{"你好", Intent::greeting, "zh"},
                         Row{"我要转人工", Intent::handover, "zh"},
                         Row{"谢谢！", Intent::thanks, "zh"},
                         Row{"こんにちは", Intent::greeting, "ja"},
                         Row{"担当者と話したい", Intent::handover, "ja"},
                         Row{"안녕하세요", Intent::greeting, "ko"},
                         Row{"상담원 연결해 주세요", Intent::handover, "ko"},
                         Row{"สวัสดีครับ", Intent::greeting, "th"},
                         Row{"ขอคุยกับเจ้าหน้าที่", Intent::handover, "th"},
                         Row{"नमस्ते", Intent::greeting, "hi"},
                         Row{"मुझे एजेंट से बात करनी है", Intent::handover, "hi"},
                         Row{"السلام عليكم", Intent::greeting, "ar"},
                         Row{"أريد التحدث مع موظف", Intent::handover, "ar"}}) {
    CAPTURE(row.text);
    const auto found = recognise_intent(row.text, "");
    REQUIRE(found);
    CHECK(found->intent == row.intent);
    CHECK(found->language == row.language);
  }
}

TEST_CASE("a question that begins with a greeting is a question") {
  for (const char* text :
       {"Hi, how do I return something?", "Thanks, and how long does it take?", "Hallo, wie lange dauert der Versand?",
        "Is there a person who measures boots?", "How do I delete my account?", "你好，怎么退货？", ""}) {
    CAPTURE(text);
    CHECK_FALSE(recognise_intent(text, ""));
  }
}

TEST_CASE("intents are answered in the visitor's language, without a citation") {
  CHECK(ask("Guten Morgen", shop()).text == platform_text("greeting", "de"));
  CHECK(ask("Hi", shop(), "de").text == platform_text("greeting", "de"));
  CHECK(ask("I need a human", shop()).outcome == Outcome::handover);
  CHECK(ask("hola", {}).language == "es");
  CHECK(ask("hola", {}).citations.empty());
}

TEST_CASE("every platform text exists in fourteen languages and differs from English") {
  for (const char* key : {"refusal", "greeting", "thanks", "farewell", "handover", "clarification", "other_language"}) {
    for (const char* language : {"es", "fr", "de", "pt", "it", "ru", "tr", "zh-Hans", "ja", "ko", "th", "hi", "ar"}) {
      CAPTURE(key);
      CAPTURE(language);
      CHECK_FALSE(platform_text(key, language).empty());
      CHECK(platform_text(key, language) != platform_text(key, "en"));
    }
    CHECK(platform_text(key, "xx") == platform_text(key, "en"));
  }
}

TEST_CASE("the best sentence is quoted verbatim with its citation") {
  const auto passages = shop();
  const Answer answer = ask("How many days do I have to return something?", passages);
  CHECK(answer.outcome == Outcome::answer);
  CHECK(answer.text.starts_with("You can return everything within 60 days of delivery."));
  CHECK(answer.confidence >= 0.5);
  CHECK(answer.confidence <= 1);
  REQUIRE(answer.citations.size() >= 1);
  CHECK(answer.citations[0].title == "Returns");
  CHECK(answer.citations[0].n == 1);
  CHECK(quotes_occur(answer, passages));
}

TEST_CASE("steps stay whole, with the line that introduces them") {
  const auto passages = shop();
  const Answer answer = ask("How do I reset my password?", passages);
  CHECK(answer.text.find("To reset your password:") != std::string::npos);
  CHECK(answer.text.find("3. Follow the link in the e-mail.") != std::string::npos);
  CHECK(quotes_occur(answer, passages));
}

TEST_CASE("what the documents do not say is refused, with near headings, in the visitor's language") {
  for (const char* question :
       {"What is the capital of France?", "Do you sell live penguins?", "Who won the football world cup in 1998?"}) {
    CAPTURE(question);
    const Answer answer = ask(question, shop());
    CHECK(answer.outcome == Outcome::refused);
    CHECK(answer.text == platform_text("refusal", "en"));
    CHECK(answer.citations.empty());
    CHECK(answer.suggestions.size() == 3);
    CHECK(answer.confidence < 0.5);
  }
  CHECK(ask("Verkaufen Sie auch lebende Pinguine und Eisbären?", shop()).text == platform_text("refusal", "de"));
  CHECK(ask("Anything at all?", {}).outcome == Outcome::refused);
}

TEST_CASE("a follow-up without a content word inherits those of the turn before") {
  CHECK(retrieval_query({.text = "And how long?", .previous_text = "Do parcels go to Sweden?", .language = "en"}) ==
        "parcels go sweden And how long?");
  CHECK(retrieval_query({.text = "And to Germany?", .previous_text = "Do parcels go to Sweden?", .language = "en"}) ==
        "And to Germany?");
  CHECK(ask("And how much is it?", shop(), "en", "What do parcels to Sweden cost?").text.find("6.90 EUR") != std::string::npos);
}

TEST_CASE("a stored answer to the same question is given word for word") {
  auto passages = shop();
  knowledge::Passage pair = passage("FAQ", "", "No. We deliver to **house addresses** only.\n\nAsk your neighbour.", 1);
  pair.question = "Do you deliver to a packing station?";
  pair.heading_path.clear();
  passages.push_back(pair);
  const Answer answer = ask("do you deliver to packing stations", passages);
  CHECK(answer.outcome == Outcome::answer);
  CHECK(answer.text == pair.text);
  CHECK(answer.confidence >= 0.75);
  REQUIRE(answer.citations.size() == 1);
  CHECK(answer.citations[0].title == "FAQ");
  CHECK(ask("How many days do I have to return something?", passages).text != pair.text);
}

TEST_CASE("two documents that answer equally well under other headings ask back") {
  const std::vector<knowledge::Passage> passages{passage("Tents", "Tent warranty", "The warranty lasts two years.", 1),
                                                 passage("Boots", "Boot warranty", "The warranty lasts three years.", 1)};
  const Answer answer = ask("How long does the warranty last?", passages);
  CHECK(answer.outcome == Outcome::clarification);
  CHECK(answer.suggestions == std::vector<std::string>{"Tent warranty", "Boot warranty"});
  CHECK(ask("How long does the boot warranty last?", passages).text == "The warranty lasts three years.");
}

TEST_CASE("two documents that only mention what was asked are no reason to ask back") {
  const std::vector<knowledge::Passage> passages{
      passage("Orders", "Pre-orders", "The warranty lasts two years from delivery.", 1),
      passage("Boots", "Care", "The warranty lasts three years from delivery.", 1)};
  CHECK(ask("How long does the warranty last?", passages).outcome == Outcome::answer);
}

TEST_CASE("of two sentences that say the same words, the one under no other topic answers") {
  auto writing = passage("Writing", "",
                         "To create a new post or a new page, you can run the following command:\n\n```bash\n$ hexo new [layout] "
                         "<title>\n```",
                         0.86);
  writing.heading_path.clear();
  const std::vector<knowledge::Passage> passages{
      passage("Permalinks", "Multi-language Support",
              "To create a multi-language site, you can modify the settings like this. When you create a new post, the post will "
              "be saved to:\n\n```bash\n$ hexo new \"Hello World\" --lang tw\n```",
              0.97),
      writing};
  const Answer answer = ask("How do I create a new post?", passages);
  REQUIRE(answer.outcome == Outcome::answer);
  REQUIRE_FALSE(answer.citations.empty());
  CHECK(answer.citations[0].title == "Writing");
}

TEST_CASE("confidence follows the share of the question the index found, in every kind of script") {
  const auto confidence = [](double evidence, const char* language, const char* text, const char* question,
                             std::int64_t chunks = 200) {
    auto one = passage("T", "", text, 1, language);
    one.heading_path.clear();
    one.evidence = evidence;
    one.base_chunks = chunks;
    return answer_extractively({.text = question, .previous_text = {}, .language = language}, {one}, {.confidence_threshold = 0})
        .confidence;
  };
  const char* english = "A gift card is valid for five years.";
  CHECK(confidence(0.4, "en", english, "Do gift cards expire?") > 0.8);
  CHECK(confidence(0.02, "en", english, "Do gift cards expire?") < 0.2);
  CHECK(confidence(0.3, "en", english, "Do gift cards expire?") < confidence(0.4, "en", english, "Do gift cards expire?"));
  const char* chinese = "礼品卡自购买之日起五年内有效。";
  CHECK(confidence(0.25, "zh", chinese, "礼品卡会过期吗？") > 0.5);
  CHECK(confidence(0.02, "zh", chinese, "礼品卡会过期吗？") < 0.2);
  // Among few chunks no word is rare: the same share says more.
  CHECK(confidence(0.2, "en", english, "Do gift cards expire?", 10) >
        confidence(0.2, "en", english, "Do gift cards expire?", 100));
  CHECK(confidence(0.02, "en", english, "Do gift cards expire?", 2) < 0.5);
}

TEST_CASE("an answer in another language says so") {
  const std::vector<knowledge::Passage> passages{
      passage("Versand", "Lieferzeit", "Pakete nach Portugal liefern wir per DHL Express in 48 Stunden.", 1, "de")};
  const Answer answer = ask("DHL Express Portugal?", passages, "en");
  REQUIRE(answer.outcome == Outcome::answer);
  CHECK(answer.language == "de");
  CHECK(answer.text.starts_with("I found this in a document in German:\n\nPakete nach Portugal"));
}

TEST_CASE("lengths: at most 800 characters, three sentences, two chunks") {
  std::string text;
  for (int i = 0; i < 60; ++i)
    text += "The delivery of parcels number " + std::to_string(i) + " is explained in this sentence about delivery. ";
  const Answer answer = ask("How is the delivery of parcels explained?",
                            {passage("A", "x", text, 3), passage("B", "x", text, 2), passage("C", "x", text, 1)});
  CHECK(answer.outcome == Outcome::answer);
  CHECK(code_points(answer.text) <= 800);
  CHECK(answer.citations.size() <= 2);
}

TEST_CASE("a long list comes item by item, a table row by row") {
  std::string list = "We accept:\n\n";
  for (int i = 0; i < 60; ++i) list += "- payment method number " + std::to_string(i) + " with a long name\n";
  CHECK(units_of(passage("P", "x", list), 800).size() > 10);
  CHECK(units_of(passage("P", "x", "Intro.\n\n| a | b |\n| --- | --- |\n| 1 | 2 |\n\nEnd."), 800).size() == 3);
}

TEST_CASE("the same passages and turn give the same bytes") {
  const auto passages = shop();
  const Answer first = ask("What do parcels to Sweden cost?", passages);
  for (int i = 0; i < 5; ++i) CHECK(ask("What do parcels to Sweden cost?", passages).text == first.text);
}

TEST_CASE("hostile turns and passages do no harm") {
  for (const std::string& text : {std::string("?"), std::string("   "), std::string(20'000, 'a'), std::string("\xF0\x9F\x98\x80"),
                                  std::string("```"), std::string("| | |")}) {
    const Answer answer = ask(text, {passage("", "", text), passage("T", "H", "")});
    CHECK(answer.confidence >= 0);
    CHECK(answer.confidence <= 1);
  }
}

TEST_CASE("citations of a model's words: supported sentences with their source, others without") {
  const auto passages = shop();
  const auto cited =
      cite("You may return everything within 60 days of delivery. We also sell penguins and polar bears to zoos.", passages);
  REQUIRE(cited.size() == 1);
  CHECK(cited[0].title == "Returns");
  CHECK(cited[0].quote == "You can return everything within 60 days of delivery.");
  CHECK(cite("You may return everything within 90 days of delivery.", passages).empty());
  CHECK(cite("", passages).empty());
  CHECK(cite("You may return everything.", {}).empty());
}

TEST_CASE("the sample help centre: right quotes for its questions, refusals for what it does not say") {
  ManualClock clock(test::kStart);
  auto database = store::open_database({.url = "sqlite::memory:", .clock = &clock});
  store::migrate(*database);
  const Scope scope = identity::system_scope(OrganizationId::random(), "test");
  const KnowledgeBaseId base = test::helpcentre_base(*database, scope, {"en", "de", "es"});
  knowledge::Indexes indexes;
  const auto answered = [&](const std::string& text) {
    const Question question{.text = text, .previous_text = {}, .language = {}};
    const auto found =
        knowledge::retrieve(scope, *database, indexes, {base}, {.query = retrieval_query(question), .top_k = 8, .language = {}});
    return answer_extractively(question, found.passages, {});
  };
  std::size_t right = 0;
  std::size_t asked = 0;
  for (const test::HelpcentreQuestion& question : test::helpcentre_questions()) {
    ++asked;
    const Answer answer = answered(question.question);
    const bool holds = answer.text.find(question.expected) != std::string::npos;
    right += holds ? 1 : 0;
    if (!holds) {
      std::printf("  %s %.2f [%s] %s\n      wanted: %s\n      got: %s\n", std::string(wire_name(answer.outcome)).c_str(),
                  answer.confidence, question.language.c_str(), question.question.c_str(), question.expected.c_str(),
                  answer.text.c_str());
    }
  }
  const Answer gift_cards = answered("Do gift cards expire?");
  REQUIRE(gift_cards.outcome == Outcome::answer);
  CHECK(gift_cards.citations.at(0).title == "Gift cards");
  std::size_t refused = 0;
  std::size_t foreign = 0;
  for (const char* text : {"What is the capital of France?",
                           "Who is the president of the United States?",
                           "Do you sell fresh fish?",
                           "Can you write a poem about the sea?",
                           "How do I file my income tax?",
                           "What is the weather in Berlin tomorrow?",
                           "Which antibiotics help against pneumonia?",
                           "How tall is Mount Everest?",
                           "Do you have jobs for software engineers?",
                           "Is your company listed on the stock exchange?",
                           "How do I install Linux?",
                           "Can I rent a kayak?",
                           "Wer hat die Fußballweltmeisterschaft gewonnen?",
                           "Wie backe ich einen Apfelkuchen?",
                           "Verkaufen Sie Autoreifen?",
                           "Wie hoch ist der Mount Everest?",
                           "¿Cuál es la capital de Portugal?",
                           "¿Venden ustedes coches usados?",
                           "¿Cómo se prepara una paella?",
                           "¿Quién escribió Don Quijote?"}) {
    ++foreign;
    const Answer answer = answered(text);
    refused += answer.outcome == Outcome::refused ? 1 : 0;
    if (answer.outcome != Outcome::refused)
      std::printf("  not refused %.2f: %s -> %s\n", answer.confidence, text, answer.text.c_str());
  }
  std::printf("help centre: %zu of %zu questions answered with the expected words, %zu of %zu foreign questions refused\n", right,
              asked, refused, foreign);
  CHECK(static_cast<double>(right) >= 0.8 * static_cast<double>(asked));
  CHECK(static_cast<double>(refused) >= 0.9 * static_cast<double>(foreign));
}

}  // namespace guildhall::models
