// cold-start: from exec to the first answered run, on a database that exists.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <thread>
#include <vector>

#include "base/time.h"
#include "marketplace.h"
#include "scenarios.h"

namespace guildhall::bench {
namespace {

constexpr int kStarts = 5;
constexpr std::size_t kCustomers = 20;
constexpr double kReadyBarUs = 1e6;
constexpr double kIdleBar = 100e6;

}  // namespace

void cold_start(const Bench& bench, Report& report) {
  const std::string name = "cold-start";
  const Home home = sqlite_home(bench, name);
  const Marketplace marketplace = make_marketplace(home.database_url, example_flow(bench, "passthrough.json"), kCustomers);
  std::vector<double> starts_us;
  double resident = 0;
  std::int64_t answered = 0;
  for (int i = 0; i < kStarts; ++i) {
    const std::int64_t began = monotonic_us();
    const auto server = start_server(bench, home);
    LoadPlan plan;
    plan.port = server->port();
    plan.requests = chat_requests(marketplace, false);
    plan.connections = 1;
    plan.warm_up_us = 0;
    plan.requests_max = 1;
    LoadMarks marks;
    const LoadResult first = load(plan, marks);
    starts_us.push_back(static_cast<double>(monotonic_us() - began));
    report_failures(report, name, first.failures);
    answered += first.answered;
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    resident = std::max(resident, static_cast<double>(server->resident_bytes()));
  }
  std::sort(starts_us.begin(), starts_us.end());
  const double median = starts_us[starts_us.size() / 2];
  report.add({name, "exec to first answered run, median of 5", duration_text(median), "< 1 s", median < kReadyBarUs});
  report.add({name, "resident memory, idle", bytes_text(resident), "< 100 MB", resident < kIdleBar});
  check_ledger(bench, report, name, home, answered);
}

}  // namespace guildhall::bench
