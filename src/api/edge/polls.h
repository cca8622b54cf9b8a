// Long polls: for clients whose proxies buffer streams (contracts/support-partner.md §4.4).
#pragma once

#include <cstdint>

#include "api/live.h"
#include "base/errors.h"
#include "base/time.h"
#include "edge/call.h"

namespace guildhall::api {

/// When a call with `?mode=poll` ends at the latest, on monotonic_us(): `wait` seconds from now, 0 to 25; 0 for a stream.
inline std::int64_t poll_end(const Call& call) {
  const std::string mode = call.query("mode");
  const std::int64_t wait_s = call.query_integer("wait", kPollSecondsMax, 0, kPollSecondsMax);
  if (mode.empty() || mode == "stream") return 0;
  if (mode != "poll") throw invalid_field("mode", "is stream or poll");
  return monotonic_us() + wait_s * kMicrosecondsPerSecond;
}

}  // namespace guildhall::api
