// Exact decimal arithmetic for money and quantities. No floating point goes in or comes out.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guildhall {

/// How a digit that does not fit is dropped.
enum class Rounding {
  half_even,
  half_away,   ///< halves away from zero
  away,        ///< any remainder away from zero: `up2` of contracts/cmp.md §9.1
  toward_zero  ///< truncation
};

/// A number with ten decimal places and 27 digits before the point, as contracts/cmp.md §9.1 stores prices and quantities.
/// Every operation that would leave that range throws std::overflow_error.
class Decimal {
 public:
  static constexpr int kPlaces = 10;

  constexpr Decimal() = default;
  Decimal(std::int64_t whole);  // NOLINT(google-explicit-constructor): an integer is a decimal

  /// Optional sign, digits, at most one point, at most ten decimals; no exponent, no spaces. Anything else: nullopt.
  static std::optional<Decimal> parse(std::string_view text);
  /// As parse, for literals in code; throws std::invalid_argument.
  static Decimal of(std::string_view text);
  /// `units` × 10^-places, places in 0..10: e.g. of_units(2900, 2) is 29.00.
  static Decimal of_units(std::int64_t units, int places);

  auto operator<=>(const Decimal&) const = default;
  Decimal operator-() const;
  Decimal operator+(const Decimal& other) const;
  Decimal operator-(const Decimal& other) const;
  /// The exact product, its places past ten truncated toward zero.
  Decimal operator*(const Decimal& other) const;
  Decimal& operator+=(const Decimal& other) { return *this = *this + other; }
  Decimal& operator-=(const Decimal& other) { return *this = *this - other; }

  bool is_zero() const { return units_ == 0; }
  bool is_negative() const { return units_ < 0; }

  /// Rounded to `places` (0..10) decimals.
  Decimal rounded(int places, Rounding rounding) const;
  /// Rounded to two decimals away from zero.
  Decimal up2() const { return rounded(2, Rounding::away); }
  /// The value × 10^places as an integer, rounded; throws std::overflow_error beyond 64 bits.
  std::int64_t units(int places, Rounding rounding) const;
  /// With exactly `places` decimals, rounded half to even.
  std::string text(int places) const;
  /// As few decimals as the value needs.
  std::string text() const;

  friend Decimal divided(const Decimal& a, const Decimal& b, int places, Rounding rounding);
  friend Decimal multiplied(const Decimal& a, const Decimal& b, int places, Rounding rounding);

 private:
  __extension__ using Units = __int128;
  Units units_ = 0;
};

/// a ÷ b rounded to `places` decimals; throws std::domain_error when b is zero.
Decimal divided(const Decimal& a, const Decimal& b, int places, Rounding rounding);
/// a × b, rounded once from the exact product.
Decimal multiplied(const Decimal& a, const Decimal& b, int places, Rounding rounding);

/// An ISO 4217 code, three upper-case letters.
using Currency = std::string;

/// An amount and its currency. Adding different currencies throws std::invalid_argument.
struct Money {
  Decimal amount;
  Currency currency;

  bool operator==(const Money&) const = default;
};

Money operator+(const Money& a, const Money& b);

}  // namespace guildhall
