// Means, ranks and thresholds.
#include "knowledge_scores.h"

#include <fmt/core.h>

#include <algorithm>
#include <cmath>

namespace guildhall::bench {
namespace {

double discounted_gain(std::size_t rank) {
  return 1 / std::log2(static_cast<double>(rank) + 1);
}

}  // namespace

void HalvedMean::add(double value, Half half) {
  for (const std::size_t i : {std::size_t{0}, half == Half::development ? std::size_t{1} : std::size_t{2}}) {
    sums_[i] += value;
    ++counts_[i];
  }
}

std::string HalvedMean::text() const {
  return fmt::format("{} ({} / {})", score_text(all()), score_text(development()), score_text(held_out()));
}

void RankingScores::add(const RetrievalSet& set, const KnowledgeQuery& query, const std::vector<std::size_t>& ranked) {
  double gain = 0;
  double found = 0;
  std::size_t first = 0;
  for (std::size_t i = 0; i < ranked.size() && i < 100; ++i) {
    if (std::find(query.gold.begin(), query.gold.end(), ranked[i]) == query.gold.end()) continue;
    found += 1;
    if (first == 0) first = i + 1;
    if (i < 10) gain += discounted_gain(i + 1);
  }
  double ideal = 0;
  for (std::size_t i = 1; i <= std::min<std::size_t>(query.gold.size(), 10); ++i) ideal += discounted_gain(i);
  ndcg_at_10.add(gain / ideal, query.half);
  hit_at_1.add(first == 1 ? 1 : 0, query.half);
  hit_at_5.add(first >= 1 && first <= 5 ? 1 : 0, query.half);
  recall_at_100.add(found / static_cast<double>(query.gold.size()), query.half);
  const bool matches = !ranked.empty() && set.texts[ranked.front()].language == query.language;
  language_match.add(matches ? 1 : 0, query.half);
}

double area_under_curve(const std::vector<Judged>& judged) {
  std::vector<Judged> sorted = judged;
  std::sort(sorted.begin(), sorted.end(), [](const Judged& a, const Judged& b) { return a.confidence < b.confidence; });
  double below = 0;
  double ordered = 0;
  double answerable = 0;
  for (std::size_t i = 0; i < sorted.size();) {
    double refusable_here = 0;
    double answerable_here = 0;
    const double confidence = sorted[i].confidence;
    for (; i < sorted.size() && sorted[i].confidence == confidence; ++i)
      (sorted[i].is_answerable ? answerable_here : refusable_here) += 1;
    ordered += answerable_here * (below + refusable_here / 2);
    below += refusable_here;
    answerable += answerable_here;
  }
  return below * answerable == 0 ? 0 : ordered / (below * answerable);
}

RefusalScores refusal_at(const std::vector<Judged>& judged, double threshold) {
  double answerable = 0;
  double answered = 0;
  double refused = 0;
  double refused_rightly = 0;
  for (const Judged& each : judged) {
    const bool is_refused = each.confidence < threshold;
    answerable += each.is_answerable ? 1 : 0;
    answered += each.is_answerable && !is_refused ? 1 : 0;
    refused += is_refused ? 1 : 0;
    refused_rightly += is_refused && !each.is_answerable ? 1 : 0;
  }
  const double unanswerable = static_cast<double>(judged.size()) - answerable;
  return {answered / std::max(answerable, 1.0), refused_rightly / std::max(unanswerable, 1.0),
          refused_rightly / std::max(refused, 1.0)};
}

double best_threshold(const std::vector<Judged>& judged) {
  std::vector<double> thresholds;
  for (const Judged& each : judged) thresholds.push_back(each.confidence);
  std::sort(thresholds.begin(), thresholds.end());
  thresholds.erase(std::unique(thresholds.begin(), thresholds.end()), thresholds.end());
  double best = 0;
  double best_mean = -1;
  for (const double threshold : thresholds) {
    const double mean = refusal_at(judged, threshold).mean();
    if (mean <= best_mean) continue;
    best_mean = mean;
    best = threshold;
  }
  return best;
}

std::string score_text(double score) {
  const std::string text = fmt::format("{:.3f}", score);
  return text.starts_with("0.") ? text.substr(1) : text;
}

std::string difference_text(double difference) {
  const bool is_negative = difference < -0.0005;
  return (is_negative ? "−" : "+") + score_text(std::abs(difference));
}

}  // namespace guildhall::bench
