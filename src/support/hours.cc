// Opening hours over ICU's time zones.
#include "support/hours.h"

#include <unicode/gregocal.h>
#include <unicode/timezone.h>

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "limits.h"

namespace guildhall::support {
namespace {

constexpr int kMinutesPerDay = 24 * 60;
constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};

/// "09:30" as minutes; nullopt for anything else. "24:00" ends a day.
std::optional<int> minutes_of(std::string_view text) {
  const auto digit = [&](std::size_t i) { return text[i] >= '0' && text[i] <= '9' ? text[i] - '0' : 100; };
  if (text.size() != 5 || text[2] != ':') return std::nullopt;
  const int hours = digit(0) * 10 + digit(1);
  const int minutes = digit(3) * 10 + digit(4);
  if (hours > 24 || minutes > 59 || (hours == 24 && minutes > 0)) return std::nullopt;
  return hours * 60 + minutes;
}

std::vector<Interval> intervals(const json::Value& value, const std::string& field) {
  const json::Array* list = value.if_array();
  if (list == nullptr || list->size() > kIntervalsPerDayMax)
    throw invalid_field(field, "this is a list of at most " + std::to_string(kIntervalsPerDayMax) + " intervals");
  std::vector<Interval> read;
  for (const json::Value& entry : *list) {
    const json::Array* pair = entry.if_array();
    const auto at = [&](std::size_t i) {
      return pair != nullptr && pair->size() == 2 && pair->at(i).is_string() ? minutes_of(json::view(pair->at(i).get_string()))
                                                                             : std::nullopt;
    };
    const auto begin = at(0);
    const auto end = at(1);
    if (!begin || !end || *begin >= *end)
      throw invalid_field(field, R"(an interval is two times of a day, e.g. ["09:00","17:30"])");
    read.push_back({*begin, *end});
  }
  std::sort(read.begin(), read.end(), [](const Interval& a, const Interval& b) { return a.begin < b.begin; });
  for (std::size_t i = 1; i < read.size(); ++i) {
    if (read[i].begin < read[i - 1].end) throw invalid_field(field, "the intervals overlap");
  }
  return read;
}

void read_exceptions(const json::Value& value, const std::string& field, OpeningHours& hours) {
  const json::Array* list = value.if_array();
  if (list == nullptr || list->size() > kExceptionsMax)
    throw invalid_field(field, "this is a list of at most " + std::to_string(kExceptionsMax) + " days");
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string place = field + "." + std::to_string(i);
    const auto date = parse_date(json::text_of(list->at(i), "date"));
    if (!date) throw invalid_field(place + ".date", "this is a date, YYYY-MM-DD");
    const json::Value* open = json::find(list->at(i), "hours");
    hours.exceptions[*date] = open == nullptr ? std::vector<Interval>() : intervals(*open, place + ".hours");
  }
}

std::unique_ptr<icu::TimeZone> zone_named(const std::string& name) {
  std::unique_ptr<icu::TimeZone> zone(icu::TimeZone::createTimeZone(icu::UnicodeString::fromUTF8(name)));
  return *zone == icu::TimeZone::getUnknown() ? nullptr : std::move(zone);
}

struct LocalTime {
  Date date;
  int weekday = 0;  ///< 0 is Monday
  int minute = 0;
};

LocalTime local_time(const icu::TimeZone& zone, Timestamp at) {
  UErrorCode status = U_ZERO_ERROR;
  std::int32_t raw = 0;
  std::int32_t saving = 0;
  zone.getOffset(static_cast<UDate>(at.us / 1'000), static_cast<UBool>(false), raw, saving, status);
  if (U_FAILURE(status) != 0) throw std::runtime_error(std::string("time zone offset: ") + u_errorName(status));
  const Timestamp local = at + std::int64_t{1'000} * (raw + saving);
  LocalTime time;
  time.date = date_of(local);
  const std::int64_t day = start_of(time.date).us / kMicrosecondsPerDay;
  time.weekday = static_cast<int>(((day + 3) % 7 + 7) % 7);  // 1970-01-01 was a Thursday
  time.minute = static_cast<int>((local - start_of(time.date)) / seconds(60));
  return time;
}

const std::vector<Interval>& hours_of(const OpeningHours& hours, const LocalTime& time) {
  const auto exception = hours.exceptions.find(time.date);
  return exception == hours.exceptions.end() ? hours.week.at(static_cast<std::size_t>(time.weekday)) : exception->second;
}

std::unique_ptr<icu::TimeZone> required_zone(const OpeningHours& hours) {
  auto zone = zone_named(hours.zone);
  if (!zone) throw std::logic_error("opening hours in the unknown zone " + hours.zone);
  return zone;
}

bool is_open_at(const OpeningHours& hours, const icu::TimeZone& zone, Timestamp at) {
  const LocalTime time = local_time(zone, at);
  const auto& open = hours_of(hours, time);
  return std::any_of(open.begin(), open.end(),
                     [&](const Interval& interval) { return interval.begin <= time.minute && time.minute < interval.end; });
}

}  // namespace

OpeningHours opening_hours(const json::Value& value, const std::string& field) {
  const json::Object* object = value.if_object();
  if (object == nullptr) throw invalid_field(field, "this is an object with zone, week and exceptions");
  OpeningHours hours;
  for (const auto& member : *object) {
    const std::string name(member.key());
    const std::string place = field + "." + name;
    if (name == "zone") {
      if (member.value().is_string()) hours.zone = json::view(member.value().get_string());
      if (!member.value().is_string() || !zone_named(hours.zone))
        throw invalid_field(place, "this is an IANA time zone, e.g. Europe/Berlin");
    } else if (name == "week") {
      const json::Object* week = member.value().if_object();
      if (week == nullptr) throw invalid_field(place, "this is an object with mon, tue, wed, thu, fri, sat, sun");
      for (const auto& day : *week) {
        const auto found = std::find(kDays.begin(), kDays.end(), std::string_view(day.key()));
        if (found == kDays.end())
          throw invalid_field(place + "." + std::string(day.key()), "days are mon, tue, wed, thu, fri, sat, sun");
        hours.week.at(static_cast<std::size_t>(found - kDays.begin())) =
            intervals(day.value(), place + "." + std::string(day.key()));
      }
    } else if (name == "exceptions") {
      read_exceptions(member.value(), place, hours);
    } else {
      throw invalid_field(place, "there is no such field");
    }
  }
  return hours;
}

bool is_open(const OpeningHours& hours, Timestamp at) {
  return is_open_at(hours, *required_zone(hours), at);
}

std::optional<Timestamp> next_opening(const OpeningHours& hours, Timestamp at) {
  // A minute at a time, so that clocks may step wherever they like; days without hours are passed in one leap that ends well
  // before their midnight.
  constexpr int kLeapEndsMin = 180;
  const auto zone = required_zone(hours);
  if (is_open_at(hours, *zone, at)) return at;
  const Timestamp last = at + days(366);
  Timestamp minute{at.us / seconds(60) * seconds(60)};
  while (minute < last) {
    const LocalTime time = local_time(*zone, minute);
    const bool is_closed_day = hours_of(hours, time).empty();
    minute = minute + seconds(60) * (is_closed_day ? std::max(1, kMinutesPerDay - time.minute - kLeapEndsMin) : 1);
    if (is_open_at(hours, *zone, minute)) return minute;
  }
  return std::nullopt;
}

}  // namespace guildhall::support
