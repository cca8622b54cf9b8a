// The way of every call: credential, rights, idempotency, handler, answer.
#include "edge/edge.h"

#include "base/log.h"
#include "base/metrics.h"
#include "delivery/idempotency.h"
#include "edge/dialect_errors.h"
#include "edge/runs.h"

namespace guildhall::api {
namespace {

void answer_refusal(Call& call, const Refusal& refusal) {
  if (!refusal.log_detail.empty())
    log::info("refused", {{"code", name(refusal.code)},
                          {"path", std::string_view(call.request().path)},
                          {"detail", std::string_view(refusal.log_detail)}});
  if (call.exchange().is_answered()) return;
  net::Response response = refusal_response(call.route().dialect, refusal, call.request().request_id);
  for (const auto& [name, value] : call.headers().all())
    if (!response.headers.has(name)) response.headers.add(name, value);
  call.exchange().respond(std::move(response));
}

bool wants_idempotency(const Call& call) {
  if (call.route().method != net::Method::post || !call.request().headers.has("idempotency-key")) return false;
  return call.has_person() || call.access() != nullptr || call.presented().kind == Presented::Kind::access_key;
}

OrganizationId owner_of(Call& call) {
  if (call.route().accepts.by_gateway && call.presented().kind == Presented::Kind::access_key)
    return call.services().gateway.authenticate(caller_of(call))->key.organization;
  return call.read([&](store::Tx& tx) { return call.scope(tx).organization; });
}

/// Replays a finished call, or runs it and keeps its answer, under the caller's Idempotency-Key.
void invoke_idempotently(Call& call) {
  const std::string key(call.request().headers.get_or("idempotency-key", ""));
  if (key.empty() || key.size() > 255) throw invalid_field("Idempotency-Key", "must have 1 to 255 characters");
  const std::string route = std::string(net::name(call.route().method)) + " " + call.route().pattern;
  const std::string asked = call.request().target + "\n" + call.request().body;
  const delivery::IdempotentCall claim{owner_of(call), route, key, asked};
  const auto stored = call.write([&](store::Tx& tx) { return delivery::begin_idempotent(tx, claim); });
  if (stored) return call.answer_stored(stored->status, stored->body);
  call.keep_bodies();
  try {
    call.route().invoke(call);
  } catch (...) {
    call.write([&](store::Tx& tx) { delivery::abandon_idempotent(tx, claim); });
    throw;
  }
  // A stream nobody kept a copy of cannot be replayed: its key is free again.
  const bool is_kept = !call.kept_body().empty() || call.status() == 204;
  call.write([&](store::Tx& tx) {
    if (is_kept)
      delivery::finish_idempotent(tx, claim, {call.status(), call.kept_body()});
    else
      delivery::abandon_idempotent(tx, claim);
  });
  call.send_held();
}

void add_cors(Call& call) {
  const auto origin = call.request().headers.get("origin");
  if (!origin || call.route().dialect == Dialect::widget) return;
  call.set_header("Access-Control-Allow-Origin", std::string(*origin));
  call.set_header("Access-Control-Expose-Headers",
                  "X-Result-Count, Link, X-Request-Id, RateLimit, RateLimit-Policy, Retry-After");
  call.set_header("Vary", "Origin");
}

}  // namespace

void handle(const Route& route, Services& services, net::Exchange& exchange) {
  Call call(exchange, route, services);
  const log::Context context(exchange.request().request_id, "");
  try {
    add_cors(call);
    call.authenticate();
    if (wants_idempotency(call))
      invoke_idempotently(call);
    else
      route.invoke(call);
  } catch (const Refusal& refusal) {
    answer_refusal(call, refusal);
  } catch (const std::exception& failure) {
    log::error("handler failed",
               {{"path", std::string_view(exchange.request().path)}, {"what", std::string_view(failure.what())}});
    answer_refusal(call,
                   Refusal(Code::internal_error, "something went wrong here; the log has the details under this request id"));
  }
}

}  // namespace guildhall::api
