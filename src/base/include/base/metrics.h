// Counters, gauges and histograms, printed in the Prometheus text format (version 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace guildhall::metrics {

/// Only goes up. Obtain once, keep the reference; adding is one atomic operation.
class Counter {
 public:
  void add(std::uint64_t n = 1) { value_.fetch_add(n, std::memory_order_relaxed); }
  std::uint64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> value_{0};
};

/// Durations in seconds over fixed buckets from 100 µs to 60 s.
class Histogram {
 public:
  static constexpr std::array<std::int64_t, 14> kBoundsUs = {100,    250,    500,     1'000,   2'500,     5'000,      10'000,
                                                             25'000, 50'000, 100'000, 500'000, 1'000'000, 10'000'000, 60'000'000};
  void observe_us(std::int64_t us);
  std::uint64_t count() const { return count_.load(std::memory_order_relaxed); }
  std::uint64_t bucket(std::size_t i) const { return buckets_[i].load(std::memory_order_relaxed); }
  std::uint64_t sum_us() const { return sum_us_.load(std::memory_order_relaxed); }

 private:
  std::array<std::atomic<std::uint64_t>, kBoundsUs.size()> buckets_{};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> sum_us_{0};
};

/// Finds or makes the series. `labels` is the inside of the braces, already escaped: `route="chat",status="200"`.
/// References stay valid for the life of the process.
Counter& counter(std::string_view name, std::string_view help, std::string_view labels = {});
Histogram& histogram(std::string_view name, std::string_view help, std::string_view labels = {});
/// A gauge is read when it is printed. Registering a name again replaces it.
void gauge(std::string_view name, std::string_view help, std::function<std::int64_t()> read);

/// Everything, in the text format.
std::string exposition();

}  // namespace guildhall::metrics
