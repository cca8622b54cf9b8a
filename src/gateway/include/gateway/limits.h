// Limits of admission (contracts/registry.md §10–11, contracts/runtime.md §8).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::gateway {

inline constexpr std::int64_t kAccessCacheUs = 500'000;
inline constexpr std::int64_t kFailedAuthenticationsPerMinute = 60;
inline constexpr std::int64_t kOrganizationRatePerSecond = 500;
inline constexpr std::int64_t kOrganizationBurst = 1'000;
inline constexpr std::int64_t kKeyRatePerSecondMax = 100;
inline constexpr std::int64_t kOrganizationRunsMax = 100;
inline constexpr std::int64_t kProcessRunsMax = 20'000;
inline constexpr std::int64_t kSlotWaitUs = 2'000'000;
inline constexpr std::int64_t kTestRunsPerMinute = 60;
inline constexpr std::int64_t kSmokeRunS = 5;
inline constexpr std::int64_t kCanaryRunsMin = 50;          ///< before them a canary is not judged
inline constexpr std::int64_t kCanaryExcessPercentMax = 5;  ///< points of error rate above the stable version's
inline constexpr std::size_t kMessageCharactersMax = 32'000;
/// An evaluation asks one question at a time and makes room for other jobs after this long.
inline constexpr std::int64_t kEvaluationSliceUs = 2'000'000;
inline constexpr std::size_t kEvaluatedPassages = 10;

}  // namespace guildhall::gateway
