// rss: resident memory when idle, after 10,000 and after 100,000 runs.
#include <fmt/core.h>

#include "marketplace.h"
#include "scenarios.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kCustomers = 200;
constexpr std::int64_t kFirstRuns = 10'000;
constexpr std::int64_t kAllRuns = 100'000;
constexpr double kIdleBar = 100e6;
constexpr double kGrowthBar = 0.05;
constexpr std::int64_t kAtMostUs = 120'000'000;

}  // namespace

void memory(const Bench& bench, Report& report) {
  const std::string name = "rss";
  const Home home = sqlite_home(bench, name);
  const Marketplace marketplace = make_marketplace(home.database_url, example_flow(bench, "passthrough.json"), kCustomers);
  const auto server = start_server(bench, home);
  const double idle = static_cast<double>(server->resident_bytes());
  LoadPlan plan;
  plan.port = server->port();
  plan.requests = chat_requests(marketplace, false);
  plan.warm_up_us = 0;
  plan.measure_us = kAtMostUs;
  LoadMarks marks;
  std::int64_t answered = 0;
  const auto resident_after = [&](std::int64_t runs) {
    plan.requests_max = runs - answered;
    const LoadResult result = load(plan, marks);
    report_failures(report, name, result.failures);
    answered += result.answered;
    return static_cast<double>(server->resident_bytes());
  };
  const double after_first = resident_after(kFirstRuns);
  const double after_all = resident_after(kAllRuns);
  server->stop();
  const double growth = after_all / after_first - 1;
  report.add({name, "idle", bytes_text(idle), "< 100 MB", idle < kIdleBar});
  report.add({name, "after 10,000 runs", bytes_text(after_first), "–", std::nullopt});
  report.add({name, "after 100,000 runs", bytes_text(after_all), "–", std::nullopt});
  report.add({name, "growth after the first 10,000", percent_text(growth), "≤ 5 %", growth <= kGrowthBar});
  check_ledger(bench, report, name, home, answered);
}

}  // namespace guildhall::bench
