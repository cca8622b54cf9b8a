// Identifiers: what they look like and what is refused.
#include "base/ids.h"

#include <doctest/doctest.h>

#include <type_traits>
#include <unordered_set>

using namespace guildhall;

TEST_CASE("a uuid is read dashed or not, in either case, and written in lower case") {
  const auto uuid = parse_uuid("0123ABCD-4567-89ab-cdef-0011223344FF");
  REQUIRE(uuid);
  CHECK(dashed(*uuid) == "0123abcd-4567-89ab-cdef-0011223344ff");
  CHECK(hex(*uuid) == "0123abcd456789abcdef0011223344ff");
  CHECK(parse_uuid("0123abcd456789ABCDEF0011223344ff") == uuid);
}

TEST_CASE("anything else is no uuid") {
  for (const char* text :
       {"", "0", "0123abcd456789abcdef0011223344f", "0123abcd456789abcdef0011223344fff", "0123abcd456789abcdef0011223344fg",
        "0123abcd4567-89ab-cdef-0011223344ff-", "0123abcd-4567-89ab-cdef+0011223344ff", "{0123abcd-4567-89ab-cdef-0011223344f}",
        "-0123abcd456789abcdef0011223344f", " 123abcd456789abcdef0011223344ff"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_uuid(text));
  }
}

TEST_CASE("random uuids are version 4, of the RFC variant and never repeat") {
  std::unordered_set<Uuid> seen;
  for (int i = 0; i < 1000; ++i) {
    const Uuid uuid = random_uuid();
    CHECK((uuid.bytes[6] >> 4) == 4);
    CHECK((uuid.bytes[8] >> 6) == 2);
    CHECK(seen.insert(uuid).second);
  }
}

TEST_CASE("ids of different things are different types and round-trip through their text") {
  static_assert(!std::is_convertible_v<OrganizationId, AgentId>);
  static_assert(!std::is_constructible_v<OrganizationId, AgentId>);
  const auto id = AgentId::random();
  CHECK(AgentId::parse(id.text()) == id);
  CHECK(AgentId::parse(id.hex()) == id);
  CHECK_FALSE(id.is_nil());
  CHECK(AgentId{}.is_nil());
  CHECK(AgentId{}.text() == "00000000-0000-0000-0000-000000000000");
  CHECK(std::hash<AgentId>{}(id) == std::hash<Uuid>{}(id.uuid));
  CHECK_FALSE(AgentId::parse("agent-1"));
}
