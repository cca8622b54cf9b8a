// Metrics: the same series for the same labels, and the text format.
#include "base/metrics.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <thread>
#include <vector>

using namespace guildhall;

namespace {

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a counter is one series per label set and is printed with help and type") {
  auto& ok = metrics::counter("test_requests_total", "Requests\nby \\status", "status=\"200\"");
  auto& failed = metrics::counter("test_requests_total", "Requests", "status=\"500\"");
  CHECK(&ok == &metrics::counter("test_requests_total", "Requests", "status=\"200\""));
  CHECK(&ok != &failed);
  ok.add(3);
  failed.add();
  CHECK(has(metrics::exposition(),
            "# HELP test_requests_total Requests\\nby \\\\status\n# TYPE test_requests_total counter\n"
            "test_requests_total{status=\"200\"} 3\ntest_requests_total{status=\"500\"} 1\n"));
}

TEST_CASE("a histogram counts at its bounds inclusively and prints cumulative seconds") {
  auto& histogram = metrics::histogram("test_duration_seconds", "Durations", "route=\"chat\"");
  for (const std::int64_t us : {100, 101, 60'000'000, 60'000'001, -5}) histogram.observe_us(us);
  CHECK(histogram.count() == 5);
  CHECK(histogram.bucket(0) == 2);
  CHECK(histogram.bucket(1) == 1);
  CHECK(histogram.bucket(13) == 1);
  CHECK(histogram.sum_us() == 120'000'202);
  const std::string text = metrics::exposition();
  CHECK(has(text, "# TYPE test_duration_seconds histogram\ntest_duration_seconds_bucket{route=\"chat\",le=\"0.0001\"} 2\n"));
  CHECK(has(text, "test_duration_seconds_bucket{route=\"chat\",le=\"0.00025\"} 3\n"));
  CHECK(has(text, "test_duration_seconds_bucket{route=\"chat\",le=\"60\"} 4\n"));
  CHECK(has(text, "test_duration_seconds_bucket{route=\"chat\",le=\"+Inf\"} 5\n"));
  CHECK(has(text, "test_duration_seconds_sum{route=\"chat\"} 120.000202\n"));
  CHECK(has(text, "test_duration_seconds_count{route=\"chat\"} 5\n"));
}

TEST_CASE("a gauge is read when printed, may use metrics itself, and can be replaced") {
  metrics::gauge("test_depth", "Depth", [] { return std::int64_t{-1}; });
  metrics::gauge("test_depth", "Depth", [] {
    metrics::counter("test_gauge_reads_total", "Reads").add();
    return std::int64_t{7};
  });
  CHECK(has(metrics::exposition(), "# TYPE test_depth gauge\ntest_depth 7\n"));
  CHECK(metrics::counter("test_gauge_reads_total", "Reads").value() == 1);
}

TEST_CASE("a name belongs to one kind") {
  metrics::counter("test_kind_total", "Kind");
  CHECK_THROWS_AS(metrics::histogram("test_kind_total", "Kind"), std::logic_error);
  CHECK_THROWS_AS(metrics::gauge("test_kind_total", "Kind", {}), std::logic_error);
}

TEST_CASE("no addition of any thread is lost") {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 1000; ++i) metrics::counter("test_shared_total", "Shared").add();
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(metrics::counter("test_shared_total", "Shared").value() == 4000);
}
