// What operators and tools ask: health, the OpenAPI document, the interactive reference.
#include <algorithm>

#include "api/api.h"
#include "base/metrics.h"
#include "delivery/jobs.h"
#include "edge/edge.h"
#include "edge/tables.h"

namespace guildhall::api {
namespace operations_dialect {
namespace {

constexpr std::int64_t kJobLateUs = 2 * 60 * kMicrosecondsPerSecond;
constexpr std::size_t kJobsLookedAt = 1'000;

/// A job that has been due for two minutes and that nobody has taken: the runner stands still, or has more than it can do.
/// Said, but no reason to stop serving.
bool has_late_job(store::Tx& tx) {
  const auto waiting = delivery::list_jobs(tx, delivery::JobState::waiting, kJobsLookedAt);
  return std::any_of(waiting.begin(), waiting.end(), [&](const auto& row) { return row.run_at + kJobLateUs < tx.now(); });
}

void health(Call& call) {
  const bool has_database = call.services().database.is_healthy();
  const bool is_late = has_database && call.read(has_late_job);
  // The cache is this process's own memory: it answers whenever this line does.
  json::Object checks{{"database", has_database ? "ok" : "down"},
                      {"jobs", !has_database ? "unknown"
                               : is_late     ? "late"
                                             : "ok"},
                      {"cache", "ok"}};
  call.set_status(has_database ? 200 : 503);
  call.answer(json::Object{
      {"status", has_database ? "ok" : "error"}, {"version", call.services().version}, {"checks", std::move(checks)}});
}

void live(Call& call) {
  call.answer(json::Object{{"status", "ok"}});
}

void exposition(Call& call) {
  call.answer_bytes(metrics::exposition(), "text/plain; version=0.0.4; charset=utf-8");
}

json::Value describe(Call& call) {
  return openapi(call.services().version, call.services().public_url);
}

}  // namespace
}  // namespace operations_dialect

RouteTable operations_routes() {
  using namespace operations_dialect;
  return {get("/health", "Whether the server can serve", kAnyone, health),
          get("/health/live", "Whether the process answers", kAnyone, live),
          get("/health/ready", "Whether the server can serve", kAnyone, health),
          get("/health_check", "Whether the server can serve", kAnyone, health),
          get("/metrics", "Figures for Prometheus", kAnyone, exposition),
          get("/openapi.json", "This interface, described", kAnyone, describe)};
}

}  // namespace guildhall::api
