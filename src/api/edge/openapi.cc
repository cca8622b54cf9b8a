// `/openapi.json`: OpenAPI 3.1 generated from the route table, so that it cannot say anything the server does not do.
#include "edge/edge.h"

#include "base/text.h"

namespace guildhall::api {
namespace {

std::vector<std::string> path_parameters(std::string_view pattern) {
  std::vector<std::string> names;
  for (std::size_t open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
    const std::size_t close = pattern.find('}', open);
    std::string_view parameter = pattern.substr(open + 1, close - open - 1);
    if (parameter.ends_with('*')) parameter.remove_suffix(1);
    names.emplace_back(parameter);
  }
  return names;
}

json::Array accepted(const Accepts& accepts) {
  json::Array list;
  if (accepts.anyone) list.push_back("anyone");
  if (accepts.account) list.push_back("account");
  if (accepts.access_key) list.push_back("access_key");
  if (accepts.widget_key) list.push_back("widget_key");
  if (accepts.widget_session) list.push_back("widget_session");
  return list;
}

json::Array security_of(const Accepts& accepts) {
  json::Array list;
  if (accepts.anyone) list.push_back(json::Object{});
  if (accepts.account || accepts.access_key || accepts.widget_key || accepts.widget_session)
    list.push_back(json::Object{{"credential", json::Array{}}});
  return list;
}

json::Object operation_of(const Route& route) {
  json::Array parameters;
  for (const auto& name : path_parameters(route.pattern))
    parameters.push_back(json::Object{{"name", name}, {"in", "path"}, {"required", true}, {"schema", {{"type", "string"}}}});
  for (const auto& query : route.query)
    parameters.push_back(
        json::Object{{"name", query.name}, {"in", "query"}, {"required", false}, {"schema", {{"type", query.type}}}});
  json::Object success{{"description", "success"}};
  if (!route.response_schema.empty())
    success["content"] = json::Object{{"application/json", json::Object{{"schema", route.response_schema}}}};
  json::Object responses;
  responses[std::to_string(route.status)] = std::move(success);
  responses["default"] = json::Object{{"description", "a refusal in the shape of this dialect"}};
  json::Object operation{{"summary", route.summary},
                         {"tags", json::Array{json::Value(name(route.dialect))}},
                         {"parameters", std::move(parameters)},
                         {"responses", std::move(responses)},
                         {"security", security_of(route.accepts)},
                         {"x-guildhall-accepts", accepted(route.accepts)},
                         {"x-guildhall-dialect", name(route.dialect)}};
  if (route.right) operation["x-guildhall-right"] = identity::name(*route.right);
  if (!route.request_schema.empty())
    operation["requestBody"] =
        json::Object{{"content", json::Object{{"application/json", json::Object{{"schema", route.request_schema}}}}}};
  return operation;
}

}  // namespace

json::Value openapi_of(const RouteTable& table, std::string_view version, std::string_view public_url) {
  json::Object paths;
  for (const Route& route : table) {
    std::string path = replaced(route.pattern, "*}", "}");
    auto& item = paths[path];
    if (!item.is_object()) item = json::Object{};
    item.get_object()[ascii_lower(net::name(route.method))] = operation_of(route);
  }
  return json::Object{
      {"openapi", "3.1.0"},
      {"info", json::Object{{"title", "Guildhall"}, {"version", version}}},
      {"servers", json::Array{json::Object{{"url", public_url}}}},
      {"paths", std::move(paths)},
      {"components",
       json::Object{{"securitySchemes", json::Object{{"credential", json::Object{{"type", "http"}, {"scheme", "bearer"}}}}}}}};
}

}  // namespace guildhall::api
