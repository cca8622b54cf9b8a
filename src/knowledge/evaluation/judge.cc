// One answer against one case: what of the gold was found, cited and said.
#include <algorithm>
#include <cmath>

#include "base/text.h"
#include "evaluation/matching.h"
#include "knowledge/language.h"
#include "knowledge/scores.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kRanks = 10;

/// Binary gains: a passage counts once, at the first rank where it brings gold no better passage brought.
double ndcg(const std::vector<Gold>& gold, const std::vector<Evidence>& passages) {
  std::vector<bool> is_found(gold.size(), false);
  double gained = 0;
  for (std::size_t rank = 0; rank < std::min(passages.size(), kRanks); ++rank) {
    bool is_new = false;
    for (std::size_t i = 0; i < gold.size(); ++i) {
      if (is_found[i] || !holds_gold(passages[rank], gold[i])) continue;
      is_found[i] = is_new = true;
    }
    if (is_new) gained += 1 / std::log2(static_cast<double>(rank) + 2);
  }
  double ideal = 0;
  for (std::size_t rank = 0; rank < std::min(gold.size(), kRanks); ++rank) ideal += 1 / std::log2(static_cast<double>(rank) + 2);
  return ideal == 0 ? 0 : gained / ideal;
}

void measure_passages(CaseResult& result, const Observation& seen) {
  const auto& gold = result.tested.gold;
  for (std::size_t rank = 0; rank < std::min(seen.passages.size(), kRanks) && !result.gold_rank; ++rank)
    if (holds_any_gold(seen.passages[rank], gold)) result.gold_rank = static_cast<std::int64_t>(rank) + 1;
  result.ndcg_at_10 = ndcg(gold, seen.passages);
  if (!seen.retrievals || gold.empty()) return;
  result.retrieval = RetrievalScores{seen.retrievals->settings, ndcg(gold, seen.retrievals->lexical), std::nullopt};
  if (seen.retrievals->hybrid) result.retrieval->hybrid = ndcg(gold, *seen.retrievals->hybrid);
}

void measure_citations(CaseResult& result, const Observation& seen) {
  result.citations = static_cast<std::int64_t>(seen.citations.size());
  for (const Evidence& citation : seen.citations)
    if (cites_gold(citation, seen.passages, result.tested.gold)) ++result.citations_right;
}

/// What the outcome is instead of an answer; empty for an answer.
std::string_view instead_of_answer(std::string_view outcome) {
  if (outcome == "answer") return {};
  if (outcome == "clarification") return "clarified";
  if (outcome == "greeting") return "greeted";
  if (outcome == "handover") return "handed_over";
  return outcome;
}

void judge_outcome(CaseResult& result) {
  if (result.outcome == "error") {
    result.failures.emplace_back("error");
    return;
  }
  switch (result.tested.expect) {
    case Expectation::refuse:
      if (result.outcome != "refused") result.failures.emplace_back("not_refused");
      return;
    case Expectation::handover:
      if (result.outcome != "handover") result.failures.emplace_back("not_handed_over");
      return;
    case Expectation::answer: break;
  }
  const auto instead = instead_of_answer(result.outcome);
  if (!instead.empty()) {
    result.failures.emplace_back(instead);
  } else if (!result.tested.gold.empty() && result.citations_right == 0) {
    result.failures.emplace_back(result.citations == 0 ? "no_citation" : "wrong_citation");
  }
}

void judge_text(CaseResult& result) {
  if (result.outcome == "error") return;
  const std::string said = comparable(result.answer);
  const auto says = [&](const std::string& text) { return said.find(comparable(text)) != std::string::npos; };
  const auto& tested = result.tested;
  if (!std::all_of(tested.must_contain.begin(), tested.must_contain.end(), says)) result.failures.emplace_back("missing_text");
  if (std::any_of(tested.must_not_contain.begin(), tested.must_not_contain.end(), says))
    result.failures.emplace_back("forbidden_text");
}

}  // namespace

CaseResult judge(EvaluationCaseId id, const EvaluationCase& tested, const Observation& seen) {
  CaseResult result;
  result.id = id;
  result.tested = tested;
  result.outcome = seen.outcome;
  result.answer = seen.answer;
  result.language = seen.language.empty() && !seen.answer.empty() ? detect_language(seen.answer) : seen.language;
  result.confidence = seen.confidence;
  result.latency_ms = seen.latency_ms;
  result.error = seen.error;
  measure_passages(result, seen);
  measure_citations(result, seen);
  judge_outcome(result);
  judge_text(result);
  return result;
}

}  // namespace guildhall::knowledge
