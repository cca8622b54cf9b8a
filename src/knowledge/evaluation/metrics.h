// The metrics as shares of each case: what totals, comparisons and the gate are all made of. Private to the evaluation.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "knowledge/scores.h"

namespace guildhall::knowledge {

/// What one case brings to a metric: `got` of `of`.
struct Share {
  double got = 0;
  double of = 0;
  double value() const { return got / of; }
};

struct Metric {
  std::string_view name;  ///< on the wire
  std::optional<double> Scores::* total;
  /// nullopt for a case that does not bear on the metric.
  std::optional<Share> (*share)(const CaseResult&);
};
std::span<const Metric> all_metrics();

/// Σ got ÷ Σ of; nullopt when no case bears on it.
std::optional<double> total_of(const Metric& metric, const std::vector<const CaseResult*>& results);

/// As reports print shares: four decimals.
json::Value printed_share(const std::optional<double>& value);

}  // namespace guildhall::knowledge
