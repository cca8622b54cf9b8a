// Decimal arithmetic against worked cases and against schoolbook arithmetic on digits.
#include "base/decimal.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <random>
#include <stdexcept>

using namespace guildhall;

namespace {

constexpr const char* kLargest = "999999999999999999999999999.9999999999";

/// Product of two digit strings by the schoolbook.
std::string digits_product(const std::string& a, const std::string& b) {
  std::string out(a.size() + b.size(), 0);
  for (std::size_t i = a.size(); i-- > 0;) {
    int carry = 0;
    for (std::size_t j = b.size(); j-- > 0;) {
      const int sum = out[i + j + 1] + (a[i] - '0') * (b[j] - '0') + carry;
      out[i + j + 1] = static_cast<char>(sum % 10);
      carry = sum / 10;
    }
    out[i] = static_cast<char>(out[i] + carry);
  }
  for (char& digit : out) digit = static_cast<char>(digit + '0');
  return out;
}

std::string digits_only(const Decimal& value) {
  std::string text = value.text(10);
  text.erase(std::remove(text.begin(), text.end(), '.'), text.end());
  return text;
}

Decimal random_decimal(std::mt19937_64& random, int digits_max) {
  std::string text(1, static_cast<char>('1' + random() % 9));
  const auto whole = 1 + random() % static_cast<unsigned>(digits_max);
  while (text.size() < whole) text += static_cast<char>('0' + random() % 10);
  text += '.';
  for (int i = 0; i < 10; ++i) text += static_cast<char>('0' + random() % 10);
  return Decimal::of(text);
}

}  // namespace

TEST_CASE("decimals are read exactly and written with as few places as they need") {
  for (const auto& [in, out] : {std::pair{"0", "0"},
                                {"-0", "0"},
                                {"+1.50", "1.5"},
                                {"-0.0000000001", "-0.0000000001"},
                                {"007", "7"},
                                {"10.2000000000", "10.2"},
                                {kLargest, kLargest},
                                {"1000", "1000"}}) {
    CAPTURE(in);
    CHECK(Decimal::of(in).text() == out);
  }
}

TEST_CASE("what is not a plain decimal is refused") {
  for (const char* text :
       {"", "-", "+", ".", "1.", ".5", "1e3", " 1", "1 ", "1,5", "--1", "1.2.3", "0x10", "NaN", "1.00000000001",
        "1000000000000000000000000000", "99999999999999999999999999999999999999999999999", "１"}) {
    CAPTURE(text);
    CHECK_FALSE(Decimal::parse(text));
    CHECK_THROWS_AS(Decimal::of(text), std::invalid_argument);
  }
}

TEST_CASE("the cases of contracts/cmp.md §9.8 come out exactly") {
  CHECK((Decimal::of("0.001") * 5).up2() == Decimal::of("0.01"));                              // G7
  CHECK((Decimal::of("-0.27") * Decimal::of("10.01")).up2() == Decimal::of("-2.71"));          // G7
  CHECK(divided(Decimal::of("10.01") * 21, 100, 10, Rounding::half_even).text() == "2.1021");  // G8
  CHECK((Decimal::of("10.01") + Decimal::of("2.1021")).text() == "12.1121");                   // G8
  CHECK(Decimal::of("12.1121").rounded(2, Rounding::half_even).text() == "12.11");             // G8
  CHECK(divided(8, 30, 2, Rounding::away) == Decimal::of("0.27"));                             // B1
  CHECK((Decimal::of("17.0967741935") * 2).up2() == Decimal::of("34.20"));                     // G3
}

TEST_CASE("each rounding drops digits its own way") {
  struct Row {
    const char* in;
    const char* half_even;
    const char* half_away;
    const char* away;
    const char* toward_zero;
  };
  for (const Row& row : {Row{"0.125", "0.12", "0.13", "0.13", "0.12"}, Row{"0.135", "0.14", "0.14", "0.14", "0.13"},
                         Row{"-0.125", "-0.12", "-0.13", "-0.13", "-0.12"}, Row{"0.1200000001", "0.12", "0.12", "0.13", "0.12"},
                         Row{"0.12", "0.12", "0.12", "0.12", "0.12"}, Row{"-0.0000000001", "0", "0", "-0.01", "0"},
                         Row{"0.1250000001", "0.13", "0.13", "0.13", "0.12"}, Row{"9.999", "10", "10", "10", "9.99"}}) {
    CAPTURE(row.in);
    const Decimal value = Decimal::of(row.in);
    CHECK(value.rounded(2, Rounding::half_even).text() == row.half_even);
    CHECK(value.rounded(2, Rounding::half_away).text() == row.half_away);
    CHECK(value.rounded(2, Rounding::away).text() == row.away);
    CHECK(value.rounded(2, Rounding::toward_zero).text() == row.toward_zero);
  }
  CHECK(Decimal::of("2.5").rounded(0, Rounding::half_even) == 2);
  CHECK_THROWS_AS(Decimal(1).rounded(11, Rounding::away), std::invalid_argument);
  CHECK_THROWS_AS(Decimal(1).rounded(-1, Rounding::away), std::invalid_argument);
}

TEST_CASE("fixed places are written with half to even and without a negative zero") {
  CHECK(Decimal::of("29").text(2) == "29.00");
  CHECK(Decimal::of("-0.001").text(2) == "0.00");
  CHECK(Decimal::of("-0.005").text(2) == "0.00");
  CHECK(Decimal::of("-0.015").text(2) == "-0.02");
  CHECK(Decimal::of("1.5").text(0) == "2");
  CHECK(Decimal::of("0.05").text(10) == "0.0500000000");
}

TEST_CASE("integer units convert both ways and refuse what 64 bits cannot hold") {
  CHECK(Decimal::of_units(2900, 2).text() == "29");
  CHECK(Decimal::of_units(-1, 10).text() == "-0.0000000001");
  CHECK(Decimal::of("29.005").units(2, Rounding::away) == 2901);
  CHECK(Decimal::of("-29.005").units(2, Rounding::half_even) == -2900);
  const auto min = std::numeric_limits<std::int64_t>::min();
  const auto max = std::numeric_limits<std::int64_t>::max();
  CHECK(Decimal(min).units(0, Rounding::away) == min);
  CHECK(Decimal(max).units(0, Rounding::away) == max);
  CHECK_THROWS_AS((Decimal(max) + 1).units(0, Rounding::away), std::overflow_error);
  CHECK_THROWS_AS((Decimal(min) - 1).units(0, Rounding::away), std::overflow_error);
}

TEST_CASE("leaving the range throws instead of wrapping") {
  const Decimal largest = Decimal::of(kLargest);
  const Decimal smallest = Decimal::of("0.0000000001");
  CHECK_THROWS_AS(largest + smallest, std::overflow_error);
  CHECK_THROWS_AS(-largest - smallest, std::overflow_error);
  CHECK_THROWS_AS(largest * 2, std::overflow_error);
  CHECK_THROWS_AS(largest * largest, std::overflow_error);
  CHECK_THROWS_AS(largest.up2(), std::overflow_error);
  CHECK_THROWS_AS(largest.text(2), std::overflow_error);
  CHECK_THROWS_AS(divided(largest, smallest, 0, Rounding::away), std::overflow_error);
  CHECK_THROWS_AS(divided(1, 0, 2, Rounding::away), std::domain_error);
  CHECK(largest * 1 == largest);
  CHECK(divided(largest, largest, 10, Rounding::away) == 1);
  CHECK((largest - largest).is_zero());
  CHECK((-largest).is_negative());
}

TEST_CASE("products equal those of the schoolbook, cut off toward zero") {
  std::mt19937_64 random(20240229);
  for (int i = 0; i < 3000; ++i) {
    const Decimal a = random_decimal(random, 13);
    const Decimal b = random_decimal(random, 13);
    CAPTURE(a.text());
    CAPTURE(b.text());
    std::string expected = digits_product(digits_only(a), digits_only(b));
    expected.resize(expected.size() - 10);
    expected.insert(expected.size() - 10, 1, '.');
    REQUIRE(a * b == Decimal::of(expected));
    REQUIRE(-a * b == -(a * b));
    REQUIRE(a * b == b * a);
  }
}

TEST_CASE("a truncated quotient is the largest whose product does not exceed the dividend") {
  std::mt19937_64 random(19700101);
  const Decimal unit = Decimal::of("0.0000000001");
  for (int i = 0; i < 3000; ++i) {
    const Decimal a = random_decimal(random, 20);
    const Decimal b = random_decimal(random, 6);
    CAPTURE(a.text());
    CAPTURE(b.text());
    const Decimal q = divided(a, b, 10, Rounding::toward_zero);
    REQUIRE(multiplied(q, b, 10, Rounding::away) <= a);
    REQUIRE(multiplied(q + unit, b, 10, Rounding::away) > a);
  }
}

TEST_CASE("a product is rounded once, from its exact value") {
  const Decimal a = Decimal::of("0.0000000001");
  CHECK((a * Decimal::of("0.5")).is_zero());
  CHECK(multiplied(a, Decimal::of("0.5"), 2, Rounding::away) == Decimal::of("0.01"));
  CHECK(multiplied(a, Decimal::of("0.5"), 10, Rounding::half_away) == a);
  CHECK(multiplied(a, Decimal::of("0.5"), 10, Rounding::half_even).is_zero());
}

TEST_CASE("money adds within one currency only") {
  const Money sum = Money{Decimal::of("1.10"), "EUR"} + Money{Decimal::of("2.05"), "EUR"};
  CHECK(sum == Money{Decimal::of("3.15"), "EUR"});
  CHECK_THROWS_AS((sum + Money{1, "USD"}), std::invalid_argument);
}
