// Everything the server speaks, as one router: the dialects of Waldur, the registry, LangFlow, OpenAI, the widget, operations.
#pragma once

#include <string_view>

#include "api/services.h"
#include "base/json.h"
#include "net/server.h"

namespace guildhall::api {

/// Every route of every dialect. `services` must outlive the server.
net::Router make_router(Services& services);

/// Shapes refusals made before a route runs in the dialect of their path.
net::RefusalWriter make_refusal_writer();

/// CORS preflight; false for anything else, which the server then refuses.
bool answer_fallback(net::Exchange& exchange);

/// OpenAPI 3.1 of every route.
json::Value openapi(std::string_view version, std::string_view public_url);

}  // namespace guildhall::api
