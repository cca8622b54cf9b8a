// Decimal arithmetic on 128-bit integers with 256-bit products, so that every operation rounds once, from the exact value.
#include "base/decimal.h"

#include <algorithm>
#include <array>
#include <limits>
#include <stdexcept>

namespace guildhall {

namespace {

__extension__ using Signed = __int128;
__extension__ using Wide = unsigned __int128;

/// A 256-bit unsigned integer.
struct Product {
  Wide high = 0;
  Wide low = 0;
};

struct Quotient {
  Wide value = 0;
  Wide remainder = 0;
};

constexpr Wide power_of_ten(int exponent) {
  Wide power = 1;
  for (int i = 0; i < exponent; ++i) power *= 10;
  return power;
}

/// One past the largest magnitude in units: 27 digits before the point, ten after.
constexpr Wide kUnitsEnd = power_of_ten(27 + Decimal::kPlaces);

[[noreturn]] void overflow() {
  throw std::overflow_error("a decimal has more than 27 digits before the point");
}

void check_places(int places) {
  if (places < 0 || places > Decimal::kPlaces) throw std::invalid_argument("places of a decimal are 0 to 10");
}

Wide magnitude(Signed value) {
  return value < 0 ? Wide{0} - static_cast<Wide>(value) : static_cast<Wide>(value);
}

Signed checked(Wide value, bool is_negative) {
  if (value >= kUnitsEnd) overflow();
  const auto positive = static_cast<Signed>(value);
  return is_negative ? -positive : positive;
}

/// For factors below kUnitsEnd and powers of ten up to 10^10; a product past 128 bits is past the range as well.
Wide scaled(Wide value, Wide factor) {
  if (value != 0 && factor > ~Wide{0} / value) overflow();
  return value * factor;
}

Product multiplied_exactly(Wide a, Wide b) {
  constexpr Wide kLow64 = std::numeric_limits<std::uint64_t>::max();
  const Wide a_low = a & kLow64;
  const Wide a_high = a >> 64;
  const Wide b_low = b & kLow64;
  const Wide b_high = b >> 64;
  const Wide low = a_low * b_low;
  const Wide cross_1 = a_high * b_low;
  const Wide cross_2 = a_low * b_high;
  const Wide middle = (low >> 64) + (cross_1 & kLow64) + (cross_2 & kLow64);
  return {a_high * b_high + (cross_1 >> 64) + (cross_2 >> 64) + (middle >> 64), (middle << 64) | (low & kLow64)};
}

/// Long division, bit by bit when the dividend needs it. The divisor is below 2^127.
Quotient divided_exactly(const Product& dividend, Wide divisor) {
  if (dividend.high == 0) return {dividend.low / divisor, dividend.low % divisor};
  if (dividend.high >= divisor) overflow();
  Wide remainder = dividend.high;
  Wide value = 0;
  for (int bit = 127; bit >= 0; --bit) {
    remainder = (remainder << 1) | ((dividend.low >> bit) & 1);
    value <<= 1;
    if (remainder >= divisor) {
      remainder -= divisor;
      value |= 1;
    }
  }
  return {value, remainder};
}

/// Of magnitudes: "away" is up, "toward zero" is down. No quotient comes near 2^128 - 1, so adding one is safe once checked.
Wide rounded_quotient(const Quotient& q, Wide divisor, Rounding rounding) {
  if (q.value >= kUnitsEnd) overflow();
  const Wide twice = q.remainder * 2;
  bool up = false;
  switch (rounding) {
    case Rounding::half_even: up = twice > divisor || (twice == divisor && (q.value & 1) == 1); break;
    case Rounding::half_away: up = twice >= divisor; break;
    case Rounding::away: up = q.remainder != 0; break;
    case Rounding::toward_zero: up = false; break;
  }
  return up ? q.value + 1 : q.value;
}

Wide rounded_magnitude(Wide units, int places, Rounding rounding) {
  const Wide divisor = power_of_ten(Decimal::kPlaces - places);
  return rounded_quotient({units / divisor, units % divisor}, divisor, rounding);
}

std::string digits_of(Wide value, std::size_t length_min) {
  std::string out;
  for (; value != 0; value /= 10) out += static_cast<char>('0' + static_cast<int>(value % 10));
  while (out.size() < length_min) out += '0';
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace

Decimal::Decimal(std::int64_t whole) : units_(static_cast<Signed>(whole) * static_cast<Signed>(power_of_ten(kPlaces))) {}

std::optional<Decimal> Decimal::parse(std::string_view text) {
  const bool is_negative = !text.empty() && text.front() == '-';
  if (is_negative || (!text.empty() && text.front() == '+')) text.remove_prefix(1);
  const auto point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const std::string_view fraction = point == std::string_view::npos ? std::string_view("0") : text.substr(point + 1);
  if (whole.empty() || fraction.empty() || fraction.size() > kPlaces) return std::nullopt;
  Wide units = 0;
  for (const std::string_view digits : {whole, fraction}) {
    for (const char c : digits) {
      if (c < '0' || c > '9') return std::nullopt;
      units = units * 10 + static_cast<Wide>(c - '0');
      if (units >= kUnitsEnd) return std::nullopt;
    }
  }
  const Wide factor = power_of_ten(kPlaces - static_cast<int>(fraction.size()));
  if (units > (kUnitsEnd - 1) / factor) return std::nullopt;
  Decimal out;
  out.units_ = checked(units * factor, is_negative);
  return out;
}

Decimal Decimal::of(std::string_view text) {
  const auto value = parse(text);
  if (!value) throw std::invalid_argument("not a decimal: " + std::string(text));
  return *value;
}

Decimal Decimal::of_units(std::int64_t units, int places) {
  check_places(places);
  Decimal out;
  out.units_ = static_cast<Signed>(units) * static_cast<Signed>(power_of_ten(kPlaces - places));
  return out;
}

Decimal Decimal::operator-() const {
  Decimal out;
  out.units_ = -units_;
  return out;
}

Decimal Decimal::operator+(const Decimal& other) const {
  // Both are below 10^37, their sum is far from the end of 128 bits.
  const Signed sum = units_ + other.units_;
  Decimal out;
  out.units_ = checked(magnitude(sum), sum < 0);
  return out;
}

Decimal Decimal::operator-(const Decimal& other) const {
  return *this + -other;
}

Decimal Decimal::operator*(const Decimal& other) const {
  return multiplied(*this, other, kPlaces, Rounding::toward_zero);
}

Decimal Decimal::rounded(int places, Rounding rounding) const {
  check_places(places);
  const Wide kept = rounded_magnitude(magnitude(units_), places, rounding);
  Decimal out;
  out.units_ = checked(scaled(kept, power_of_ten(kPlaces - places)), is_negative());
  return out;
}

std::int64_t Decimal::units(int places, Rounding rounding) const {
  check_places(places);
  const Signed value = checked(rounded_magnitude(magnitude(units_), places, rounding), is_negative());
  if (value > std::numeric_limits<std::int64_t>::max() || value < std::numeric_limits<std::int64_t>::min()) {
    throw std::overflow_error("a decimal does not fit 64 bits in units of 10^-" + std::to_string(places));
  }
  return static_cast<std::int64_t>(value);
}

std::string Decimal::text(int places) const {
  const Wide value = magnitude(rounded(places, Rounding::half_even).units_) / power_of_ten(kPlaces - places);
  const auto fraction = static_cast<std::size_t>(places);
  std::string out = digits_of(value, fraction + 1);
  if (fraction > 0) out.insert(out.size() - fraction, 1, '.');
  return is_negative() && value != 0 ? "-" + out : out;
}

std::string Decimal::text() const {
  std::string out = text(kPlaces);
  while (out.back() == '0') out.pop_back();
  if (out.back() == '.') out.pop_back();
  return out;
}

Decimal divided(const Decimal& a, const Decimal& b, int places, Rounding rounding) {
  check_places(places);
  if (b.is_zero()) throw std::domain_error("a decimal divided by zero");
  const Wide divisor = magnitude(b.units_);
  const Quotient q = divided_exactly(multiplied_exactly(magnitude(a.units_), power_of_ten(places)), divisor);
  Decimal out;
  out.units_ = checked(scaled(rounded_quotient(q, divisor, rounding), power_of_ten(Decimal::kPlaces - places)),
                       a.is_negative() != b.is_negative());
  return out;
}

Decimal multiplied(const Decimal& a, const Decimal& b, int places, Rounding rounding) {
  check_places(places);
  const Wide divisor = power_of_ten(2 * Decimal::kPlaces - places);
  const Quotient q = divided_exactly(multiplied_exactly(magnitude(a.units_), magnitude(b.units_)), divisor);
  Decimal out;
  out.units_ = checked(scaled(rounded_quotient(q, divisor, rounding), power_of_ten(Decimal::kPlaces - places)),
                       a.is_negative() != b.is_negative());
  return out;
}

Money operator+(const Money& a, const Money& b) {
  if (a.currency != b.currency) throw std::invalid_argument("cannot add " + b.currency + " to " + a.currency);
  return {a.amount + b.amount, a.currency};
}

}  // namespace guildhall
