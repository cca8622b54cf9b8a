// Writing JSON: compact, indented, and the vectors of RFC 8785.
#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>
#include <stdexcept>

#include "base/json.h"

using namespace guildhall;

TEST_CASE("numbers are written as RFC 8785 appendix B has them") {
  struct Row {
    std::uint64_t bits;
    const char* text;
  };
  for (const Row& row : {Row{0x0000000000000000, "0"},
                         {0x8000000000000000, "0"},
                         {0x0000000000000001, "5e-324"},
                         {0x8000000000000001, "-5e-324"},
                         {0x7fefffffffffffff, "1.7976931348623157e+308"},
                         {0xffefffffffffffff, "-1.7976931348623157e+308"},
                         {0x4340000000000000, "9007199254740992"},
                         {0xc340000000000000, "-9007199254740992"},
                         {0x4430000000000000, "295147905179352830000"},
                         {0x44b52d02c7e14af5, "9.999999999999997e+22"},
                         {0x44b52d02c7e14af6, "1e+23"},
                         {0x44b52d02c7e14af7, "1.0000000000000001e+23"},
                         {0x444b1ae4d6e2ef4e, "999999999999999700000"},
                         {0x444b1ae4d6e2ef4f, "999999999999999900000"},
                         {0x444b1ae4d6e2ef50, "1e+21"},
                         {0x3eb0c6f7a0b5ed8c, "9.999999999999997e-7"},
                         {0x3eb0c6f7a0b5ed8d, "0.000001"},
                         {0x41b3de4355555553, "333333333.3333332"},
                         {0x41b3de4355555554, "333333333.33333325"},
                         {0x41b3de4355555555, "333333333.3333333"},
                         {0x41b3de4355555556, "333333333.3333334"},
                         {0x41b3de4355555557, "333333333.33333343"},
                         {0xbecbf647612f3696, "-0.0000033333333333333333"},
                         {0x43143ff3c1cb0959, "1424953923781206.2"}}) {
    CAPTURE(row.text);
    const json::Value value(std::bit_cast<double>(row.bits));
    CHECK(json::write(value) == row.text);
    CHECK(json::write_canonical(value) == row.text);
  }
}

TEST_CASE("the sample of RFC 8785 §3.2.2 has its canonical form") {
  const auto value = json::parse_or_refuse(R"({
    "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
    "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
    "literals": [null, true, false]
  })");
  CHECK(json::write_canonical(value) == R"({"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],)"
                                        R"("string":"€$\u000f\nA'B\"\\\\\"/"})");
}

TEST_CASE("keys are sorted by UTF-16 code units as in RFC 8785 §3.2.3") {
  const auto value = json::parse_or_refuse(R"({
    "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh", "1": "One",
    "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control", "\u00f6": "Latin Small Letter O With Diaeresis"
  })");
  CHECK(json::write_canonical(value) ==
        "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"\xc2\x80\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\","
        "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",\"\xef\xac\xb3\":\"Hebrew Letter Dalet With Dagesh\"}");
  CHECK(json::write_canonical(json::parse_or_refuse(R"({"ab":1,"a":2,"":3,"a\u0000":4})")) ==
        R"({"":3,"a":2,"a\u0000":4,"ab":1})");
}

TEST_CASE("canonical numbers are doubles and infinities have no canonical form") {
  CHECK(json::write_canonical(json::Value(9007199254740993)) == "9007199254740992");
  CHECK(json::write_canonical(json::Value(42)) == "42");
  CHECK_THROWS_AS(json::write_canonical(json::Value(std::numeric_limits<double>::infinity())), std::invalid_argument);
  CHECK_THROWS_AS(json::write_canonical(json::Value(std::numeric_limits<double>::quiet_NaN())), std::invalid_argument);
}

TEST_CASE("compact text keeps order, all digits of integers, and escapes control characters") {
  CHECK(json::write(json::Value(std::numeric_limits<std::int64_t>::min())) == "-9223372036854775808");
  CHECK(json::write(json::Value(std::numeric_limits<std::uint64_t>::max())) == "18446744073709551615");
  CHECK(json::write(json::Value(812.5)) == "812.5");
  CHECK(json::write(json::Value(100.0)) == "100");
  CHECK(json::write(json::Value(std::numeric_limits<double>::infinity())) == "null");
  const std::string text = R"({"b":[],"a":{},"c":[1,"x",null,true,{"d":[false,-1.5]}]})";
  CHECK(json::write(json::parse_or_refuse(text)) == text);
  std::string out = "x=";
  json::append_string(out, std::string_view("\x01\x1f\b\f\n\r\t\"\\/\x7f\0é", 14));
  CHECK(out == "x=\"\\u0001\\u001f\\b\\f\\n\\r\\t\\\"\\\\/\x7f\\u0000é\"");
}

TEST_CASE("text for people is indented by two") {
  CHECK(json::write_pretty(json::parse_or_refuse(R"({"a":[1,{"b":null}],"c":{},"d":[]})")) ==
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n  \"d\": []\n}");
}

TEST_CASE("every double reads back equal, and without an exponent between 1e-6 and 1e21") {
  std::mt19937_64 random(754);
  for (int i = 0; i < 20000; ++i) {
    auto number = std::bit_cast<double>(random());
    if (i % 2 == 0) number = std::ldexp(number - std::trunc(number), static_cast<int>(random() % 90) - 20);
    if (!std::isfinite(number)) continue;
    const std::string text = json::write(json::Value(number));
    CAPTURE(text);
    REQUIRE(json::parse_or_refuse(text).to_number<double>() == number);
    const double size = std::fabs(number);
    if (size >= 1e-6 && size < 1e21) REQUIRE(text.find('e') == std::string::npos);
  }
}
