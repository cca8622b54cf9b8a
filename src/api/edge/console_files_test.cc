// Which names reach the console's files.
#include "edge/console_files.h"

#include <doctest/doctest.h>

#include "edge/files.h"
#include "embedded_files.h"

namespace guildhall::api {
namespace {

TEST_CASE("a file of the console is one plain name: no way out of its folder") {
  CHECK(is_console_file_name("index-BsX9_3a.js"));
  CHECK(is_console_file_name("de-D4.css"));
  for (const char* name : {"", ".", "..", "../index.html", "a/b.js", "a\\b.js", ".env", "a b", "%2e%2e"})
    CHECK_FALSE(is_console_file_name(name));
}

TEST_CASE("where the web part was built, the page has no inline script or style and loads nothing from elsewhere") {
  if (console_files().empty()) {
    MESSAGE("skipped: the web part was not built before the configure step");
    return;
  }
  const EmbeddedFile* page = find_file(console_files(), "index.html");
  REQUIRE(page != nullptr);
  for (const char* forbidden : {"<style", "style=", "onclick=", "onload=", "<script>", "http://", "https://", "javascript:"})
    CHECK_MESSAGE(page->bytes.find(forbidden) == std::string_view::npos, forbidden);
}

}  // namespace
}  // namespace guildhall::api
