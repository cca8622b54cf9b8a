// Entity tags: what makes another one, and which If-Match names it (contracts/registry.md §1).
#include "edge/entity_tag.h"

#include <doctest/doctest.h>

using namespace guildhall;
using namespace guildhall::api;

TEST_CASE("a tag is another one when a member is, and the same when none is") {
  const json::Object members{{"name", "a"}, {"depth", nullptr}};
  const std::string tag = entity_tag(members);
  CHECK(tag.size() == 26);
  CHECK(tag.front() == '"');
  CHECK(tag.back() == '"');
  CHECK(entity_tag(members) == tag);
  CHECK(entity_tag({{"name", "b"}, {"depth", nullptr}}) != tag);
  CHECK(entity_tag({{"name", "a"}, {"depth", 1}}) != tag);
}

TEST_CASE("an If-Match names a tag alone, in a list, or with a star; never weakly") {
  for (const char* header : {"\"a\"", " \"a\" ", "\"b\", \"a\"", "\"b\",\"a\"", "*", "\"b\", *"})
    CHECK_MESSAGE(names_tag(header, "\"a\""), header);
  for (const char* header : {"", "a", "\"b\"", "W/\"a\"", "\"a", "\"a\" \"b\"", ",", "\"A\""})
    CHECK_FALSE_MESSAGE(names_tag(header, "\"a\""), header);
}
