// Each dialect's shape for a refusal, and the status it has there.
#include "edge/dialect_errors.h"

#include "base/text.h"

namespace guildhall::api {
namespace {

json::Object field_map(const Refusal& refusal) {
  json::Object fields;
  for (const auto& field : refusal.fields) {
    auto& messages = fields[field.path.empty() ? "non_field_errors" : field.path];
    if (!messages.is_array()) messages = json::Array{};
    messages.get_array().push_back(json::Value(field.message));
  }
  return fields;
}

/// contracts/registry.md §1: the native envelope.
json::Value native_body(const Refusal& refusal, std::string_view request_id) {
  json::Object details = refusal.details;
  if (!refusal.fields.empty()) details["fields"] = field_map(refusal);
  if (refusal.retry_after_s) details["retry_after"] = *refusal.retry_after_s;
  return json::Object{{"error", json::Object{{"code", name(refusal.code)},
                                             {"message", refusal.message},
                                             {"details", std::move(details)},
                                             {"request_id", request_id}}}};
}

/// contracts/cmp.md §2.4.
json::Value waldur_body(const Refusal& refusal, int status) {
  if (status == 400 && !refusal.fields.empty()) return field_map(refusal);
  if (status == 400 && refusal.code != Code::malformed_json) return json::Array{json::Value(refusal.message)};
  return json::Object{{"detail", refusal.message}};
}

/// contracts/runtime.md §6.5.
json::Value langflow_body(const Refusal& refusal, int status, std::string_view request_id) {
  if (refusal.code == Code::validation_failed && !refusal.fields.empty()) {
    json::Array list;
    for (const auto& field : refusal.fields) {
      json::Array loc{json::Value("body")};
      for (const auto part : split(field.path, '.')) loc.push_back(json::Value(part));
      list.push_back(json::Object{{"loc", std::move(loc)}, {"msg", field.message}, {"type", "value_error"}});
    }
    return json::Object{{"detail", std::move(list)}};
  }
  // Clients of LangFlow tell these two texts apart (contracts/runtime.md §6.1).
  if (refusal.code == Code::not_authenticated) return json::Object{{"detail", "An API key must be passed as query or header"}};
  if (status == 401) return json::Object{{"detail", "Invalid or missing API key"}};
  if (status < 500) return json::Object{{"detail", refusal.message}};
  const json::Value node = refusal.details.contains("node_id") ? refusal.details.at("node_id") : json::Value(nullptr);
  return json::Object{{"detail", json::write(json::Object{{"message", refusal.message},
                                                          {"traceback", nullptr},
                                                          {"description", nullptr},
                                                          {"code", name(refusal.code)},
                                                          {"suggestion", nullptr},
                                                          {"node_id", node},
                                                          {"request_id", request_id}})}};
}

std::string_view openai_type(int status, Code code) {
  if (code == Code::quota_exceeded) return "insufficient_quota";
  if (status == 401) return "authentication_error";
  if (status == 403) return "permission_error";
  if (status == 429) return "rate_limit_error";
  return status >= 500 ? "server_error" : "invalid_request_error";
}

/// contracts/runtime.md §7.
json::Value openai_body(const Refusal& refusal, int status) {
  std::string_view code = name(refusal.code);
  if (refusal.code == Code::rate_limited) code = "rate_limit_exceeded";
  if (refusal.code == Code::quota_exceeded) code = "insufficient_quota";
  if (refusal.code == Code::not_found || refusal.code == Code::wrong_agent) code = "model_not_found";
  const json::Value param = refusal.fields.empty() ? json::Value(nullptr) : json::Value(refusal.fields.front().path);
  return json::Object{
      {"error",
       json::Object{
           {"message", refusal.message}, {"type", openai_type(status, refusal.code)}, {"param", param}, {"code", code}}}};
}

/// contracts/support-partner.md §2.1: 1001 and 1002 are about the key, 2001 about the knowledge; the rest carries its status.
json::Value dify_body(const Refusal& refusal, int status) {
  std::int64_t code = status;
  if (refusal.code == Code::not_authenticated || refusal.code == Code::ambiguous_credentials) code = 1001;
  if (http_status(refusal.code) == 401 && refusal.code != Code::not_authenticated) code = 1002;
  if (http_status(refusal.code) == 403) code = 1002;
  if (refusal.code == Code::not_found || refusal.code == Code::wrong_agent) code = 2001;
  return json::Object{{"error_code", code}, {"error_msg", refusal.message}};
}

}  // namespace

int status_in(Dialect dialect, Code code) {
  switch (dialect) {
    case Dialect::waldur:
      if (code == Code::validation_failed || code == Code::terms_required || code == Code::plan_required) return 400;
      return http_status(code);
    case Dialect::openai:
      if (code == Code::wrong_agent) return 404;
      return http_status(code);
    case Dialect::dify:
      if (code == Code::wrong_agent) return 404;
      if (code == Code::ambiguous_credentials || http_status(code) == 401) return 403;
      if (code == Code::validation_failed) return 400;
      return http_status(code);
    case Dialect::registry:
    case Dialect::langflow:
    case Dialect::widget:
    case Dialect::operations: return http_status(code);
  }
  return 500;
}

net::Response refusal_response(Dialect dialect, const Refusal& refusal, std::string_view request_id) {
  net::Response response;
  response.status = status_in(dialect, refusal.code);
  json::Value body;
  switch (dialect) {
    case Dialect::waldur: body = waldur_body(refusal, response.status); break;
    case Dialect::langflow: body = langflow_body(refusal, response.status, request_id); break;
    case Dialect::openai: body = openai_body(refusal, response.status); break;
    case Dialect::dify: body = dify_body(refusal, response.status); break;
    case Dialect::registry:
    case Dialect::widget:
    case Dialect::operations: body = native_body(refusal, request_id); break;
  }
  response.headers.set("Content-Type", "application/json; charset=utf-8");
  if (refusal.retry_after_s)
    response.headers.set("Retry-After", std::to_string(*refusal.retry_after_s));
  else if (response.status == 503)
    response.headers.set("Retry-After", "1");
  if (dialect == Dialect::openai && (refusal.code == Code::quota_exceeded || refusal.code == Code::run_timeout))
    response.headers.set("x-should-retry", "false");
  if (response.status == 401) response.headers.set("WWW-Authenticate", dialect == Dialect::waldur ? "Token" : "Bearer");
  response.body = json::write(body);
  return response;
}

Dialect dialect_of_path(std::string_view path) {
  const auto under = [&](std::string_view prefix) {
    return path.starts_with(prefix) && (path.size() == prefix.size() || path[prefix.size()] == '/');
  };
  if (under("/v1/conversations")) return Dialect::registry;
  if (under("/v1")) return Dialect::openai;
  if (under("/widget")) return Dialect::widget;
  for (const std::string_view langflow :
       {"/api/v1/run", "/api/v1/flows", "/api/v1/files", "/api/v1/monitor", "/api/v1/webhook", "/api/v1/variables", "/api/v1/all",
        "/api/v1/projects", "/api/v1/users", "/api/v1/login", "/api/v1/version", "/api/v1/config", "/api/v1/api_key",
        "/api/v2/files"})
    if (under(langflow)) return Dialect::langflow;
  if (under("/api/v1/retrieval")) return Dialect::dify;
  if (under("/api/v1") || under("/api/agent-gateway") || under("/agents")) return Dialect::registry;
  if (under("/api") || under("/api-auth")) return Dialect::waldur;
  return Dialect::operations;
}

}  // namespace guildhall::api
