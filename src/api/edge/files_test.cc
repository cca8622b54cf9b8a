// What is sent for a file, and in which form.
#include "edge/files.h"

#include <doctest/doctest.h>

namespace guildhall::api {
namespace {

TEST_CASE("a coding is used where it is asked for and not refused") {
  CHECK(takes_coding("gzip, deflate, br", "gzip"));
  CHECK(takes_coding("gzip, deflate, br", "br"));
  CHECK(takes_coding("br;q=1.0, GZIP;q=0.5", "gzip"));
  CHECK_FALSE(takes_coding("", "gzip"));
  CHECK_FALSE(takes_coding("br", "gzip"));
  CHECK_FALSE(takes_coding("gzip;q=0, br", "gzip"));
  CHECK_FALSE(takes_coding("gzip; q=0.000", "gzip"));
}

TEST_CASE("a validator follows the content") {
  CHECK(entity_tag("a") == entity_tag("a"));
  CHECK(entity_tag("a") != entity_tag("b"));
  CHECK(entity_tag("a").starts_with("W/\""));
}

TEST_CASE("a file nobody knows the type of is never a page or a script") {
  CHECK(content_type_of("a.js") == "text/javascript; charset=utf-8");
  CHECK(content_type_of("a.css") == "text/css; charset=utf-8");
  CHECK(content_type_of("a.exe") == "application/octet-stream");
  CHECK(content_type_of("html") == "application/octet-stream");
}

}  // namespace
}  // namespace guildhall::api
