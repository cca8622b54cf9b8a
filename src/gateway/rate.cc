// The generic cell rate algorithm on sharded buckets.
#include "rate.h"

#include <algorithm>

#include "base/hash.h"

namespace guildhall::gateway {
namespace {

constexpr std::size_t kTakesPerSweep = 65'536;

std::int64_t whole_seconds_up(std::int64_t us) {
  return (us + kMicrosecondsPerSecond - 1) / kMicrosecondsPerSecond;
}

}  // namespace

RateLimit rate_limit(const Decimal& per_second, std::int64_t burst) {
  const Decimal interval = divided(Decimal(kMicrosecondsPerSecond), per_second, 0, Rounding::away);
  return {.interval_us = interval.units(0, Rounding::away), .burst = std::max<std::int64_t>(burst, 1)};
}

RateBuckets::Verdict RateBuckets::take(std::string_view bucket, const RateLimit& limit, std::int64_t now_us) {
  Shard& shard = shards_[mix64(bucket) % shards_.size()];
  const std::lock_guard lock(shard.mutex);
  if (++shard.takes % kTakesPerSweep == 0) sweep(shard, now_us);
  auto found = shard.empty_at_us.find(bucket);
  if (found == shard.empty_at_us.end()) found = shard.empty_at_us.emplace(std::string(bucket), now_us).first;

  const std::int64_t empty_at = std::max(found->second, now_us);
  const std::int64_t room_us = limit.interval_us * limit.burst;
  const std::int64_t after = empty_at + limit.interval_us;
  Verdict verdict;
  verdict.state.limit = limit.burst;
  if (after - now_us > room_us) {
    verdict.state.retry_after_s = std::max<std::int64_t>(1, whole_seconds_up(after - now_us - room_us));
    verdict.state.reset_s = whole_seconds_up(empty_at - now_us);
    return verdict;
  }
  found->second = after;
  verdict.admitted = true;
  verdict.state.remaining = (room_us - (after - now_us)) / limit.interval_us;
  verdict.state.reset_s = whole_seconds_up(after - now_us);
  return verdict;
}

void RateBuckets::sweep(std::int64_t now_us) {
  for (Shard& shard : shards_) {
    const std::lock_guard lock(shard.mutex);
    sweep(shard, now_us);
  }
}

void RateBuckets::sweep(Shard& shard, std::int64_t now_us) {
  std::erase_if(shard.empty_at_us, [&](const auto& bucket) { return bucket.second <= now_us; });
}

}  // namespace guildhall::gateway
