// Collects the route tables of all dialects into one router.
#include "api/api.h"

#include "base/errors.h"
#include "edge/dialect_errors.h"
#include "edge/edge.h"
#include "edge/tables.h"

namespace guildhall::api {
namespace {

void answer_preflight(net::Exchange& exchange) {
  const auto& request = exchange.request();
  net::Response response;
  response.status = 204;
  if (const auto origin = request.headers.get("origin")) {
    response.headers.set("Access-Control-Allow-Origin", std::string(*origin));
    response.headers.set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE");
    response.headers.set("Access-Control-Allow-Headers",
                         std::string(request.headers.get_or("access-control-request-headers", "content-type")));
    response.headers.set("Access-Control-Max-Age", "600");
    response.headers.set("Vary", "Origin");
  }
  exchange.respond(std::move(response));
}

}  // namespace

const RouteTable& all_routes() {
  static const RouteTable table = [] {
    RouteTable routes;
    add(routes, Dialect::operations, operations_routes());
    add(routes, Dialect::operations, signin_routes());
    add(routes, Dialect::operations, console_routes());
    add(routes, Dialect::registry, registry_routes());
    add(routes, Dialect::registry, inbox_routes());
    add(routes, Dialect::langflow, langflow_routes());
    add(routes, Dialect::openai, openai_routes());
    add(routes, Dialect::dify, dify_routes());
    add(routes, Dialect::waldur, waldur_routes());
    add(routes, Dialect::widget, widget_routes());
    return routes;
  }();
  return table;
}

net::Router make_router(Services& services) {
  net::Router router;
  for (const Route& route : all_routes())
    router.add({.method = route.method,
                .pattern = route.pattern,
                .body_max_bytes = route.body_max_bytes,
                .pool = route.pool,
                .handler = [&route, &services](net::Exchange& exchange) { handle(route, services, exchange); }});
  return router;
}

net::RefusalWriter make_refusal_writer() {
  return [](const net::Request& request, int status, std::string_view code, std::string_view message) {
    Code nearest = Code::invalid_request;
    for (const Code candidate : all_codes())
      if (name(candidate) == code) nearest = candidate;
    auto response = refusal_response(dialect_of_path(request.path), Refusal(nearest, std::string(message)), request.request_id);
    response.status = status;
    return response;
  };
}

bool answer_fallback(net::Exchange& exchange) {
  if (exchange.request().method != net::Method::options) return false;
  answer_preflight(exchange);
  return true;
}

json::Value openapi(std::string_view version, std::string_view public_url) {
  return openapi_of(all_routes(), version, public_url);
}

}  // namespace guildhall::api
