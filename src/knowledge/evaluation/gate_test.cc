// Comparison of two runs, and what the gate lets through: at the limit and one past it.
#include <doctest/doctest.h>

#include "knowledge/scores.h"

namespace guildhall::knowledge {
namespace {

EvaluationCaseId numbered(int n) {
  EvaluationCaseId id;
  id.uuid.bytes[0] = 1;
  id.uuid.bytes[14] = static_cast<std::uint8_t>(n / 256);
  id.uuid.bytes[15] = static_cast<std::uint8_t>(n % 256);
  return id;
}

/// A gold case whose passage was found, or was not, answered with a right citation.
CaseResult found(int n, bool is_found, bool is_required = false) {
  CaseResult result;
  result.id = numbered(n);
  result.tested.question = "question " + std::to_string(n);
  result.tested.language = "en";
  result.tested.gold = {{.document = "a", .heading = {}, .page = {}, .quote = {}}};
  result.tested.required = is_required;
  result.outcome = "answer";
  result.language = "en";
  if (is_found) result.gold_rank = 1;
  result.citations = result.citations_right = 1;
  return result;
}

CaseResult refusal(int n, bool is_refused) {
  CaseResult result;
  result.id = numbered(n);
  result.tested.expect = Expectation::refuse;
  result.outcome = is_refused ? "refused" : "answer";
  if (!is_refused) result.failures = {"not_refused"};
  return result;
}

/// `total` gold cases of which the first `misses` are not found.
std::vector<CaseResult> hits(int total, int misses) {
  std::vector<CaseResult> results;
  for (int n = 0; n < total; ++n) results.push_back(found(n, n >= misses));
  return results;
}

}  // namespace

TEST_CASE("a fall of hit@5 needs more than two points and at least two cases") {
  const auto passes = [](int total, int misses) {
    const auto live = hits(total, 0);
    return judge_gate({}, &live, hits(total, misses)).passes();
  };
  CHECK(passes(10, 1));        // ten points, one case
  CHECK_FALSE(passes(10, 2));  // twenty points, two cases
  CHECK(passes(100, 2));       // exactly two points
  CHECK_FALSE(passes(100, 3));
  CHECK(passes(200, 4));  // exactly two points, four cases
  CHECK_FALSE(passes(200, 5));
}

TEST_CASE("what was won elsewhere counts against what was lost") {
  auto live = hits(20, 0);
  auto candidate = hits(20, 3);
  live[10] = found(10, false);
  live[11] = found(11, false);
  // Three lost, two won: one case net.
  CHECK(judge_gate({}, &live, candidate).passes());
  live[11] = found(11, true);
  const auto verdict = judge_gate({}, &live, candidate);
  REQUIRE(verdict.failures.size() == 1);
  CHECK(verdict.failures[0].reason == "fell");
  CHECK(verdict.failures[0].metric == "hit_at_5");
  CHECK(verdict.failures[0].before == doctest::Approx(0.95));
  CHECK(verdict.failures[0].after == doctest::Approx(0.85));
  CHECK(verdict.case_ids == std::vector<EvaluationCaseId>{numbered(0), numbered(1), numbered(2)});
}

TEST_CASE("refusal recall, citation precision and language match are watched; nothing else is") {
  const auto verdict_after = [](auto&& spoil) {
    auto live = hits(10, 0);
    for (int n = 100; n < 110; ++n) live.push_back(refusal(n, true));
    auto candidate = live;
    spoil(candidate);
    return judge_gate({}, &live, candidate);
  };
  const auto metric_of = [](const GateVerdict& verdict) {
    return verdict.failures.empty() ? std::string("none") : verdict.failures.front().metric;
  };
  CHECK(metric_of(verdict_after([](auto& c) { c[10] = refusal(100, false), c[11] = refusal(101, false); })) == "refusal_recall");
  CHECK(metric_of(verdict_after([](auto& c) { c[0].citations_right = c[1].citations_right = 0; })) == "citation_precision");
  CHECK(metric_of(verdict_after([](auto& c) { c[0].language = c[1].language = "de"; })) == "language_match");
  CHECK(metric_of(verdict_after([](auto& c) { c[0].gold_rank = c[1].gold_rank = c[2].gold_rank = 4; })) == "none");
  CHECK(metric_of(verdict_after([](auto& c) { c[0].latency_ms = c[1].latency_ms = 60'000; })) == "none");
}

TEST_CASE("a floor holds even when the live version stands as low; a metric nobody measured is not judged") {
  const auto low = hits(10, 4);
  const auto verdict = judge_gate({0.7, {}, {}, {}}, &low, low);
  REQUIRE(verdict.failures.size() == 1);
  CHECK(verdict.failures[0].reason == "below_floor");
  CHECK(verdict.failures[0].after == doctest::Approx(0.6));
  CHECK(verdict.failures[0].floor == doctest::Approx(0.7));
  CHECK(verdict.case_ids.size() == 4);
  CHECK(judge_gate({0.6, {}, {}, {}}, &low, low).passes());
  CHECK(judge_gate({{}, {}, 1.0, {}}, nullptr, low).passes());
}

TEST_CASE("a required case that fails blocks, with a live version and without") {
  auto candidate = hits(50, 0);
  candidate[7].tested.required = true;
  CHECK(judge_gate({}, nullptr, candidate).passes());
  candidate[7].failures = {"missing_text"};
  const auto verdict = judge_gate({}, nullptr, candidate);
  REQUIRE(verdict.failures.size() == 1);
  CHECK(verdict.failures[0].reason == "required_case");
  CHECK(verdict.case_ids == std::vector<EvaluationCaseId>{numbered(7)});
  CHECK_FALSE(judge_gate({}, &candidate, candidate).passes());
}

TEST_CASE("comparison names what became better, worse, stayed, came and went") {
  std::vector<CaseResult> before{found(1, true), found(2, true), found(3, true), found(4, true)};
  before[1].failures = {"refused"};
  std::vector<CaseResult> after{found(1, true), found(2, true), found(3, true), found(5, true)};
  after[0].failures = {"missing_text"};
  after[2].gold_rank = 1;
  const auto comparison = compare(before, after);
  REQUIRE(comparison.cases.size() == 5);
  CHECK(comparison.cases[0].change == Change::worse);
  CHECK(comparison.cases[0].failures_after == std::vector<std::string>{"missing_text"});
  CHECK(comparison.cases[1].change == Change::better);
  CHECK(comparison.cases[2].change == Change::same);
  CHECK(comparison.cases[3].change == Change::added);
  CHECK(comparison.cases[4].change == Change::removed);
  const auto summary = to_json(comparison).at("summary").get_object();
  CHECK(summary.at("worse") == 1);
  CHECK(summary.at("removed") == 1);
  after[2].gold_rank = 3;
  CHECK(compare(before, after).cases[2].change == Change::worse);
}

TEST_CASE("metrics are compared over the cases both runs have") {
  const auto before = hits(10, 0);
  auto after = hits(12, 0);
  after[10] = found(10, false);
  after[11] = found(11, false);
  for (const auto& change : compare(before, after).metrics)
    if (change.metric == "hit_at_5") {
      CHECK(change.before == doctest::Approx(1));
      CHECK(change.after == doctest::Approx(1));
    }
}

}  // namespace guildhall::knowledge
