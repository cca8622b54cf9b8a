// One exhaustive mapping per dialect from a refusal to its own error shape.
#pragma once

#include "base/errors.h"
#include "edge/route.h"
#include "net/http.h"

namespace guildhall::api {

/// The status a dialect answers a code with; most are http_status(code).
int status_in(Dialect dialect, Code code);
net::Response refusal_response(Dialect dialect, const Refusal& refusal, std::string_view request_id);
/// Which dialect a path belongs to, for refusals before any route was found.
Dialect dialect_of_path(std::string_view path);

}  // namespace guildhall::api
