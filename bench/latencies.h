// Latencies of many calls, kept in buckets of one percent so that a long run costs no more memory than a short one.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace guildhall::bench {

class Latencies {
 public:
  void add(std::int64_t us);
  std::int64_t count() const { return count_; }
  /// The latency that the given share of calls (0 to 1) did not exceed, to within one percent; 0 without calls.
  double percentile_us(double share) const;
  std::int64_t max_us() const { return max_us_; }

 private:
  static constexpr std::size_t kBuckets = 2'200;  ///< 1.01^2200 µs is more than 50 minutes
  std::array<std::int64_t, kBuckets> counts_{};
  std::int64_t count_ = 0;
  std::int64_t max_us_ = 0;
};

}  // namespace guildhall::bench
