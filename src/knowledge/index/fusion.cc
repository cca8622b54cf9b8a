// Raw scores are never added: each list is brought to its own scale first.
#include "index/fusion.h"

#include <algorithm>
#include <functional>
#include <limits>

namespace guildhall::knowledge {
namespace {

using Score = std::optional<double> FusionEntry::*;

std::vector<double> normalised(const std::vector<FusionEntry>& entries, Score list) {
  double low = std::numeric_limits<double>::infinity();
  double high = -low;
  for (const FusionEntry& entry : entries) {
    if (!(entry.*list)) continue;
    low = std::min(low, *(entry.*list));
    high = std::max(high, *(entry.*list));
  }
  std::vector<double> scores;
  for (const FusionEntry& entry : entries) {
    const auto& score = entry.*list;
    scores.push_back(!score ? 0 : high == low ? 1 : (*score - low) / (high - low));
  }
  return scores;
}

std::vector<double> reciprocal_ranks(const std::vector<FusionEntry>& entries, Score list) {
  std::vector<double> descending;
  for (const FusionEntry& entry : entries)
    if (entry.*list) descending.push_back(*(entry.*list));
  std::sort(descending.begin(), descending.end(), std::greater<>());
  std::vector<double> scores;
  for (const FusionEntry& entry : entries) {
    if (!(entry.*list)) {
      scores.push_back(0);
      continue;
    }
    const auto better = std::lower_bound(descending.begin(), descending.end(), *(entry.*list), std::greater<>());
    scores.push_back(1 / (kReciprocalRankOffset + static_cast<double>(better - descending.begin()) + 1));
  }
  return scores;
}

}  // namespace

std::vector<double> fused_scores(const std::vector<FusionEntry>& entries, Fusion fusion) {
  const bool is_weighted = fusion == Fusion::weighted;
  const auto list_scores = is_weighted ? normalised : reciprocal_ranks;
  std::vector<double> fused = list_scores(entries, &FusionEntry::lexical);
  const std::vector<double> dense = list_scores(entries, &FusionEntry::cosine);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    const auto& weight = entries[i].dense_weight;
    if (is_weighted) {
      fused[i] = weight ? (1 - *weight) * fused[i] + *weight * dense[i] : fused[i];
    } else {
      fused[i] += weight ? dense[i] : fused[i];
    }
  }
  return fused;
}

}  // namespace guildhall::knowledge
