// Instants, dates and billing cycles, all in UTC, and the clock that tests can set.
#pragma once

#include <atomic>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guildhall {

inline constexpr std::int64_t kMicrosecondsPerSecond = 1'000'000;
inline constexpr std::int64_t kMicrosecondsPerDay = 86'400 * kMicrosecondsPerSecond;

/// Microseconds since 1970-01-01T00:00:00Z.
struct Timestamp {
  std::int64_t us = 0;

  auto operator<=>(const Timestamp&) const = default;
};

inline Timestamp operator+(Timestamp t, std::int64_t us) {
  return {t.us + us};
}
inline Timestamp operator-(Timestamp t, std::int64_t us) {
  return {t.us - us};
}
inline std::int64_t operator-(Timestamp a, Timestamp b) {
  return a.us - b.us;
}
inline std::int64_t seconds(std::int64_t n) {
  return n * kMicrosecondsPerSecond;
}
inline std::int64_t days(std::int64_t n) {
  return n * kMicrosecondsPerDay;
}

/// A calendar date, 0001-01-01 to 9999-12-31.
struct Date {
  int year = 1970;
  int month = 1;
  int day = 1;

  auto operator<=>(const Date&) const = default;
};

/// A billing cycle: one calendar month in UTC, written YYYY-MM.
struct Cycle {
  int year = 1970;
  int month = 1;

  auto operator<=>(const Cycle&) const = default;
  std::string text() const;
};

Date date_of(Timestamp t);
Timestamp start_of(const Date& date);
Cycle cycle_of(Timestamp t);
Timestamp start_of(const Cycle& cycle);
/// The first instant after the cycle.
Timestamp end_of(const Cycle& cycle);
Cycle next(const Cycle& cycle);
Cycle previous(const Cycle& cycle);
int days_in(const Cycle& cycle);
std::optional<Cycle> parse_cycle(std::string_view text);
std::optional<Date> parse_date(std::string_view text);
std::string text(const Date& date);

/// RFC 3339 with `Z`; the fraction appears only when it is not zero, with three or six digits.
std::string rfc3339(Timestamp t);
/// RFC 3339 with six digits and `+00:00`: the form of Waldur's event bodies.
std::string rfc3339_offset(Timestamp t);
/// Accepts any offset and up to nine fractional digits; a date alone is its first instant.
std::optional<Timestamp> parse_timestamp(std::string_view text);
/// `YYYY-MM-DD HH:MM:SS UTC`: the form of LangFlow's monitor routes.
std::string monitor_time(Timestamp t);
/// RFC 9110 date for HTTP headers.
std::string http_date(Timestamp t);

/// Where the time comes from. Domain code never holds one; it asks its transaction.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Timestamp now() const = 0;
};

class SystemClock final : public Clock {
 public:
  Timestamp now() const override;
};

/// A clock that moves only when told to. Thread-safe.
class ManualClock final : public Clock {
 public:
  explicit ManualClock(Timestamp start) : us_(start.us) {}
  Timestamp now() const override { return {us_.load()}; }
  void set(Timestamp t) { us_.store(t.us); }
  void advance(std::int64_t us) { us_.fetch_add(us); }

 private:
  std::atomic<std::int64_t> us_;
};

/// Microseconds on a clock that never steps back, for durations and rate limits.
std::int64_t monotonic_us();

}  // namespace guildhall
