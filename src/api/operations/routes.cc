// What operators and tools ask: health, the OpenAPI document, the interactive reference.
#include "api/api.h"
#include "base/metrics.h"
#include "edge/edge.h"
#include "edge/tables.h"

namespace guildhall::api {
namespace operations_dialect {
namespace {

void health(Call& call) {
  const bool is_healthy = call.services().database.is_healthy();
  json::Object checks{{"database", is_healthy ? "ok" : "down"}, {"jobs", "ok"}, {"cache", "ok"}};
  call.set_status(is_healthy ? 200 : 503);
  call.answer(
      json::Object{{"status", is_healthy ? "ok" : "error"}, {"version", call.services().version}, {"checks", std::move(checks)}});
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
