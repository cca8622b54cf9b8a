// What is served as files, and the page the sample shop makes of its template.
#include "edge/files.h"

#include <doctest/doctest.h>

#include <string>

#include "embedded_files.h"
#include "widget/demo.h"

namespace guildhall::api::widget_dialect {
namespace {

TEST_CASE("a widget key is pk_ and letters that need no escaping") {
  CHECK(is_widget_key("pk_0123456789abcdefABCDEF-_"));
  for (const char* text : {"", "pk_", "pk_short", "ar_0123456789abcdef", "pk_0123456789abcdef\"", "pk_<script>alert(1)</script>",
                           "pk_0123456789abcde "})
    CHECK_FALSE(is_widget_key(text));
  CHECK(is_widget_key("pk_" + std::string(64, 'a')));
  CHECK_FALSE(is_widget_key("pk_" + std::string(65, 'a')));
}

TEST_CASE("the sample shop carries the key in its script tag and nothing is left of the placeholder") {
  const EmbeddedFile* page = find_file(shop_files(), "index.html");
  REQUIRE(page != nullptr);
  const std::string made = page_with_key(page->bytes, "pk_0123456789abcdef");
  CHECK(made.find("data-widget-key=\"pk_0123456789abcdef\"") != std::string::npos);
  CHECK(made.find("{{") == std::string::npos);
}

TEST_CASE("the sample shop has no inline script, style or handler and loads nothing from elsewhere") {
  const EmbeddedFile* page = find_file(shop_files(), "index.html");
  REQUIRE(page != nullptr);
  for (const char* forbidden : {"<style", "style=", "onclick=", "onload=", "<script>", "http://", "https://", "javascript:"})
    CHECK(page->bytes.find(forbidden) == std::string_view::npos);
}

TEST_CASE("where the web part was built, the loader names the interface that travels with it") {
  if (widget_files().empty()) {
    MESSAGE("skipped: the web part was not built before the configure step");
    return;
  }
  const EmbeddedFile* loader = find_file(widget_files(), "loader.js");
  REQUIRE(loader != nullptr);
  CHECK(find_file(widget_files(), "loader.js.gz") != nullptr);
  std::size_t interfaces = 0;
  for (const EmbeddedFile& file : widget_files()) {
    if (!file.path.starts_with("ui-") || !file.path.ends_with(".js")) continue;
    ++interfaces;
    const std::size_t dash = file.path.rfind('-') + 1;
    CHECK(loader->bytes.find(file.path.substr(dash, file.path.rfind('.') - dash)) != std::string_view::npos);
  }
  CHECK(interfaces == 1);
}

}  // namespace
}  // namespace guildhall::api::widget_dialect
