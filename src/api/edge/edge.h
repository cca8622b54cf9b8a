// The edge: takes requests from the server, judges credentials, runs the route, turns refusals into the dialect's errors.
#pragma once

#include "edge/route.h"
#include "net/server.h"

namespace guildhall::api {

/// Makes an endpoint of every route. The table and services must outlive the server. HEAD is served by GET routes.
net::Router make_router(const RouteTable& table, Services& services);

/// For refusals the server makes before a route runs.
net::RefusalWriter make_refusal_writer();

/// CORS preflight and answers for routes another origin's page may call (contracts/runtime.md §6.1).
void answer_preflight(net::Exchange& exchange);

/// OpenAPI 3.1 of the table, with `x-guildhall-accepts`, `x-guildhall-right` and `x-guildhall-dialect` per operation.
json::Value openapi(const RouteTable& table, std::string_view version, std::string_view public_url);

}  // namespace guildhall::api
