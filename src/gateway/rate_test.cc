// Rates: never more than burst + rate·t admissions in any window (contracts/registry.md §11).
#include "rate.h"

#include <doctest/doctest.h>

#include <random>
#include <vector>

using namespace guildhall;
using namespace guildhall::gateway;

namespace {

int admitted_at_once(RateBuckets& buckets, const RateLimit& limit, int calls, std::int64_t now_us) {
  int admitted = 0;
  for (int i = 0; i < calls; ++i) admitted += buckets.take("key", limit, now_us).admitted ? 1 : 0;
  return admitted;
}

}  // namespace

TEST_CASE("rate 2 with its burst left out admits two of five at once (case 5.3)") {
  RateBuckets buckets;
  const RateLimit limit = rate_limit(Decimal(2), 2);
  CHECK(admitted_at_once(buckets, limit, 5, 1'000'000) == 2);
  const auto refused = buckets.take("key", limit, 1'000'000);
  CHECK_FALSE(refused.admitted);
  CHECK(refused.state.retry_after_s == 1);
  CHECK(refused.state.limit == 2);
  CHECK(refused.state.remaining == 0);
}

TEST_CASE("an admission comes back every 1/rate seconds, not before") {
  RateBuckets buckets;
  const RateLimit limit = rate_limit(Decimal(2), 1);
  CHECK(buckets.take("key", limit, 0).admitted);
  CHECK_FALSE(buckets.take("key", limit, 499'999).admitted);
  CHECK(buckets.take("key", limit, 500'000).admitted);
}

TEST_CASE("a full bucket tells how much is left") {
  RateBuckets buckets;
  const RateLimit limit = rate_limit(Decimal(5), 20);
  CHECK(buckets.take("key", limit, 0).state.remaining == 19);
  CHECK(buckets.take("key", limit, 0).state.remaining == 18);
  CHECK(buckets.take("another", limit, 0).state.remaining == 19);
}

TEST_CASE("in any window of a random history at most burst + rate * t are admitted") {
  const unsigned seed = 20'260'302;
  MESSAGE("seed " << seed);
  std::mt19937 random(seed);
  for (int round = 0; round < 50; ++round) {
    RateBuckets buckets;
    const std::int64_t rate = 1 + static_cast<std::int64_t>(random() % 50);
    const std::int64_t burst = 1 + static_cast<std::int64_t>(random() % 30);
    const RateLimit limit = rate_limit(Decimal(rate), burst);
    std::vector<std::int64_t> admissions;
    std::int64_t now = 0;
    for (int i = 0; i < 500; ++i) {
      now += static_cast<std::int64_t>(random() % 60'000);
      if (buckets.take("key", limit, now).admitted) admissions.push_back(now);
    }
    for (std::size_t first = 0; first < admissions.size(); ++first)
      for (std::size_t last = first; last < admissions.size(); ++last) {
        const std::int64_t window_us = admissions[last] - admissions[first];
        REQUIRE(static_cast<std::int64_t>(last - first + 1) <= burst + rate * window_us / kMicrosecondsPerSecond + 1);
      }
  }
}

TEST_CASE("sweeping forgets only buckets that are full again") {
  RateBuckets buckets;
  const RateLimit limit = rate_limit(Decimal(1), 1);
  CHECK(buckets.take("key", limit, 0).admitted);
  buckets.sweep(500'000);
  CHECK_FALSE(buckets.take("key", limit, 500'000).admitted);
  buckets.sweep(1'000'000);
  CHECK(buckets.take("key", limit, 1'000'000).admitted);
}
