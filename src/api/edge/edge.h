// The edge: takes requests from the server, judges credentials, runs the route, turns refusals into the dialect's errors.
#pragma once

#include "edge/route.h"
#include "net/server.h"

namespace guildhall::api {

/// Answers one request for one route; never throws.
void handle(const Route& route, Services& services, net::Exchange& exchange);

/// OpenAPI 3.1 of a table, with `x-guildhall-accepts`, `x-guildhall-right` and `x-guildhall-dialect` per operation.
json::Value openapi_of(const RouteTable& table, std::string_view version, std::string_view public_url);

}  // namespace guildhall::api
