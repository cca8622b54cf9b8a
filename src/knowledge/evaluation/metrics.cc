// Each metric's share of one case.
#include "evaluation/metrics.h"

#include <array>
#include <cmath>

#include "evaluation/matching.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

bool has_gold(const CaseResult& result) {
  return result.tested.expect == Expectation::answer && !result.tested.gold.empty();
}

Share one(bool is_got) {
  return {is_got ? 1.0 : 0.0, 1.0};
}

std::optional<Share> hit_at(const CaseResult& result, std::int64_t rank) {
  if (!has_gold(result)) return std::nullopt;
  return one(result.gold_rank && *result.gold_rank <= rank);
}

std::optional<Share> hit_at_1(const CaseResult& result) {
  return hit_at(result, 1);
}
std::optional<Share> hit_at_5(const CaseResult& result) {
  return hit_at(result, 5);
}

std::optional<Share> ndcg_at_10(const CaseResult& result) {
  if (!has_gold(result)) return std::nullopt;
  return Share{result.ndcg_at_10, 1};
}

/// An answer that cites nothing counts as one wrong citation, so that silence never looks precise.
std::optional<Share> citation_precision(const CaseResult& result) {
  if (!has_gold(result) || result.outcome != "answer") return std::nullopt;
  if (result.citations == 0) return one(false);
  return Share{static_cast<double>(result.citations_right), static_cast<double>(result.citations)};
}

std::optional<Share> refusal_precision(const CaseResult& result) {
  if (result.outcome != "refused") return std::nullopt;
  return one(result.tested.expect == Expectation::refuse);
}

std::optional<Share> refusal_recall(const CaseResult& result) {
  if (result.tested.expect != Expectation::refuse) return std::nullopt;
  return one(result.outcome == "refused");
}

std::optional<Share> answered_when_answerable(const CaseResult& result) {
  if (result.tested.expect != Expectation::answer) return std::nullopt;
  return one(result.outcome == "answer");
}

std::optional<Share> language_match(const CaseResult& result) {
  const std::string said = primary_language(result.language);
  if (result.outcome == "error" || result.tested.language.empty() || said.empty() || said == "und") return std::nullopt;
  return one(said == primary_language(result.tested.language));
}

constexpr std::array<Metric, 8> kMetrics{
    {{"hit_at_1", &Scores::hit_at_1, hit_at_1},
     {"hit_at_5", &Scores::hit_at_5, hit_at_5},
     {"ndcg_at_10", &Scores::ndcg_at_10, ndcg_at_10},
     {"citation_precision", &Scores::citation_precision, citation_precision},
     {"refusal_precision", &Scores::refusal_precision, refusal_precision},
     {"refusal_recall", &Scores::refusal_recall, refusal_recall},
     {"answered_when_answerable", &Scores::answered_when_answerable, answered_when_answerable},
     {"language_match", &Scores::language_match, language_match}}};

}  // namespace

std::span<const Metric> all_metrics() {
  return kMetrics;
}

std::optional<double> total_of(const Metric& metric, const std::vector<const CaseResult*>& results) {
  Share total;
  for (const CaseResult* result : results) {
    const auto share = metric.share(*result);
    if (!share) continue;
    total.got += share->got;
    total.of += share->of;
  }
  return total.of == 0 ? std::nullopt : std::optional(total.value());
}

json::Value printed_share(const std::optional<double>& value) {
  return value ? json::Value(std::round(*value * 10'000) / 10'000) : json::Value(nullptr);
}

}  // namespace guildhall::knowledge
