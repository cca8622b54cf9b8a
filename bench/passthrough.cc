// passthrough: ChatInput → ChatOutput through the full admission path, against a bare echo of the same HTTP server.
#include <fmt/core.h>

#include <algorithm>

#include "marketplace.h"
#include "scenarios.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kCustomers = 200;
constexpr double kRunsPerSecondBar = 5'000;
constexpr double kShareOfBareBar = 0.4;

/// The server's CPU time between the marks.
struct CpuMarks final : LoadMarks {
  explicit CpuMarks(const ChildProcess& process) : child(process) {}
  void begin() override { began_us = child.cpu_us(); }
  void end() override { used_us = child.cpu_us() - began_us; }
  double per(const LoadResult& result) const {
    return static_cast<double>(used_us) / static_cast<double>(std::max<std::int64_t>(result.answered_while_measured, 1));
  }

  const ChildProcess& child;
  std::int64_t began_us = 0;
  std::int64_t used_us = 0;
};

std::string percentiles(const LoadResult& result) {
  return fmt::format("{} / {} / {}", duration_text(result.latencies.percentile_us(0.5)),
                     duration_text(result.latencies.percentile_us(0.95)), duration_text(result.latencies.percentile_us(0.99)));
}

LoadResult measure(Report& report, const std::string& scenario, const ChildProcess& child, std::vector<std::string> requests,
                   double& cpu_us) {
  LoadPlan plan;
  plan.port = child.port();
  plan.requests = std::move(requests);
  CpuMarks marks(child);
  LoadResult result = load(plan, marks);
  cpu_us = marks.per(result);
  report_failures(report, scenario, result.failures);
  return result;
}

}  // namespace

void passthrough(const Bench& bench, Report& report) {
  const std::string name = "passthrough";
  const Home home = sqlite_home(bench, name);
  const Marketplace marketplace = make_marketplace(home.database_url, example_flow(bench, "passthrough.json"), kCustomers);
  const std::vector<std::string> requests = chat_requests(marketplace, false);

  double echo_cpu_us = 0;
  LoadResult echo;
  {
    const ChildProcess child({bench.self, "echo"}, {}, bench.folder + "/echo.log");
    echo = measure(report, "bare", child, requests, echo_cpu_us);
  }
  report.add({"bare", "echo, requests/s", count_text(echo.per_second()), "the comparison", std::nullopt});
  report.add({"bare", "echo, p50 / p95 / p99", percentiles(echo), "–", std::nullopt});
  report.add({"bare", "echo, server CPU per request", duration_text(echo_cpu_us), "–", std::nullopt});

  const auto server = start_server(bench, home);
  double live_cpu_us = 0;
  double run_cpu_us = 0;
  const LoadResult live = measure(report, "bare", *server, {get_request("/health/live")}, live_cpu_us);
  report.add({"bare", "GET /health/live, requests/s", count_text(live.per_second()), "–", std::nullopt});
  const LoadResult runs = measure(report, name, *server, requests, run_cpu_us);
  const std::int64_t resident = server->resident_bytes();
  server->stop();
  const double share = runs.per_second() / echo.per_second();
  report.add({name, "runs/s, 64 connections", count_text(runs.per_second()), "≥ 5,000", runs.per_second() >= kRunsPerSecondBar});
  report.add({name, "share of the bare rate", percent_text(share), "≥ 40 % of the echo", share >= kShareOfBareBar});
  report.add({name, "p50 / p95 / p99", percentiles(runs), "–", std::nullopt});
  report.add(
      {name, "server CPU per run", duration_text(run_cpu_us), fmt::format("echo {}", duration_text(echo_cpu_us)), std::nullopt});
  report.add({name, "resident memory under load", bytes_text(static_cast<double>(resident)), "–", std::nullopt});
  check_ledger(bench, report, name, home, runs.answered);
}

}  // namespace guildhall::bench
