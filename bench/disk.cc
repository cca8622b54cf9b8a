// disk: what one durable write costs here, whoever does it. A run waits for one such write; nothing can be faster.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "base/time.h"
#include "latencies.h"
#include "scenarios.h"

namespace guildhall::bench {
namespace {

/// What the commit of one run alone appends to the write-ahead log: about ten pages of 4 KiB.
constexpr std::size_t kCommitBytes = 40 * 1024;
constexpr int kWrites = 500;

}  // namespace

void disk(const Bench& bench, Report& report) {
  const std::string path = bench.folder + "/synced";
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const std::string bytes(kCommitBytes, 'g');
  Latencies latencies;
  for (int i = 0; i < kWrites; ++i) {
    const std::int64_t began_us = monotonic_us();
    if (write(file, bytes.data(), bytes.size()) != static_cast<ssize_t>(bytes.size()) || fdatasync(file) != 0) {
      report.fail("disk", "cannot write " + path);
      break;
    }
    latencies.add(monotonic_us() - began_us);
  }
  close(file);
  report.add({"disk", "40 KiB appended and synced, p50 / p99",
              fmt::format("{} / {}", duration_text(latencies.percentile_us(0.5)), duration_text(latencies.percentile_us(0.99))),
              "the least a durable run can take", std::nullopt});
}

}  // namespace guildhall::bench
