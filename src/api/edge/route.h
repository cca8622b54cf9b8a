// A route is a typed function in a table. Its row says everything about it but what it does; parsing, validation, errors and
// `/openapi.json` follow from the row.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "edge/call.h"
#include "edge/describe.h"
#include "net/server.h"

namespace guildhall::api {

enum class Dialect : std::uint8_t { registry, waldur, langflow, openai, dify, widget, operations };
std::string_view name(Dialect dialect);

/// Which credentials a route takes; several may be combined.
struct Accepts {
  bool anyone = false;          ///< no credential needed; one that is sent is still checked
  bool account = false;         ///< token or session of a person
  bool access_key = false;      ///< `ar_` key of a subscription or organization
  bool widget_key = false;      ///< `pk_` key, with its origin
  bool widget_session = false;  ///< `wt_` token of a visitor; the route itself judges it
  bool by_gateway = false;      ///< the key is judged by the admission path, in its order
};
inline constexpr Accepts kAnyone{.anyone = true};
inline constexpr Accepts kAccount{.account = true};
inline constexpr Accepts kAccountOrKey{.account = true, .access_key = true};
inline constexpr Accepts kKey{.access_key = true};
inline constexpr Accepts kRunKey{.account = true, .access_key = true, .by_gateway = true};

struct Parameter {
  std::string_view name;
  std::string_view type = "string";
};

struct Route {
  net::Method method = net::Method::get;
  std::string pattern;
  std::string summary;
  Accepts accepts;
  std::optional<Right> right;  ///< what the caller needs; checked here for keys, by the domain for accounts
  int status = 200;
  std::vector<Parameter> query;
  std::size_t body_max_bytes = 1024 * 1024;
  net::PoolName pool = net::PoolName::work;
  bool is_unsafe_without_csrf = false;  ///< e.g. sign-in: a cookie on it is ignored

  Dialect dialect = Dialect::registry;  ///< set by the table it stands in
  json::Object request_schema;          ///< empty: no JSON body
  json::Object response_schema;         ///< empty: no JSON answer
  std::function<void(Call&)> invoke;
};

/// Reads the JSON body into `In`. Empty bodies read as {}. Refusal(malformed_json, validation_failed with every field).
template <class In>
In read_body(Call& call);

void refuse_unreadable(const ReadReport& report);
json::Value body_json(Call& call);
void name_ignored_fields(Call& call, const std::vector<std::string>& unknown);

template <class In>
In read_body(Call& call) {
  In in{};
  ReadReport report;
  read(in, body_json(call), "", report);
  if (!report.errors.empty()) refuse_unreadable(report);
  name_ignored_fields(call, report.unknown);
  return in;
}

/// Out handler(Call&, const In&)
template <class In, class Out>
Route with_handler(Route route, Out (*handler)(Call&, const In&)) {
  route.request_schema = schema_of<In>();
  if constexpr (!std::is_void_v<Out>) route.response_schema = schema_of<Out>();
  route.invoke = [handler](Call& call) {
    const In in = read_body<In>(call);
    if constexpr (std::is_void_v<Out>) {
      handler(call, in);
      if (!call.is_answered()) call.answer_empty();
    } else {
      call.answer(written(handler(call, in)));
    }
  };
  return route;
}

/// Out handler(Call&). A void handler may answer by itself; otherwise the answer is empty.
template <class Out>
Route with_handler(Route route, Out (*handler)(Call&)) {
  if constexpr (!std::is_void_v<Out>) route.response_schema = schema_of<Out>();
  route.invoke = [handler](Call& call) {
    if constexpr (std::is_void_v<Out>) {
      handler(call);
      if (!call.is_answered()) call.answer_empty();
    } else {
      call.answer(written(handler(call)));
    }
  };
  return route;
}

template <class Handler>
Route get(std::string pattern, std::string summary, Accepts accepts, Handler handler, Route row = {}) {
  row.method = net::Method::get;
  row.pattern = std::move(pattern);
  row.summary = std::move(summary);
  row.accepts = accepts;
  return with_handler(std::move(row), handler);
}
template <class Handler>
Route post(std::string pattern, std::string summary, Accepts accepts, Handler handler, Route row = {}) {
  Route route = get(std::move(pattern), std::move(summary), accepts, handler, std::move(row));
  route.method = net::Method::post;
  return route;
}
template <class Handler>
Route patch(std::string pattern, std::string summary, Accepts accepts, Handler handler, Route row = {}) {
  Route route = get(std::move(pattern), std::move(summary), accepts, handler, std::move(row));
  route.method = net::Method::patch;
  return route;
}
template <class Handler>
Route put(std::string pattern, std::string summary, Accepts accepts, Handler handler, Route row = {}) {
  Route route = get(std::move(pattern), std::move(summary), accepts, handler, std::move(row));
  route.method = net::Method::put;
  return route;
}
template <class Handler>
Route remove(std::string pattern, std::string summary, Accepts accepts, Handler handler, Route row = {}) {
  if (row.status == 200) row.status = 204;
  Route route = get(std::move(pattern), std::move(summary), accepts, handler, std::move(row));
  route.method = net::Method::delete_;
  return route;
}

using RouteTable = std::vector<Route>;

/// Appends `rows` as routes of a dialect.
void add(RouteTable& table, Dialect dialect, RouteTable rows);

}  // namespace guildhall::api
