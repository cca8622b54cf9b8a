// Many clients of streamed answers at once, on one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "latencies.h"

namespace guildhall::bench {

struct StreamPlan {
  std::uint16_t port = 0;
  std::vector<std::string> requests;            ///< taken in turn
  std::size_t clients = 1'000;                  ///< streams, each on a connection of its own
  std::string_view end_mark = "\"done\":true";  ///< what a whole stream contains
  std::size_t waiting = 500;  ///< without their first event at once; the next starts when one has heard something
};

struct StreamResult {
  Latencies first_event;  ///< from the request to the first byte of the body
  Latencies gap;          ///< between two arrivals of one stream
  Latencies whole;
  std::int64_t finished = 0;
  std::size_t open_max = 0;
  std::size_t waiting_max = 0;  ///< without a first event, at once
  std::map<std::string, std::int64_t> failures;
  std::int64_t failed() const;
};

/// Each client streams one answer. `watch` is called about five times a second.
StreamResult run_streams(const StreamPlan& plan, const std::function<void()>& watch);

}  // namespace guildhall::bench
