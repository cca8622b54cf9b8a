// Counting latencies into buckets of one percent.
#include "latencies.h"

#include <algorithm>
#include <cmath>

namespace guildhall::bench {
namespace {

const double kLogOfStep = std::log(1.01);

}  // namespace

void Latencies::add(std::int64_t us) {
  const double position = us <= 1 ? 0.0 : std::ceil(std::log(static_cast<double>(us)) / kLogOfStep);
  ++counts_[std::min(static_cast<std::size_t>(position), kBuckets - 1)];
  ++count_;
  max_us_ = std::max(max_us_, us);
}

double Latencies::percentile_us(double share) const {
  const auto wanted = static_cast<std::int64_t>(std::ceil(share * static_cast<double>(count_)));
  std::int64_t seen = 0;
  for (std::size_t i = 0; i < kBuckets; ++i) {
    seen += counts_[i];
    if (seen >= wanted && seen > 0) return std::min(std::exp(static_cast<double>(i) * kLogOfStep), static_cast<double>(max_us_));
  }
  return 0;
}

}  // namespace guildhall::bench
