// Calendar, billing cycles and the written forms of time.
#include "base/time.h"

#include <doctest/doctest.h>

#include <string>

using namespace guildhall;

namespace {

Timestamp at(std::string_view text) {
  const auto t = parse_timestamp(text);
  REQUIRE_MESSAGE(t.has_value(), std::string(text));
  return *t;
}

}  // namespace

TEST_CASE("timestamps are read with any offset and written in UTC") {
  CHECK(at("1970-01-01T00:00:00Z").us == 0);
  CHECK(at("2016-11-01T14:00:00+02:00") == at("2016-11-01T12:00:00Z"));
  CHECK(at("2016-11-01t14:00:00-0530") == at("2016-11-01 19:30:00z"));
  CHECK(at("2024-02-29") == at("2024-02-29T00:00:00Z"));
  CHECK(at("1969-12-31T23:59:59.999999Z").us == -1);
  CHECK(at("2024-01-01T00:00:00.123456789Z") == at("2024-01-01T00:00:00.123456Z"));
  CHECK(at("2024-01-01T00:00:00.5Z") - at("2024-01-01T00:00:00Z") == 500'000);
  CHECK(at("0001-01-01T00:00:00Z").us == -62135596800LL * 1'000'000);
}

TEST_CASE("what is no timestamp is refused") {
  for (const char* text : {"",
                           "2024",
                           "2024-01",
                           "2024-13-01",
                           "2024-00-01",
                           "2023-02-29",
                           "2024-01-32",
                           "2024-01-00",
                           "0000-01-01",
                           "2024-01-01T",
                           "2024-01-01T00:00Z",
                           "2024-01-01T00:00:00",
                           "2024-01-01T24:00:00Z",
                           "2024-01-01T00:60:00Z",
                           "2024-01-01T00:00:60Z",
                           "2024-01-01T00:00:00.Z",
                           "2024-01-01T00:00:00.1234567890Z",
                           "2024-01-01T00:00:00+24:00",
                           "2024-01-01T00:00:00+1",
                           "2024-01-01T00:00:00Z ",
                           "0001-01-01T00:00:00+00:01",
                           "9999-12-31T23:59:59-00:01",
                           "+024-01-01",
                           "2024-1-01",
                           "2024/01/01"}) {
    CAPTURE(text);
    CHECK_FALSE(parse_timestamp(text));
  }
}

TEST_CASE("a fraction is written only when there is one, with three or six digits") {
  CHECK(rfc3339(at("2024-03-05T06:07:08Z")) == "2024-03-05T06:07:08Z");
  CHECK(rfc3339(at("2024-03-05T06:07:08.120Z")) == "2024-03-05T06:07:08.120Z");
  CHECK(rfc3339(at("2024-03-05T06:07:08.000001Z")) == "2024-03-05T06:07:08.000001Z");
  CHECK(rfc3339({-1}) == "1969-12-31T23:59:59.999999Z");
  CHECK(rfc3339_offset(at("2024-03-05T06:07:08Z")) == "2024-03-05T06:07:08.000000+00:00");
  CHECK(monitor_time(at("2024-03-05T06:07:08.9Z")) == "2024-03-05 06:07:08 UTC");
}

TEST_CASE("the HTTP date is the one of RFC 9110") {
  CHECK(http_date(at("1994-11-06T08:49:37Z")) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(http_date({0}) == "Thu, 01 Jan 1970 00:00:00 GMT");
  CHECK(http_date({-1}) == "Wed, 31 Dec 1969 23:59:59 GMT");
}

TEST_CASE("dates round-trip on every day of four hundred years") {
  Timestamp t = start_of(Date{1800, 1, 1});
  const Timestamp end = start_of(Date{2200, 1, 1});
  CHECK((end - t) / kMicrosecondsPerDay == 146097);
  bool all_equal = true;
  for (; t < end; t = t + days(1)) {
    const Date date = date_of(t);
    all_equal = all_equal && start_of(date) == t && date_of(t + (days(1) - 1)) == date && parse_date(text(date)) == date;
  }
  CHECK(all_equal);
}

TEST_CASE("a cycle is a month in UTC and knows its neighbours") {
  const auto cycle = parse_cycle("2016-12");
  REQUIRE(cycle);
  CHECK(cycle->text() == "2016-12");
  CHECK(next(*cycle) == Cycle{2017, 1});
  CHECK(previous(Cycle{2017, 1}) == *cycle);
  CHECK(days_in(Cycle{2024, 2}) == 29);
  CHECK(days_in(Cycle{1900, 2}) == 28);
  CHECK(days_in(Cycle{2000, 2}) == 29);
  CHECK(cycle_of(end_of(*cycle)) == Cycle{2017, 1});
  CHECK(cycle_of(end_of(*cycle) - 1) == *cycle);
  CHECK(rfc3339(start_of(*cycle)) == "2016-12-01T00:00:00Z");
  for (const char* bad : {"", "2016", "2016-13", "2016-00", "2016-1", "2016-12-01", "0000-01", "201612"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_cycle(bad));
  }
  CHECK_FALSE(parse_date("2016-12-01T00:00:00Z"));
}

TEST_CASE("a manual clock moves only when told to") {
  ManualClock clock(at("2024-01-01"));
  CHECK(clock.now() == at("2024-01-01"));
  clock.advance(days(1) + seconds(1));
  CHECK(clock.now() == at("2024-01-02T00:00:01Z"));
  clock.set({7});
  CHECK(clock.now().us == 7);
}

TEST_CASE("the system clock is past the day this was written and the monotonic one does not step back") {
  CHECK(SystemClock().now() > at("2025-01-01"));
  const std::int64_t before = monotonic_us();
  CHECK(monotonic_us() >= before);
}
