// Question files: what reads, what is refused with line and field, and that export reads back.
#include <doctest/doctest.h>

#include <random>

#include "../limits.h"
#include "knowledge/question_sets.h"

namespace guildhall::knowledge {
namespace {

/// "line field: message" of the first problem.
std::string first_problem(std::string_view text) {
  const auto import = parse_questions(text);
  if (import.errors.empty()) return "none";
  const auto& error = import.errors.front();
  return std::to_string(error.line) + " " + error.field + ": " + error.message;
}

bool is_refused_at(std::string_view text, std::string_view where) {
  return first_problem(text).starts_with(where);
}

}  // namespace

TEST_CASE("CSV with every column, several texts in a cell, quotes and line breaks") {
  const auto import = parse_questions(
      "\xEF\xBB\xBFQuestion;language;expect;document;heading;page;quote;must_contain;must_not_contain;required\r\n"
      "\"How long; may I\nwait?\";en;answer;returns.md;Sending back;;;sixty days|free;ninety;yes\r\n"
      "\r\n"
      "Who won in 1966?;;refuse;;;;;;;\r\n"
      "A human, please;en;Handover;;;;;;\"[\"\"a|b\"\"]\";0\r\n"
      "Page?;en;;a.pdf;;3;;;;\r\n");
  REQUIRE(import.errors.empty());
  REQUIRE(import.cases.size() == 4);
  const auto& first = import.cases[0];
  CHECK(first.question == "How long; may I\nwait?");
  CHECK(first.gold == std::vector<Gold>{{"returns.md", "Sending back", {}, {}}});
  CHECK(first.must_contain == std::vector<std::string>{"sixty days", "free"});
  CHECK(first.must_not_contain == std::vector<std::string>{"ninety"});
  CHECK(first.required);
  CHECK(import.cases[1].expect == Expectation::refuse);
  CHECK_FALSE(import.cases[1].required);
  CHECK(import.cases[2].expect == Expectation::handover);
  CHECK(import.cases[2].must_not_contain == std::vector<std::string>{"a|b"});
  CHECK(import.cases[3].gold.front().page == 3);
}

TEST_CASE("JSON lines, with blank lines between") {
  const auto import =
      parse_questions(R"({"question":"One?","gold":[{"document":"a","quote":"q"},{"document":"b","page":2}],"required":true})"
                      "\n\n"
                      R"({"question":"Two?","expect":"refuse","must_contain":["x"]})"
                      "\r\n");
  REQUIRE(import.errors.empty());
  REQUIRE(import.cases.size() == 2);
  CHECK(import.cases[0].gold[1].page == 2);
  CHECK(import.cases[1].must_contain == std::vector<std::string>{"x"});
}

TEST_CASE("a problem names its line and field") {
  CHECK(is_refused_at("", "1 : holds no cases"));
  CHECK(is_refused_at("question\n", "1 : holds no cases"));
  CHECK(is_refused_at("\xFF\xFE", "1 : is not UTF-8"));
  CHECK(is_refused_at("text\nWhat?\n", "1 text: is not a column"));
  CHECK(is_refused_at("language\nen\n", "1 question: this column is required"));
  CHECK(is_refused_at("question,expect\nWhat?,answer\nWho?,guess\n", "3 expect: is answer, refuse or handover"));
  CHECK(is_refused_at("question\n\"two\nlines\"\n\"open", "4 : opens a quote"));
  CHECK(is_refused_at("question,language\na,b,c\n", "2 : has 3 cells under 2 columns"));
  CHECK(is_refused_at("question,language\nWhat?,not a tag!\n", "2 language: "));
  CHECK(is_refused_at("question,page,document\nWhat?,three,a\n", "2 page: "));
  CHECK(is_refused_at("question,page,document\nWhat?,0,a\n", "2 gold[0].page: counts from 1"));
  CHECK(is_refused_at("question,heading\nWhat?,Top\n", "2 gold[0].document: is required"));
  CHECK(is_refused_at("question,document,heading,quote\nWhat?,a,h,q\n", "2 gold[0]: names a heading, a page or a quote"));
  CHECK(is_refused_at("question,document,expect\nWhat?,a,refuse\n", "2 gold: belongs to a question that expects an answer"));
  CHECK(is_refused_at("question,required\nWhat?,maybe\n", "2 required: "));
  CHECK(is_refused_at("question,gold\nWhat?,nonsense\n", "2 gold: is not JSON"));
  CHECK(is_refused_at("question,gold\nWhat?,\"{\"\"document\"\":1}\"\n", "2 gold: must be an array"));
  CHECK(is_refused_at("question,must_contain\nWhat?,[1]\n", "2 must_contain: must be an array of texts"));
  CHECK(is_refused_at("question,must_contain\nWhat?,a||b\n", "2 must_contain: each text has 1 to"));
  CHECK(is_refused_at("question,language\n  ,en\n", "2 question: has 1 to"));
  CHECK(is_refused_at("{\"question\":\"ok\"}\n{\"question\":", "2 : is not JSON"));
  CHECK(is_refused_at("{\"question\":7}", "1 question: must be text"));
  CHECK(is_refused_at("{\"question\":\"q\",\"must_contains\":[]}", "1 must_contains: is not a field"));
  CHECK(is_refused_at("{\"question\":\"q\",\"gold\":[{\"document\":\"a\",\"page\":\"x\"}]}", "1 gold[0].page: must be a whole"));
  CHECK(is_refused_at("{\"question\":\"q\",\"gold\":[7]}", "1 gold[0].document: is required"));
  CHECK(is_refused_at("{\"question\":\"q\",\"required\":\"yes\"}", "1 required: is true or false"));
}

TEST_CASE("limits hold, and one past them is refused") {
  const auto question_of = [](std::size_t characters) { return "question\n" + std::string(characters, 'x') + "\n"; };
  CHECK(first_problem(question_of(kCaseQuestionCodePointsMax)) == "none");
  CHECK(is_refused_at(question_of(kCaseQuestionCodePointsMax + 1), "2 question: "));
  std::string lines;
  for (std::int64_t i = 0; i < kCasesPerSetMax; ++i) lines += "{\"question\":\"q" + std::to_string(i) + "\"}\n";
  CHECK(parse_questions(lines).cases.size() == 5'000);
  CHECK(is_refused_at(lines + "{\"question\":\"one more\"}\n{\"question\":\"two more\"}", "5001 : a set holds at most 5000"));
  CHECK(parse_questions(lines + "{\"question\":\"one more\"}\n{\"question\":\"two more\"}").errors.size() == 1);
  std::string bad = "question,expect\n";
  for (int i = 0; i < 150; ++i) bad += "q,guess\n";
  CHECK(parse_questions(bad).errors.size() == kImportErrorsMax);
}

TEST_CASE("what is exported reads back as it was, as CSV and as JSON lines") {
  EvaluationCase one;
  one.question = "Is it \"free\", or; not?\nSay.";
  one.language = "en";
  one.gold = {{.document = "a,b.md", .heading = "Top \"1\"", .page = {}, .quote = {}}};
  one.must_contain = {"a", "b"};
  one.must_not_contain = {"x|y", "[z"};
  one.required = true;
  EvaluationCase two;
  two.question = "¿Dónde?";
  two.gold = {{.document = "a", .heading = {}, .page = 2, .quote = {}},
              {.document = "b", .heading = {}, .page = {}, .quote = "q"}};
  EvaluationCase three;
  three.question = "返品できますか";
  three.language = "ja";
  three.expect = Expectation::refuse;
  const std::vector<EvaluationCase> cases{one, two, three};
  CHECK(parse_questions(cases_as_csv(cases)).cases == cases);
  CHECK(parse_questions(cases_as_json_lines(cases)).cases == cases);
}

TEST_CASE("whatever reads, exports and reads again as it was: 20,000 mutated files") {
  constexpr std::uint64_t kSeed = 20'260'302;
  CAPTURE(kSeed);
  std::mt19937_64 random(kSeed);
  const std::vector<std::string> files = {
      "question,language,expect,document,page,quote,must_contain,required\n\"A, "
      "\"\"b\"\"?\",en,answer,a.md,,q,x|y,yes\nB?,,refuse,,,,,\n",
      "question;gold;must_not_contain\nC?;\"[{\"\"document\"\":\"\"d\"\",\"\"page\"\":2},{\"\"document\"\":\"\"e\"\"}]\";["
      "\"\"z\"\"]\n",
      "{\"question\":\"D?\",\"gold\":[{\"document\":\"f\",\"heading\":\" h \"}],\"must_contain\":[\" "
      "u\",\"v|w\"]}\n{\"question\":\"E\"}\n"};
  constexpr std::string_view kPieces = "\"\\,;|\t\r\n{}[]: aé?#0";
  int read = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = files[random() % files.size()];
    for (auto changes = random() % 4 + 1; changes > 0; --changes) {
      const std::size_t at = random() % text.size();
      if (random() % 3 == 0)
        text.erase(at, random() % 3 + 1);
      else
        text.insert(at, 1, kPieces[random() % kPieces.size()]);
      if (text.empty()) text = "x";
    }
    const auto found = parse_questions(text);
    REQUIRE_MESSAGE((!found.cases.empty() || !found.errors.empty()), text);
    if (found.cases.empty()) continue;
    ++read;
    REQUIRE_MESSAGE(parse_questions(cases_as_csv(found.cases)).cases == found.cases, text);
    REQUIRE_MESSAGE(parse_questions(cases_as_json_lines(found.cases)).cases == found.cases, text);
  }
  CHECK(read > 5'000);
}

TEST_CASE("the same question in the same language is the same case, however it is written") {
  EvaluationCase one;
  one.question = "How  long?";
  one.language = "en";
  EvaluationCase two = one;
  two.question = "HOW LONG?";
  two.language = "en-GB";
  CHECK(case_id(one) == case_id(two));
  two.language = "de";
  CHECK(case_id(one) != case_id(two));
}

}  // namespace guildhall::knowledge
