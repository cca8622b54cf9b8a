// Every code has a status and a body in every dialect, in that dialect's own shape.
#include "edge/dialect_errors.h"

#include <doctest/doctest.h>

using namespace guildhall;
using namespace guildhall::api;

namespace {

json::Value body_of(Dialect dialect, const Refusal& refusal) {
  return json::parse_or_refuse(refusal_response(dialect, refusal, "r-1").body);
}

}  // namespace

TEST_CASE("no code leaves any dialect without an error status and a JSON object or array") {
  for (const Code code : all_codes())
    for (const Dialect dialect : {Dialect::registry, Dialect::waldur, Dialect::langflow, Dialect::openai, Dialect::dify,
                                  Dialect::widget, Dialect::operations}) {
      CAPTURE(name(code));
      CAPTURE(name(dialect));
      const auto response = refusal_response(dialect, Refusal(code, "no"), "r-1");
      CHECK(response.status >= 400);
      CHECK(response.status <= 599);
      json::ParseError error;
      const auto body = json::parse(response.body, error);
      REQUIRE(body);
      CHECK((body->is_object() || body->is_array()));
    }
}

TEST_CASE("the registry's envelope holds code, message, fields and request id") {
  const auto body = body_of(Dialect::registry, invalid_field("plans[0].name", "is required"));
  CHECK(
      json::write(body) ==
      R"({"error":{"code":"validation_failed","message":"plans[0].name: is required","details":{"fields":{"plans[0].name":["is required"]}},"request_id":"r-1"}})");
}

TEST_CASE("Waldur gets its field map with 400, its detail otherwise") {
  const auto refused = refusal_response(Dialect::waldur, invalid_field("name", "This field is required."), "r-1");
  CHECK(refused.status == 400);
  CHECK(refused.body == R"({"name":["This field is required."]})");
  CHECK(refusal_response(Dialect::waldur, not_found("order"), "r-1").status == 404);
  CHECK(body_of(Dialect::waldur, Refusal(Code::permission_denied, "no")).as_object().contains("detail"));
}

TEST_CASE("LangFlow gets a detail text below 500 and a JSON string above") {
  CHECK(refusal_response(Dialect::langflow, Refusal(Code::component_blocked, "blocked"), "r-1").body ==
        R"({"detail":"blocked"})");
  const auto field = body_of(Dialect::langflow, invalid_field("tweaks.a", "must be an object"));
  CHECK(json::write(field) == R"({"detail":[{"loc":["body","tweaks","a"],"msg":"must be an object","type":"value_error"}]})");
  const auto failed =
      body_of(Dialect::langflow, Refusal(Code::component_error, "File has no file").with_details({{"node_id", "File-abcde"}}));
  const auto detail = json::parse_or_refuse(json::text_of(failed, "detail"));
  CHECK(json::text_of(detail, "message") == "File has no file");
  CHECK(json::text_of(detail, "node_id") == "File-abcde");
  CHECK(json::text_of(detail, "request_id") == "r-1");
}

TEST_CASE("LangFlow clients read the two texts they know of a missing and of a bad key") {
  CHECK(json::text_of(body_of(Dialect::langflow, Refusal(Code::not_authenticated, "no")), "detail") ==
        "An API key must be passed as query or header");
  for (const Code code : {Code::key_invalid, Code::key_expired, Code::key_revoked, Code::token_invalid})
    CHECK(json::text_of(body_of(Dialect::langflow, Refusal(code, "no")), "detail") == "Invalid or missing API key");
}

TEST_CASE("OpenAI gets its types, and is told not to retry an empty quota") {
  const auto quota = refusal_response(Dialect::openai, Refusal(Code::quota_exceeded, "used up").retry_after(60), "r-1");
  CHECK(quota.status == 429);
  CHECK(quota.headers.get_or("x-should-retry", "") == "false");
  CHECK(quota.headers.get_or("Retry-After", "") == "60");
  CHECK(quota.body == R"({"error":{"message":"used up","type":"insufficient_quota","param":null,"code":"insufficient_quota"}})");
  CHECK(refusal_response(Dialect::openai, Refusal(Code::wrong_agent, "no"), "r-1").status == 404);
  CHECK(json::text_of(body_of(Dialect::openai, Refusal(Code::rate_limited, "no")).at("error"), "code") == "rate_limit_exceeded");
}

TEST_CASE("Dify reads a number: 1001 and 1002 for the key, 2001 for the knowledge") {
  const auto number = [](Code code) {
    return json::integer_of(body_of(Dialect::dify, Refusal(code, "no")), "error_code").value_or(0);
  };
  CHECK(refusal_response(Dialect::dify, Refusal(Code::not_authenticated, "no key"), "r-1").body ==
        R"({"error_code":1001,"error_msg":"no key"})");
  CHECK(number(Code::ambiguous_credentials) == 1001);
  for (const Code code : {Code::key_invalid, Code::key_expired, Code::key_revoked, Code::token_invalid, Code::missing_scope})
    CHECK(number(code) == 1002);
  for (const Code code : {Code::not_found, Code::wrong_agent}) CHECK(number(code) == 2001);
  CHECK(number(Code::validation_failed) == 400);
  CHECK(number(Code::overloaded) == 503);
  for (const Code code : {Code::not_authenticated, Code::key_revoked, Code::missing_scope})
    CHECK(refusal_response(Dialect::dify, Refusal(code, "no"), "r-1").status == 403);
  CHECK(refusal_response(Dialect::dify, Refusal(Code::wrong_agent, "no"), "r-1").status == 404);
}

TEST_CASE("a path belongs to the dialect that documents it") {
  CHECK(dialect_of_path("/api/v1/run/x") == Dialect::langflow);
  CHECK(dialect_of_path("/api/v1/retrieval") == Dialect::dify);
  CHECK(dialect_of_path("/api/v1/runs") == Dialect::registry);
  CHECK(dialect_of_path("/api/v1/agents/x/chat") == Dialect::registry);
  CHECK(dialect_of_path("/api/projects/") == Dialect::waldur);
  CHECK(dialect_of_path("/api-auth/password/") == Dialect::waldur);
  CHECK(dialect_of_path("/v1/chat/completions") == Dialect::openai);
  CHECK(dialect_of_path("/v1/conversations") == Dialect::registry);
  CHECK(dialect_of_path("/widget/v1/sessions") == Dialect::widget);
  CHECK(dialect_of_path("/nowhere") == Dialect::operations);
}
