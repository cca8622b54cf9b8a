// Log lines: their shape, their context, and what must never be in them.
#include "base/log.h"

#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "base/json.h"
#include "base/time.h"

using namespace guildhall;

namespace {

/// Collects lines while it lives.
class Lines {
 public:
  Lines() {
    log::set_sink([this](std::string_view line) { all_.emplace_back(line); });
  }
  ~Lines() {
    log::set_sink({});
    log::set_level(log::Level::info);
  }
  const std::vector<std::string>& all() const { return all_; }
  json::Value last() const { return json::parse_or_refuse(all_.at(all_.size() - 1), {.refuse_duplicate_keys = true}); }

 private:
  std::vector<std::string> all_;
};

std::string logged(std::string_view text) {
  const Lines lines;
  log::info("test", {{"value", text}});
  return std::string(json::text_of(lines.last(), "value"));
}

}  // namespace

TEST_CASE("a line is one JSON object: time, level, event, context, fields") {
  const Lines lines;
  const log::Context context("req-1", "org-1");
  log::warning("run.slow", {{"ms", std::int64_t{1200}}, {"cached", false}, {"note", "a\n\"b\""}});
  const auto line = lines.last();
  REQUIRE(lines.all().size() == 1);
  CHECK(lines.all()[0].find('\n') == std::string::npos);
  CHECK(parse_timestamp(json::text_of(line, "time")).has_value());
  CHECK(json::text_of(line, "level") == "warning");
  CHECK(json::text_of(line, "event") == "run.slow");
  CHECK(json::text_of(line, "request_id") == "req-1");
  CHECK(json::text_of(line, "organization") == "org-1");
  CHECK(json::integer_of(line, "ms") == 1200);
  CHECK(json::bool_of(line, "cached", true) == false);
  CHECK(json::text_of(line, "note") == "a\n\"b\"");
}

TEST_CASE("keys, tokens and Authorization headers are cut to their first eleven characters") {
  CHECK(logged("ar_0123456789abcdef") == "ar_01234567…");
  CHECK(logged("pk_0123456789abcdef") == "pk_01234567…");
  CHECK(logged("w_0123456789abcdef") == "w_012345678…");
  CHECK(logged("whsec_0123456789") == "whsec_01234…");
  CHECK(logged("Bearer eyJhbGciOi.JIUz.I1NiJ9==") == "Bearer eyJh…");
  CHECK(logged("bearer eyJhbGciOiJIUzI1NiJ9") == "bearer eyJh…");
  CHECK(logged("Token 0123456789abcdef") == "Token 01234…");
  CHECK(logged("Bearer   ar_0123456789") == "Bearer   ar…");
}

TEST_CASE("secrets are found inside longer text and the rest of it stays") {
  CHECK(logged("key ar_0123456789abcdef, then pk_0123456789abcdef.") == "key ar_01234567…, then pk_01234567…");
  CHECK(logged("GET /x?key=ar_0123456789abcdef&y=1") == "GET /x?key=ar_01234567…&y=1");
  CHECK(logged("{\"Authorization\":\"Bearer abcdefghij\"}") == "{\"Authorization\":\"Bearer abcd…\"}");
  CHECK(logged("bar_chart_of_everything how_it_works") == "bar_chart_of_everything how_it_works");
  CHECK(logged("the token was refused because it expired") == "the token was refused because it expired");
  CHECK(logged("ar_1234") == "ar_1234");
  CHECK(logged("") == "");
}

TEST_CASE("bytes that are not UTF-8 do not spoil the line") {
  CHECK(logged("a\xff"
               "b") == "a?b");
}

TEST_CASE("context nests, is per thread, and ends with its scope") {
  CHECK(log::current_request_id() == "");
  {
    const log::Context outer("outer", "o");
    {
      const log::Context inner("inner", "i");
      CHECK(log::current_request_id() == "inner");
      std::string other = "unset";
      std::thread([&] { other = log::current_request_id(); }).join();
      CHECK(other == "");
    }
    CHECK(log::current_request_id() == "outer");
  }
  const Lines lines;
  log::info("outside");
  CHECK(json::find(lines.last(), "request_id") == nullptr);
  CHECK(json::find(lines.last(), "organization") == nullptr);
}

TEST_CASE("lines below the level are not written") {
  const Lines lines;
  log::debug("quiet");
  CHECK(lines.all().empty());
  log::set_level(log::Level::debug);
  log::debug("heard");
  CHECK(lines.all().size() == 1);
  log::set_level(log::Level::error);
  log::warning("quiet");
  log::error("heard");
  CHECK(lines.all().size() == 2);
}

TEST_CASE("lines of many threads do not mix") {
  const Lines lines;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([] {
      for (int i = 0; i < 100; ++i) log::info("many", {{"i", std::int64_t{i}}});
    });
  }
  for (auto& thread : threads) thread.join();
  CHECK(lines.all().size() == 400);
  for (const auto& line : lines.all()) json::parse_or_refuse(line);
}
