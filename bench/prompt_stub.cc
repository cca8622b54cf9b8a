// prompt-stub: a prompt flow against a model server with a fixed delay, against calling that model server directly.
#include <fmt/core.h>

#include "marketplace.h"
#include "scenarios.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kCustomers = 64;
constexpr std::int64_t kChunks = 20;
constexpr double kMedianBarUs = 1'000;
constexpr double kTailBarUs = 10'000;

LoadResult measure_model(Report& report, const std::string& name, std::uint16_t port, std::vector<std::string> requests) {
  LoadPlan plan;
  plan.port = port;
  plan.requests = std::move(requests);
  LoadMarks marks;
  LoadResult result = load(plan, marks);
  report_failures(report, name, result.failures);
  return result;
}

void with_delay(const Bench& bench, Report& report, std::int64_t delay_ms) {
  const std::string name = fmt::format("prompt-stub {} ms", delay_ms);
  const Home home = sqlite_home(bench, fmt::format("prompt{}", delay_ms));
  const Marketplace marketplace = make_marketplace(home.database_url, example_flow(bench, "basic-prompt.json"), kCustomers);
  const auto stub = start_stub(bench, delay_ms, kChunks);
  const std::string body =
      R"({"model":"stub","messages":[{"role":"system","content":"Answer briefly."},{"role":"user","content":"How long does shipping to the islands take?"}]})";
  const LoadResult direct = measure_model(report, name, stub->port(), {post_request("/v1/chat/completions", "stub-key", body)});
  const auto server = start_server(bench, home, model_environment(*stub));
  const LoadResult runs = measure_model(report, name, server->port(), chat_requests(marketplace, false));
  server->stop();
  const double median = runs.latencies.percentile_us(0.5) - direct.latencies.percentile_us(0.5);
  const double tail = runs.latencies.percentile_us(0.99) - direct.latencies.percentile_us(0.99);
  // Without a delay 64 callers in a closed loop measure the queue for two cores; the bar is for models that take their time.
  const bool has_bar = delay_ms > 0;
  report.add({name, "runs/s, 64 connections", count_text(runs.per_second()),
              fmt::format("stub alone {}", count_text(direct.per_second())), std::nullopt});
  report.add({name, "added to the stub's p50", duration_text(median), has_bar ? "≤ 1 ms" : "a saturated closed loop: no bar",
              has_bar ? std::optional(median <= kMedianBarUs) : std::nullopt});
  report.add({name, "added to the stub's p99", duration_text(tail), has_bar ? "≤ 10 ms" : "a saturated closed loop: no bar",
              has_bar ? std::optional(tail <= kTailBarUs) : std::nullopt});
  check_ledger(bench, report, name, home, runs.answered);
}

}  // namespace

void prompt_stub(const Bench& bench, Report& report) {
  with_delay(bench, report, 0);
  with_delay(bench, report, 200);
}

}  // namespace guildhall::bench
