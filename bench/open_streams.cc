// streams-1k: a thousand connected clients of streamed runs, five hundred of them waiting for the model; then all at once.
#include <fmt/core.h>

#include <algorithm>

#include "load.h"
#include "marketplace.h"
#include "scenarios.h"
#include "streams.h"

namespace guildhall::bench {
namespace {

constexpr std::size_t kCustomers = 200;
constexpr std::int64_t kStreamMs = 10'000;
constexpr std::int64_t kChunks = 20;
constexpr double kResidentBar = 1e9;

/// The stub's own pace: between its pieces, and from the request to its first word, which follows an empty piece.
struct Pace {
  double gap_us = 0;
  double first_word_us = 0;
};

Pace pace_of(const ChildProcess& stub) {
  StreamPlan plan;
  plan.port = stub.port();
  plan.requests = {post_request(
      "/v1/chat/completions", "stub-key",
      R"({"model":"stub","stream":true,"messages":[{"role":"user","content":"How long does shipping to the islands take?"}]})")};
  plan.clients = plan.waiting = 50;
  plan.end_mark = "[DONE]";
  const StreamResult result = run_streams(plan, [] {});
  const double gap = result.gap.percentile_us(0.5);
  return {.gap_us = gap, .first_word_us = result.first_event.percentile_us(0.5) + gap};
}

void streams_with(const Bench& bench, Report& report, std::size_t clients, std::size_t waiting) {
  const std::string name = fmt::format("streams-1k/{}", waiting);
  const Home home = sqlite_home(bench, fmt::format("streams{}", waiting));
  const Marketplace marketplace = make_marketplace(home.database_url, example_flow(bench, "basic-prompt.json"), kCustomers);
  const auto stub = start_stub(bench, kStreamMs, kChunks);
  const Pace pace = pace_of(*stub);
  const auto server = start_server(bench, home, model_environment(*stub));
  StreamPlan plan;
  plan.port = server->port();
  plan.requests = chat_requests(marketplace, true);
  plan.clients = clients;
  plan.waiting = waiting;
  std::int64_t resident = 0;
  const StreamResult result = run_streams(plan, [&] { resident = std::max(resident, server->resident_bytes()); });
  server->stop();
  report_failures(report, name, result.failures);
  report.add({name, "streams finished", count_text(static_cast<double>(result.finished)), fmt::format("{} opened", clients),
              result.finished == static_cast<std::int64_t>(clients)});
  report.add({name, "open / waiting for the model at once", fmt::format("{} / {}", result.open_max, result.waiting_max),
              fmt::format("{} / {}", clients, waiting), result.open_max >= clients && result.waiting_max >= waiting});
  report.add({name, "first event, p50 / p99",
              fmt::format("{} / {}", duration_text(result.first_event.percentile_us(0.5)),
                          duration_text(result.first_event.percentile_us(0.99))),
              fmt::format("the stub's first word comes after {}", duration_text(pace.first_word_us)), std::nullopt});
  report.add({name, "gap between events, p50 / p99",
              fmt::format("{} / {}", duration_text(result.gap.percentile_us(0.5)), duration_text(result.gap.percentile_us(0.99))),
              fmt::format("the stub's {}", duration_text(pace.gap_us)), std::nullopt});
  report.add({name, "resident memory, highest", bytes_text(static_cast<double>(resident)), "< 1 GB (10,000 streams)",
              static_cast<double>(resident) < kResidentBar});
  check_ledger(bench, report, name, home, result.finished);
}

}  // namespace

void open_streams(const Bench& bench, Report& report) {
  streams_with(bench, report, 1'000, 500);
  streams_with(bench, report, 1'000, 1'000);
}

}  // namespace guildhall::bench
