// Two lists of candidates become one order (contracts/support-partner.md §2.5 point 4): arithmetic alone.
#pragma once

#include <optional>
#include <vector>

#include "knowledge/dense.h"

namespace guildhall::knowledge {

inline constexpr double kReciprocalRankOffset = 60;

struct FusionEntry {
  std::optional<double> lexical;  ///< absent: not among the lexical candidates
  std::optional<double> cosine;   ///< absent: not among the dense ones
  /// Of its base; absent where the base is not searched by vectors: its words count alone.
  std::optional<double> dense_weight;
};

/// One score per entry, comparable within the call. Weighted: each list min-max normalised to 0–1 (all equal: 1, absent: 0), then
/// the weighted sum. Reciprocal rank: 1/(60 + rank) of each list, equal scores sharing the better rank, weighted 1 and 1.
std::vector<double> fused_scores(const std::vector<FusionEntry>& entries, Fusion fusion);

}  // namespace guildhall::knowledge
