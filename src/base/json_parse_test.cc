// Reading JSON from anyone: limits, numbers, encoding, and where an error is.
#include <doctest/doctest.h>

#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <random>

#include "base/errors.h"
#include "base/json.h"

using namespace guildhall;

namespace {

json::Value parsed(std::string_view text) {
  json::ParseError error;
  auto value = json::parse(text, error);
  REQUIRE_MESSAGE(value.has_value(), error.message);
  return *value;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

}  // namespace

TEST_CASE("integers keep all their digits and larger ones become the nearest double") {
  CHECK(parsed("9223372036854775807").get_int64() == std::numeric_limits<std::int64_t>::max());
  CHECK(parsed("-9223372036854775808").get_int64() == std::numeric_limits<std::int64_t>::min());
  CHECK(parsed("9223372036854775808").get_uint64() == 9223372036854775808ULL);
  CHECK(parsed("18446744073709551615").get_uint64() == 18446744073709551615ULL);
  CHECK(parsed("18446744073709551616").get_double() == 18446744073709551616.0);
  CHECK(parsed("-9223372036854775809").get_double() == -9223372036854775808.0);
  CHECK(parsed("333333333333333333333333333333").get_double() == 333333333333333333333333333333.0);
  CHECK(parsed("0").get_int64() == 0);
  CHECK(parsed("-0").is_int64());
  CHECK(parsed("1.0").get_double() == 1.0);
  CHECK(parsed("1e5").get_double() == 100000.0);
}

TEST_CASE("a number with a fraction is the nearest double, whatever its length") {
  CHECK(parsed("8.125E2").get_double() == 812.5);
  CHECK(parsed("5e-324").get_double() == 5e-324);
  CHECK(parsed("2.4703282292062328e-324").get_double() == 5e-324);
  CHECK(parsed("1e-400").get_double() == 0.0);
  CHECK(std::signbit(parsed("-1e-400").get_double()));
  CHECK(parsed("1.7976931348623157e308").get_double() == std::numeric_limits<double>::max());
  CHECK(parsed("9007199254740993.0").get_double() == 9007199254740992.0);
  CHECK(parsed("9007199254740993.00000000000000000000000000000001").get_double() == 9007199254740994.0);
  std::mt19937_64 random(8785);
  for (int i = 0; i < 20000; ++i) {
    const auto value = std::bit_cast<double>(random());
    if (!std::isfinite(value)) continue;
    std::array<char, 1200> buffer;
    const int precision = static_cast<int>(random() % 40);
    const auto form = random() % 2 == 0 ? std::chars_format::scientific : std::chars_format::fixed;
    const auto end = std::to_chars(buffer.data(), buffer.data() + buffer.size() - 1, value, form, precision).ptr;
    *end = '\0';
    const std::string text(buffer.data(), end);
    CAPTURE(text);
    const double expected = std::strtod(text.c_str(), nullptr);
    if (!std::isfinite(expected)) continue;
    const json::Value read = parsed(text);
    REQUIRE(read.to_number<double>() == expected);
  }
}

TEST_CASE("malformed documents are refused with the offset of the trouble") {
  struct Row {
    const char* text;
    std::size_t offset_min;
    std::size_t offset_max;
  };
  for (const Row& row : {Row{"", 0, 0},         {"  ", 2, 2},
                         {"[1,2", 4, 4},        {"[1,]", 3, 3},
                         {"{\"a\":1,}", 7, 7},  {"{a:1}", 1, 1},
                         {"[1] x", 4, 4},       {"1 2", 2, 2},
                         {"{}{}", 2, 2},        {"nul", 0, 3},
                         {"NaN", 0, 0},         {"Infinity", 0, 0},
                         {"[-Infinity]", 1, 2}, {"01", 1, 1},
                         {"1.", 1, 2},          {".5", 0, 0},
                         {"+1", 0, 0},          {"-", 0, 1},
                         {"1e", 1, 2},          {"1e400", 0, 5},
                         {"-1e400", 0, 6},      {"1e99999999999", 0, 13},
                         {"// x\n1", 0, 1},     {"'a'", 0, 0},
                         {"\"a\nb\"", 2, 2},    {"\"\\x\"", 1, 3},
                         {"\"\\ud800\"", 1, 8}, {"\"\\ud800\\u0041\"", 1, 13},
                         {"\"\\udc00\"", 1, 8}, {"\"\\u12g4\"", 1, 6},
                         {"\"abc", 4, 4}}) {
    CAPTURE(row.text);
    json::ParseError error;
    CHECK_FALSE(json::parse(row.text, error));
    CAPTURE(error.message);
    CHECK(error.offset >= row.offset_min);
    CHECK(error.offset <= row.offset_max);
    CHECK(error.message.find("at byte " + std::to_string(error.offset)) != std::string::npos);
  }
}

TEST_CASE("invalid UTF-8 is refused in strings and keys") {
  for (const char* bytes : {"\xff", "\xc0\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xe2\x82", "\x80", "\xf8\x88\x80\x80\x80"}) {
    CAPTURE(bytes);
    json::ParseError error;
    CHECK_FALSE(json::parse("\"" + std::string(bytes) + "\"", error));
    CHECK_FALSE(json::parse("{\"" + std::string(bytes) + "\":1}", error));
  }
  CHECK(json::view(parsed("\"\\ud83d\\ude00 \xe2\x82\xac\"").get_string()) == "😀 €");
  CHECK(parsed("\"a\\u0000b\"").get_string().size() == 3);
}

TEST_CASE("depth is limited, one past the limit is refused") {
  json::ParseError error;
  CHECK(json::parse(nested(64), error));
  CHECK_FALSE(json::parse(nested(65), error));
  CHECK(json::parse(nested(2), error, {.depth_max = 2}));
  CHECK_FALSE(json::parse(nested(3), error, {.depth_max = 2}));
  CHECK_FALSE(json::parse(std::string(1'000'000, '['), error));
}

TEST_CASE("of duplicate keys the last wins, or the document is refused") {
  CHECK(parsed(R"({"a":1,"b":2,"a":3})").as_object().at("a").get_int64() == 3);
  json::ParseError error;
  CHECK_FALSE(json::parse(R"({"a":1,"b":{"c":1,"\u0063":2}})", error, {.refuse_duplicate_keys = true}));
  CHECK(error.message.find("duplicate key \"c\"") == 0);
  CHECK(json::parse(R"({"a":{"a":1},"b":[{"a":1},{"a":2}]})", error, {.refuse_duplicate_keys = true}));
}

TEST_CASE("members keep their order and are found by name and type") {
  const auto value = parsed(R"({"z":"text","a":[1],"m":{"n":null},"t":true,"i":-7,"d":1.5})");
  CHECK(value.as_object().begin()->key() == "z");
  CHECK(json::text_of(value, "z") == "text");
  CHECK(json::text_of(value, "a", "none") == "none");
  CHECK(json::text_of(value, "missing", "none") == "none");
  CHECK(json::find_array(value, "a")->size() == 1);
  CHECK(json::find_array(value, "m") == nullptr);
  CHECK(json::find_object(value, "m")->contains("n"));
  CHECK(json::find_object(value, "a") == nullptr);
  CHECK(json::bool_of(value, "t"));
  CHECK(json::bool_of(value, "z", true));
  CHECK(json::integer_of(value, "i") == -7);
  CHECK_FALSE(json::integer_of(value, "d"));
  CHECK(json::find(parsed("[1]"), "z") == nullptr);
}

TEST_CASE("parse_or_refuse answers malformed_json") {
  try {
    json::parse_or_refuse("{");
    FAIL("a refusal was due");
  } catch (const Refusal& refusal) {
    CHECK(refusal.code == Code::malformed_json);
    CHECK(refusal.message.find("at byte 1") != std::string::npos);
  }
  CHECK(json::parse_or_refuse("[]").is_array());
}
