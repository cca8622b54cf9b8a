// Canaries that fail more than the version beside them end themselves (contracts/registry.md §4).
#pragma once

#include <cstddef>
#include <cstdint>

#include "store/database.h"

namespace guildhall::gateway {

/// Runs of a version in a time, and those that ended with 500 or above.
struct RunCount {
  std::int64_t runs = 0;
  std::int64_t failed = 0;
};
/// After kCanaryRunsMin runs: the error rate is more than kCanaryExcessPercentMax points above the stable version's in the same
/// time. A stable version nobody ran has not failed.
bool is_failing(const RunCount& canary, const RunCount& stable);

/// Judges every canary by its rows in the ledger, and ends those that fail or that everybody runs by now; a schedule of app
/// calls it every ten seconds. Returns how many it ended.
std::size_t end_canaries(store::Database& database);

}  // namespace guildhall::gateway
