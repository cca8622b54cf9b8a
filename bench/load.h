// The load generator: one thread, many keep-alive connections, each sending its next request when the answer to the last came.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "latencies.h"

namespace guildhall::bench {

/// A whole HTTP/1.1 POST with a JSON body; `key` becomes the bearer token unless it is empty.
std::string post_request(std::string_view path, std::string_view key, std::string_view body);
std::string get_request(std::string_view path);

struct LoadPlan {
  std::uint16_t port = 0;
  std::vector<std::string> requests;  ///< taken in turn
  std::size_t connections = 64;
  std::int64_t warm_up_us = 1'000'000;  ///< answered but not measured
  std::int64_t measure_us = 5'000'000;
  std::int64_t requests_max = 0;  ///< ends earlier after so many; 0: by time alone
};

struct LoadResult {
  Latencies latencies;        ///< of what began after the warm-up
  double seconds = 0;         ///< measured
  std::int64_t answered = 0;  ///< 200s from first to last, warm-up included
  std::int64_t answered_while_measured = 0;
  std::map<std::string, std::int64_t> failures;  ///< what came instead of a 200, and how often
  std::int64_t failed() const;
  double per_second() const { return seconds > 0 ? static_cast<double>(answered_while_measured) / seconds : 0; }
};

/// Called once when the warm-up is over and once when measuring ends, for reading the server's clocks.
struct LoadMarks {
  virtual ~LoadMarks() = default;
  virtual void begin() {}
  virtual void end() {}
};

/// Waits for the last answers before it returns, so that every run it caused is over.
LoadResult load(const LoadPlan& plan, LoadMarks& marks);

}  // namespace guildhall::bench
