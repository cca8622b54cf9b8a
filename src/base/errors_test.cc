// Refusals: the closed set and what each carries.
#include "base/errors.h"

#include <doctest/doctest.h>

#include <set>
#include <stdexcept>

using namespace guildhall;

TEST_CASE("every code has a wire name of its own and a status of the contract") {
  const std::set<int> statuses = {400, 401, 403, 404, 405, 409, 412, 413, 415, 421, 422, 429, 500, 503};
  std::set<std::string_view> names;
  for (const Code code : all_codes()) {
    CAPTURE(name(code));
    CHECK(statuses.count(http_status(code)) == 1);
    CHECK(names.insert(name(code)).second);
  }
  CHECK(names.size() == 61);
  CHECK_THROWS_AS(static_cast<void>(name(static_cast<Code>(250))), std::logic_error);
}

TEST_CASE("codes answer with the status of contracts/registry.md §1") {
  CHECK(http_status(Code::malformed_json) == 400);
  CHECK(http_status(Code::key_revoked) == 401);
  CHECK(http_status(Code::origin_not_allowed) == 403);
  CHECK(http_status(Code::not_found) == 404);
  CHECK(http_status(Code::stale_export) == 409);
  CHECK(http_status(Code::precondition_failed) == 412);
  CHECK(http_status(Code::payload_too_large) == 413);
  CHECK(http_status(Code::unsupported_media_type) == 415);
  CHECK(http_status(Code::semver_mismatch) == 422);
  CHECK(http_status(Code::quota_exceeded) == 429);
  CHECK(http_status(Code::agent_paused) == 503);
  CHECK(name(Code::quota_exceeded) == "quota_exceeded");
}

TEST_CASE("a refusal keeps what may leave apart from what may not") {
  const auto refusal = Refusal(Code::overloaded, "busy, try again").retry_after(2).with_log("queue run 1024/1024");
  CHECK(std::string(refusal.what()) == "busy, try again");
  CHECK(refusal.retry_after_s == 2);
  CHECK(refusal.log_detail == "queue run 1024/1024");
  const auto field = invalid_field("plans[0].price_cents", "must not be negative");
  CHECK(field.code == Code::validation_failed);
  REQUIRE(field.fields.size() == 1);
  CHECK(field.fields[0].path == "plans[0].price_cents");
  CHECK(field.fields[0].message == "must not be negative");
  CHECK(field.message == "plans[0].price_cents: must not be negative");
  CHECK(not_found("agent").code == Code::not_found);
  CHECK(not_found("agent").message == "agent not found");
}
