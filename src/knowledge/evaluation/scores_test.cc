// Scores against values worked out by hand.
#include "knowledge/scores.h"

#include <doctest/doctest.h>

#include <cmath>

namespace guildhall::knowledge {
namespace {

EvaluationCaseId id_of(int n) {
  EvaluationCaseId id;
  id.uuid.bytes[15] = static_cast<std::uint8_t>(n);
  id.uuid.bytes[0] = 1;
  return id;
}

Evidence place(std::string document, std::vector<std::string> headings = {}, std::string text = {}) {
  return {{std::move(document)}, std::move(headings), std::nullopt, std::move(text)};
}

/// Ten passages of other documents, with `document` at a rank from 1; 0: nowhere.
std::vector<Evidence> ranked(std::size_t rank) {
  std::vector<Evidence> passages;
  for (std::size_t i = 1; i <= 10; ++i) passages.push_back(place(i == rank ? "returns.md" : "other-" + std::to_string(i)));
  return passages;
}

EvaluationCase answerable(std::string question = "q", std::string language = "en") {
  EvaluationCase tested;
  tested.question = std::move(question);
  tested.language = std::move(language);
  tested.gold = {{.document = "returns.md", .heading = {}, .page = {}, .quote = {}}};
  return tested;
}

EvaluationCase unanswerable(std::string language = "en") {
  EvaluationCase tested;
  tested.question = "q";
  tested.language = std::move(language);
  tested.expect = Expectation::refuse;
  return tested;
}

Observation answered(std::size_t rank, std::string language = "en") {
  Observation seen;
  seen.outcome = "answer";
  seen.answer = "You may return it.";
  seen.language = std::move(language);
  seen.confidence = 0.9;
  seen.passages = ranked(rank);
  seen.citations = {place("returns.md")};
  seen.latency_ms = 10;
  return seen;
}

Observation refused(double confidence = 0.1) {
  Observation seen;
  seen.outcome = "refused";
  seen.answer = "I do not know.";
  seen.language = "en";
  seen.confidence = confidence;
  seen.latency_ms = 5;
  return seen;
}

std::vector<const CaseResult*> pointers(const std::vector<CaseResult>& results) {
  std::vector<const CaseResult*> all;
  for (const auto& result : results) all.push_back(&result);
  return all;
}

CaseResult with_confidence(int n, bool is_answerable, double confidence) {
  auto seen = is_answerable ? answered(1) : refused();
  seen.confidence = confidence;
  return judge(id_of(n), is_answerable ? answerable() : unanswerable(), seen);
}

}  // namespace

TEST_CASE("hits count the rank of the first passage with gold: 1, 3, 6 and nowhere") {
  std::vector<CaseResult> results;
  for (const std::size_t rank : {1u, 3u, 6u, 0u}) results.push_back(judge(id_of(int(rank)), answerable(), answered(rank)));
  CHECK(results[0].gold_rank == 1);
  CHECK(results[2].gold_rank == 6);
  CHECK_FALSE(results[3].gold_rank);
  const Scores scores = scores_of(pointers(results));
  CHECK(scores.hit_at_1 == doctest::Approx(0.25));
  CHECK(scores.hit_at_5 == doctest::Approx(0.5));
  // (1 + 1/log2 4 + 1/log2 7 + 0) / 4
  CHECK(scores.ndcg_at_10 == doctest::Approx((1 + 0.5 + 0.356207) / 4).epsilon(1e-5));
}

TEST_CASE("nDCG at 10 with two places of gold: ranks 1 and 3 give 0.9197, the same passage twice counts once") {
  EvaluationCase tested = answerable();
  tested.gold = {{.document = "a", .heading = "One", .page = {}, .quote = {}},
                 {.document = "a", .heading = "Two", .page = {}, .quote = {}}};
  Observation seen = answered(0);
  seen.passages = {place("a", {"One"}), place("b"), place("a", {"Two"})};
  CHECK(judge(id_of(1), tested, seen).ndcg_at_10 == doctest::Approx(1.5 / 1.6309297).epsilon(1e-6));
  seen.passages = {place("a", {"One"}), place("a", {"One"}), place("b")};
  CHECK(judge(id_of(1), tested, seen).ndcg_at_10 == doctest::Approx(1 / 1.6309297).epsilon(1e-6));
  seen.passages = {place("a", {"One"}), place("a", {"Two"})};
  CHECK(judge(id_of(1), tested, seen).ndcg_at_10 == doctest::Approx(1));
  seen.passages.clear();
  CHECK(judge(id_of(1), tested, seen).ndcg_at_10 == 0);
}

TEST_CASE("gold is found by any name of its document and narrowed by heading, page or quote") {
  const Evidence passage{{"3f0c2c9e-8a8f-4d3e-9b43-0d6a8d0b7a11", "docs/returns.md", "Returns", "https://shop.example/returns"},
                         {"Help", "Sending it back"},
                         7,
                         "You  may return\neverything within SIXTY days.\n## Damaged goods\nCall us."};
  const auto finds = [&](Gold gold) {
    EvaluationCase tested = answerable();
    tested.gold = {std::move(gold)};
    Observation seen = answered(0);
    seen.passages = {passage};
    return judge(id_of(1), tested, seen).gold_rank.has_value();
  };
  CHECK(finds({"returns.md", {}, {}, {}}));
  CHECK(finds({"docs/returns.md", {}, {}, {}}));
  CHECK(finds({"RETURNS", {}, {}, {}}));
  CHECK(finds({"https://shop.example/returns", {}, {}, {}}));
  CHECK(finds({"3f0c2c9e-8a8f-4d3e-9b43-0d6a8d0b7a11", {}, {}, {}}));
  CHECK_FALSE(finds({"turns.md", {}, {}, {}}));
  CHECK_FALSE(finds({"", {}, {}, {}}));
  CHECK(finds({"returns.md", "sending  it back", {}, {}}));
  CHECK_FALSE(finds({"returns.md", "Shipping", {}, {}}));
  CHECK(finds({"returns.md", "Damaged goods", {}, {}}));
  CHECK(finds({"returns.md", {}, 7, {}}));
  CHECK_FALSE(finds({"returns.md", {}, 8, {}}));
  CHECK(finds({"returns.md", {}, {}, "return everything within sixty days"}));
  CHECK_FALSE(finds({"returns.md", {}, {}, "within ninety days"}));
}

TEST_CASE("citation precision is of citations, and an answer that cites nothing counts as one wrong") {
  std::vector<CaseResult> results;
  Observation seen = answered(1);
  seen.citations = {place("returns.md"), place("other")};
  results.push_back(judge(id_of(1), answerable(), seen));
  CHECK(results.back().citations_right == 1);
  CHECK(results.back().passed());
  seen.citations = {place("other")};
  results.push_back(judge(id_of(2), answerable(), seen));
  CHECK(results.back().failures == std::vector<std::string>{"wrong_citation"});
  CHECK(scores_of(pointers(results)).citation_precision == doctest::Approx(1.0 / 3));
  seen.citations.clear();
  results.push_back(judge(id_of(3), answerable(), seen));
  CHECK(results.back().failures == std::vector<std::string>{"no_citation"});
  CHECK(scores_of(pointers(results)).citation_precision == doctest::Approx(1.0 / 4));
}

TEST_CASE("a quote that is part of the passage with gold is a right citation") {
  EvaluationCase tested = answerable();
  tested.gold = {{.document = "returns.md", .heading = {}, .page = {}, .quote = "within sixty days"}};
  Observation seen = answered(0);
  seen.passages = {place("returns.md", {}, "Everything may come back within sixty days. We pay the postage.")};
  seen.citations = {place("returns.md", {}, "We pay the postage.")};
  CHECK(judge(id_of(1), tested, seen).citations_right == 1);
  seen.citations = {place("other.md", {}, "We pay the postage.")};
  CHECK(judge(id_of(1), tested, seen).citations_right == 0);
}

TEST_CASE("refusals: 3 expected, 2 came, 1 came unasked: precision 2/3, recall 2/3, answered 1/2") {
  std::vector<CaseResult> results;
  results.push_back(judge(id_of(1), unanswerable(), refused()));
  results.push_back(judge(id_of(2), unanswerable(), refused()));
  results.push_back(judge(id_of(3), unanswerable(), answered(1)));
  results.push_back(judge(id_of(4), answerable(), refused()));
  results.push_back(judge(id_of(5), answerable(), answered(1)));
  const Scores scores = scores_of(pointers(results));
  CHECK(scores.refusal_precision == doctest::Approx(2.0 / 3));
  CHECK(scores.refusal_recall == doctest::Approx(2.0 / 3));
  CHECK(scores.answered_when_answerable == doctest::Approx(0.5));
  CHECK(scores.cases == 5);
  CHECK(scores.passed == 3);
  CHECK(results[2].failures == std::vector<std::string>{"not_refused"});
  CHECK(results[3].failures == std::vector<std::string>{"refused"});
}

TEST_CASE("each way not to answer has its name") {
  const auto failure = [](const std::string& outcome, Expectation expect) {
    EvaluationCase tested;
    tested.question = "q";
    tested.expect = expect;
    Observation seen = refused();
    seen.outcome = outcome;
    const auto result = judge(id_of(1), tested, seen);
    return result.failures.empty() ? std::string("passed") : result.failures.front();
  };
  CHECK(failure("answer", Expectation::answer) == "passed");
  CHECK(failure("refused", Expectation::answer) == "refused");
  CHECK(failure("clarification", Expectation::answer) == "clarified");
  CHECK(failure("greeting", Expectation::answer) == "greeted");
  CHECK(failure("handover", Expectation::answer) == "handed_over");
  CHECK(failure("error", Expectation::answer) == "error");
  CHECK(failure("refused", Expectation::refuse) == "passed");
  CHECK(failure("clarification", Expectation::refuse) == "not_refused");
  CHECK(failure("error", Expectation::refuse) == "error");
  CHECK(failure("handover", Expectation::handover) == "passed");
  CHECK(failure("refused", Expectation::handover) == "not_handed_over");
}

TEST_CASE("texts that must and must not be said are compared folded and with joined white space") {
  EvaluationCase tested = answerable();
  tested.must_contain = {"SIXTY days"};
  tested.must_not_contain = {"ninety"};
  Observation seen = answered(1);
  seen.answer = "Within sixty\n  days.";
  CHECK(judge(id_of(1), tested, seen).passed());
  seen.answer = "Within Ninety days.";
  CHECK(judge(id_of(1), tested, seen).failures == std::vector<std::string>{"missing_text", "forbidden_text"});
}

TEST_CASE("language match compares primary subtags and leaves out what nobody knows") {
  std::vector<CaseResult> results;
  results.push_back(judge(id_of(1), answerable("q", "pt-BR"), answered(1, "pt")));
  results.push_back(judge(id_of(2), answerable("q", "de"), answered(1, "en")));
  results.push_back(judge(id_of(3), answerable("q", ""), answered(1, "en")));
  results.push_back(judge(id_of(4), answerable("q", "de"), answered(1, "und")));
  CHECK(scores_of(pointers(results)).language_match == doctest::Approx(0.5));
  Observation unsaid = answered(1, "");
  unsaid.answer = "Sie können die Ware innerhalb von sechzig Tagen an uns zurücksenden.";
  CHECK(judge(id_of(5), answerable("q", "de"), unsaid).language == "de");
}

TEST_CASE("latency is by nearest rank over cases without error; nothing measured is null, not zero") {
  std::vector<CaseResult> results;
  for (int i = 1; i <= 20; ++i) {
    Observation seen = answered(1);
    seen.latency_ms = i * 10;
    results.push_back(judge(id_of(i), answerable(), seen));
  }
  Observation error;
  error.outcome = "error";
  error.latency_ms = 100'000;
  error.error = "upstream_error: no model";
  results.push_back(judge(id_of(21), answerable(), error));
  const Scores scores = scores_of(pointers(results));
  CHECK(scores.latency_ms_p50 == 100);
  CHECK(scores.latency_ms_p95 == 190);
  CHECK(scores.errors == 1);
  const Scores none = scores_of({});
  CHECK_FALSE(none.hit_at_1);
  CHECK_FALSE(none.refusal_recall);
  CHECK(none.latency_ms_p95 == 0);
  CHECK(to_json(report_on({})).at("total").at("hit_at_5").is_null());
}

TEST_CASE("a report has every language by its primary subtag and the total") {
  const auto report = report_on(
      {judge(id_of(1), answerable("q", "de"), answered(1, "de")), judge(id_of(2), answerable("q", "de-AT"), answered(0, "de")),
       judge(id_of(3), answerable("q", "en"), answered(1, "en")), judge(id_of(4), answerable("q", ""), answered(1, "en"))});
  CHECK(report.by_language.size() == 2);
  CHECK(report.by_language.at("de").hit_at_5 == doctest::Approx(0.5));
  CHECK(report.by_language.at("en").hit_at_5 == doctest::Approx(1));
  CHECK(report.total.hit_at_5 == doctest::Approx(0.75));
  CHECK(report.total.cases == 4);
}

TEST_CASE("the threshold is chosen on one half and reported on the other") {
  // By id, every second one: answerable 1, 3 | 2, 4 and unanswerable 11, 13 | 12, 14.
  const std::vector<CaseResult> results{with_confidence(1, true, 0.8),   with_confidence(2, true, 0.9),
                                        with_confidence(3, true, 0.6),   with_confidence(4, true, 0.3),
                                        with_confidence(11, false, 0.2), with_confidence(12, false, 0.1),
                                        with_confidence(13, false, 0.4), with_confidence(14, false, 0.55)};
  const auto report = choose_threshold(results);
  REQUIRE(report);
  CHECK(report->threshold == doctest::Approx(0.5));  // half way between 0.4 and 0.6
  CHECK(report->chosen_on.cases == 4);
  CHECK(report->chosen_on.mean() == doctest::Approx(1));
  CHECK(report->reported_on.answered_when_answerable == doctest::Approx(0.5));
  CHECK(report->reported_on.refusal_recall == doctest::Approx(0.5));
  // Pairs won: 0.8 and 0.9 beat 4 each, 0.6 beats 4, 0.3 beats 2: 14 of 16.
  CHECK(report->auc == doctest::Approx(14.0 / 16));
  CHECK_FALSE(choose_threshold({results[0], results[4], results[5]}));
}

TEST_CASE("equal confidences are half a win, and of equal thresholds the one nearest to a half is taken") {
  const auto same = choose_threshold({with_confidence(1, true, 0.5), with_confidence(2, true, 0.5),
                                      with_confidence(3, false, 0.5), with_confidence(4, false, 0.5)});
  REQUIRE(same);
  CHECK(same->auc == doctest::Approx(0.5));
  CHECK(same->chosen_on.mean() == doctest::Approx(0.5));
  CHECK(same->threshold == 0);
  const auto wide = choose_threshold(
      {with_confidence(1, true, 1), with_confidence(2, true, 1), with_confidence(3, false, 0), with_confidence(4, false, 0)});
  CHECK(wide->threshold == doctest::Approx(0.5));
}

TEST_CASE("a result reads back as it was written") {
  EvaluationCase tested = answerable("What?", "en");
  tested.gold = {{.document = "a", .heading = {}, .page = 3, .quote = {}}};
  tested.must_contain = {"x|y"};
  tested.required = true;
  Observation seen = answered(0);
  seen.citations.clear();
  const CaseResult result = judge(id_of(9), tested, seen);
  const auto back = result_of_json(json::parse_or_refuse(json::write(to_json(result))));
  REQUIRE(back);
  CHECK(back->tested == result.tested);
  CHECK(back->id == result.id);
  CHECK(back->failures == result.failures);
  CHECK(back->outcome == "answer");
  CHECK(back->latency_ms == 10);
  CHECK(json::write(to_json(*back)) == json::write(to_json(result)));
  CHECK_FALSE(result_of_json(json::Value("text")));
  CHECK_FALSE(result_of_json(json::Object{{"question", "q"}}));
}

}  // namespace guildhall::knowledge
