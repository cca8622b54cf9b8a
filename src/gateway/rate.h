// Rates by the generic cell rate algorithm: one instant per bucket says when it is empty again (contracts/registry.md §11).
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "gateway/admission.h"

namespace guildhall::gateway {

/// At most burst + rate·t admissions in any window of length t.
struct RateLimit {
  std::int64_t interval_us = 0;  ///< between two admissions at the sustained rate
  std::int64_t burst = 1;        ///< admissions at once
};

RateLimit rate_limit(const Decimal& per_second, std::int64_t burst);

/// Buckets by name, in shards so that callers seldom meet. Times are on monotonic_us().
class RateBuckets {
 public:
  struct Verdict {
    bool admitted = false;
    RateState state;
  };
  /// Takes one admission from the bucket, or takes nothing and says when to come back.
  Verdict take(std::string_view bucket, const RateLimit& limit, std::int64_t now_us);
  /// Forgets buckets that are full again.
  void sweep(std::int64_t now_us);

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };
  struct Shard {
    std::mutex mutex;
    std::unordered_map<std::string, std::int64_t, Hash, std::equal_to<>> empty_at_us;
    std::size_t takes = 0;
  };
  static void sweep(Shard& shard, std::int64_t now_us);
  std::array<Shard, 16> shards_;
};

}  // namespace guildhall::gateway
