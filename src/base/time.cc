// Calendar arithmetic and the written forms of time. All in UTC; no time zone database is needed.
#include "base/time.h"

#include <fmt/core.h>

#include <array>
#include <chrono>

namespace guildhall {

namespace {

constexpr int kYearMin = 1;
constexpr int kYearMax = 9999;

struct TimeOfDay {
  int hour;
  int minute;
  int second;
  int microsecond;
};

std::int64_t days_since_epoch(int year, int month, int day) {
  const std::chrono::year_month_day ymd{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month)),
                                        std::chrono::day(static_cast<unsigned>(day))};
  return std::chrono::sys_days(ymd).time_since_epoch().count();
}

std::int64_t day_number(Timestamp t) {
  std::int64_t day = t.us / kMicrosecondsPerDay;
  if (t.us % kMicrosecondsPerDay < 0) --day;
  return day;
}

TimeOfDay time_of_day(Timestamp t) {
  const std::int64_t us = t.us - day_number(t) * kMicrosecondsPerDay;
  const auto total_s = static_cast<int>(us / kMicrosecondsPerSecond);
  return {total_s / 3600, total_s / 60 % 60, total_s % 60, static_cast<int>(us % kMicrosecondsPerSecond)};
}

/// Reads exactly `count` digits off the front.
std::optional<int> take_digits(std::string_view& text, std::size_t count) {
  if (text.size() < count) return std::nullopt;
  int value = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (text[i] < '0' || text[i] > '9') return std::nullopt;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(count);
  return value;
}

bool take(std::string_view& text, char c) {
  if (text.empty() || text.front() != c) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Cycle> take_cycle(std::string_view& text) {
  const auto year = take_digits(text, 4);
  if (!year || *year < kYearMin || !take(text, '-')) return std::nullopt;
  const auto month = take_digits(text, 2);
  if (!month || *month < 1 || *month > 12) return std::nullopt;
  return Cycle{*year, *month};
}

std::optional<Date> take_date(std::string_view& text) {
  const auto cycle = take_cycle(text);
  if (!cycle || !take(text, '-')) return std::nullopt;
  const auto day = take_digits(text, 2);
  if (!day || *day < 1 || *day > days_in(*cycle)) return std::nullopt;
  return Date{cycle->year, cycle->month, *day};
}

/// HH:MM:SS with an optional fraction, digits past the sixth dropped. Microseconds since midnight.
std::optional<std::int64_t> take_time(std::string_view& text) {
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23 || !take(text, ':')) return std::nullopt;
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59 || !take(text, ':')) return std::nullopt;
  const auto second = take_digits(text, 2);
  if (!second || *second > 59) return std::nullopt;
  std::int64_t us = ((*hour * 60 + *minute) * 60 + *second) * kMicrosecondsPerSecond;
  if (!take(text, '.')) return us;
  int digits = 0;
  for (std::int64_t unit = kMicrosecondsPerSecond / 10; digits < 9; ++digits, unit /= 10) {
    const auto digit = take_digits(text, 1);
    if (!digit) break;
    us += *digit * unit;
  }
  if (digits == 0) return std::nullopt;
  return us;
}

/// `Z`, `+HH:MM` or `+HHMM` as seconds east of UTC.
std::optional<std::int64_t> take_offset_s(std::string_view& text) {
  if (take(text, 'Z') || take(text, 'z')) return 0;
  const bool west = take(text, '-');
  if (!west && !take(text, '+')) return std::nullopt;
  const auto hour = take_digits(text, 2);
  if (!hour || *hour > 23) return std::nullopt;
  take(text, ':');
  const auto minute = take_digits(text, 2);
  if (!minute || *minute > 59) return std::nullopt;
  const std::int64_t s = *hour * 3600 + *minute * 60;
  return west ? -s : s;
}

std::string seconds_text(Timestamp t, char separator) {
  const TimeOfDay time = time_of_day(t);
  return fmt::format("{}{}{:02}:{:02}:{:02}", text(date_of(t)), separator, time.hour, time.minute, time.second);
}

}  // namespace

std::string Cycle::text() const {
  return fmt::format("{:04}-{:02}", year, month);
}

Date date_of(Timestamp t) {
  const std::chrono::year_month_day ymd{std::chrono::sys_days(std::chrono::days(static_cast<int>(day_number(t))))};
  return {static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
          static_cast<int>(static_cast<unsigned>(ymd.day()))};
}

Timestamp start_of(const Date& date) {
  return {days_since_epoch(date.year, date.month, date.day) * kMicrosecondsPerDay};
}

Cycle cycle_of(Timestamp t) {
  const Date date = date_of(t);
  return {date.year, date.month};
}

Timestamp start_of(const Cycle& cycle) {
  return start_of(Date{cycle.year, cycle.month, 1});
}

Timestamp end_of(const Cycle& cycle) {
  return start_of(next(cycle));
}

Cycle next(const Cycle& cycle) {
  return cycle.month == 12 ? Cycle{cycle.year + 1, 1} : Cycle{cycle.year, cycle.month + 1};
}

Cycle previous(const Cycle& cycle) {
  return cycle.month == 1 ? Cycle{cycle.year - 1, 12} : Cycle{cycle.year, cycle.month - 1};
}

int days_in(const Cycle& cycle) {
  return static_cast<int>((end_of(cycle) - start_of(cycle)) / kMicrosecondsPerDay);
}

std::optional<Cycle> parse_cycle(std::string_view text) {
  const auto cycle = take_cycle(text);
  return text.empty() ? cycle : std::nullopt;
}

std::optional<Date> parse_date(std::string_view text) {
  const auto date = take_date(text);
  return text.empty() ? date : std::nullopt;
}

std::string text(const Date& date) {
  return fmt::format("{:04}-{:02}-{:02}", date.year, date.month, date.day);
}

std::string rfc3339(Timestamp t) {
  const int us = time_of_day(t).microsecond;
  std::string out = seconds_text(t, 'T');
  if (us % 1000 != 0) {
    out += fmt::format(".{:06}", us);
  } else if (us != 0) {
    out += fmt::format(".{:03}", us / 1000);
  }
  return out + 'Z';
}

std::string rfc3339_offset(Timestamp t) {
  return fmt::format("{}.{:06}+00:00", seconds_text(t, 'T'), time_of_day(t).microsecond);
}

std::optional<Timestamp> parse_timestamp(std::string_view text) {
  const auto date = take_date(text);
  if (!date) return std::nullopt;
  const Timestamp midnight = start_of(*date);
  if (text.empty()) return midnight;
  if (!take(text, 'T') && !take(text, 't') && !take(text, ' ')) return std::nullopt;
  const auto time_us = take_time(text);
  if (!time_us) return std::nullopt;
  const auto offset_s = take_offset_s(text);
  if (!offset_s || !text.empty()) return std::nullopt;
  const Timestamp t = midnight + *time_us - seconds(*offset_s);
  const int year = date_of(t).year;
  if (year < kYearMin || year > kYearMax) return std::nullopt;
  return t;
}

std::string monitor_time(Timestamp t) {
  return seconds_text(t, ' ') + " UTC";
}

std::string http_date(Timestamp t) {
  static constexpr std::array<std::string_view, 7> kWeekdays = {"Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"};
  static constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                               "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto weekday = static_cast<std::size_t>((day_number(t) % 7 + 7) % 7);
  const Date date = date_of(t);
  const TimeOfDay time = time_of_day(t);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kWeekdays[weekday], date.day,
                     kMonths[static_cast<std::size_t>(date.month - 1)], date.year, time.hour, time.minute, time.second);
}

Timestamp SystemClock::now() const {
  const auto since_epoch = std::chrono::system_clock::now().time_since_epoch();
  return {std::chrono::duration_cast<std::chrono::microseconds>(since_epoch).count()};
}

std::int64_t monotonic_us() {
  const auto since_start = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(since_start).count();
}

}  // namespace guildhall
