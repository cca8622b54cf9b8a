// The way of every call: credential, rights, idempotency, handler, answer.
#include "edge/edge.h"

#include "base/log.h"
#include "base/metrics.h"
#include "delivery/idempotency.h"
#include "edge/dialect_errors.h"

namespace guildhall::api {
namespace {

void answer_refusal(Call& call, const Refusal& refusal) {
  if (!refusal.log_detail.empty())
    log::info("refused", {{"code", name(refusal.code)}, {"path", std::string_view(call.request().path)}, {"detail", std::string_view(refusal.log_detail)}});
  if (call.is_answered()) return;
  net::Response response = refusal_response(call.route().dialect, refusal, call.request().request_id);
  for (const auto& [name, value] : call.headers().all())
    if (!response.headers.has(name)) response.headers.add(name, value);
  call.exchange().respond(std::move(response));
}

bool wants_idempotency(const Call& call) {
  return call.route().method == net::Method::post && call.request().headers.has("idempotency-key") && call.route().pool == net::PoolName::work;
}

/// Replays a finished call, or runs it and keeps its answer, under the caller's Idempotency-Key.
void invoke_idempotently(Call& call) {
  const std::string key(call.request().headers.get_or("idempotency-key", ""));
  if (key.empty() || key.size() > 255) throw invalid_field("Idempotency-Key", "must have 1 to 255 characters");
  const std::string route = std::string(net::name(call.route().method)) + " " + call.route().pattern;
  const std::string asked = call.request().target + "\n" + call.request().body;
  const OrganizationId organization = call.read([&](store::Tx& tx) { return call.scope(tx).organization; });
  const delivery::IdempotentCall claim{organization, route, key, asked};
  const auto stored = call.write([&](store::Tx& tx) { return delivery::begin_idempotent(tx, claim); });
  if (stored) return call.answer_stored(stored->status, stored->body);
  call.keep_bodies();
  try {
    call.route().invoke(call);
  } catch (...) {
    call.write([&](store::Tx& tx) { delivery::abandon_idempotent(tx, claim); });
    throw;
  }
  call.write([&](store::Tx& tx) { delivery::finish_idempotent(tx, claim, {call.status(), call.kept_body()}); });
}

void add_cors(Call& call) {
  const auto origin = call.request().headers.get("origin");
  if (!origin || call.route().dialect == Dialect::widget) return;
  call.set_header("Access-Control-Allow-Origin", std::string(*origin));
  call.set_header("Access-Control-Expose-Headers", "X-Result-Count, Link, X-Request-Id, RateLimit, RateLimit-Policy, Retry-After");
  call.set_header("Vary", "Origin");
}

}  // namespace

void handle(const Route& route, Services& services, net::Exchange& exchange) {
  Call call(exchange, route, services);
  const log::Context context(exchange.request().request_id, "");
  try {
    add_cors(call);
    call.authenticate();
    if (wants_idempotency(call) && (call.has_person() || call.access() != nullptr)) invoke_idempotently(call);
    else route.invoke(call);
  } catch (const Refusal& refusal) {
    answer_refusal(call, refusal);
  } catch (const std::exception& failure) {
    log::error("handler failed", {{"path", std::string_view(exchange.request().path)}, {"what", std::string_view(failure.what())}});
    answer_refusal(call, Refusal(Code::internal_error, "something went wrong here; the log has the details under this request id"));
  }
}

}  // namespace guildhall::api
