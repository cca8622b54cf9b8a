// Credentials: every accepted spelling, one at a time (contracts/registry.md §1, contracts/cmp.md §2.1).
#include "edge/call.h"

#include <doctest/doctest.h>

using namespace guildhall;
using namespace guildhall::api;

namespace {

struct Case {
  const char* header;
  const char* value;
  Presented::Kind kind;
  const char* credential;
};

net::Request request_with(const char* header, const char* value) {
  net::Request request;
  request.headers.add(header, value);
  return request;
}

}  // namespace

TEST_CASE("each form of a credential is read, in any case of its scheme") {
  const Case cases[] = {
      {"X-API-Key", "ar_x", Presented::Kind::access_key, "ar_x"},
      {"x-api-key", " ar_x ", Presented::Kind::access_key, "ar_x"},
      {"X-Studio-Api-Key", "ar_s", Presented::Kind::access_key, "ar_s"},
      {"Authorization", "Bearer ar_x", Presented::Kind::access_key, "ar_x"},
      {"Authorization", "bearer ar_x", Presented::Kind::access_key, "ar_x"},
      {"Authorization", "Token 0123456789abcdef0123456789abcdef01234567", Presented::Kind::token,
       "0123456789abcdef0123456789abcdef01234567"},
      {"Authorization", "token 0123", Presented::Kind::token, "0123"},
      {"Authorization", "Bearer Token 0123", Presented::Kind::token, "0123"},
      {"Authorization", "0123", Presented::Kind::token, "0123"},
      {"Authorization", "Bearer pk_w", Presented::Kind::widget_key, "pk_w"},
      {"Cookie", "a=b; sid=secret", Presented::Kind::session, "secret"},
      {"Cookie", "__Host-sid=secret", Presented::Kind::session, "secret"},
      {"Cookie", "a=b", Presented::Kind::none, ""},
      {"Authorization", "", Presented::Kind::none, ""},
  };
  for (const auto& each : cases) {
    CAPTURE(each.value);
    const auto found = presented_credential(request_with(each.header, each.value));
    CHECK(found.kind == each.kind);
    CHECK(found.value == each.credential);
  }
}

TEST_CASE("two different credentials are refused, the same one twice is not") {
  auto request = request_with("Authorization", "Bearer ar_x");
  request.headers.add("X-API-Key", "ar_x");
  CHECK(presented_credential(request).value == "ar_x");
  request.headers.set("X-API-Key", "ar_y");
  try {
    presented_credential(request);
    FAIL("two credentials must be refused");
  } catch (const Refusal& refusal) {
    CHECK(refusal.code == Code::ambiguous_credentials);
  }
}

TEST_CASE("a cookie does not count beside a header") {
  auto request = request_with("Cookie", "sid=secret");
  request.headers.add("Authorization", "Token 0123");
  CHECK(presented_credential(request).kind == Presented::Kind::token);
}

TEST_CASE("a token in the query counts on GET only") {
  net::Request request;
  request.query = net::Query::parse("x-auth-token=0123");
  CHECK(presented_credential(request).value == "0123");
  request.method = net::Method::post;
  CHECK(presented_credential(request).kind == Presented::Kind::none);
}
