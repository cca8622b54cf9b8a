// Opening hours across zones, exceptions and clocks that step.
#include "support/hours.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "support/settings.h"

namespace guildhall::support {
namespace {

OpeningHours hours_from(std::string_view text) {
  return opening_hours(json::parse_or_refuse(text), "hours");
}
Timestamp at(std::string_view text) {
  return parse_timestamp(text).value();
}
std::string refused_field(std::string_view escalation) {
  try {
    handover_settings(json::parse_or_refuse(escalation));
  } catch (const Refusal& refusal) {
    return refusal.fields.empty() ? refusal.message : refusal.fields.front().path;
  }
  return {};
}

}  // namespace

TEST_CASE("hours are local: the same clock time is another instant in summer") {
  const auto hours = hours_from(R"({"zone":"Europe/Berlin","week":{"mon":[["09:00","12:00"],["13:00","17:30"]]}})");
  CHECK(is_open(hours, at("2026-03-02T08:00:00Z")));
  CHECK_FALSE(is_open(hours, at("2026-03-02T07:59:59Z")));
  CHECK_FALSE(is_open(hours, at("2026-03-02T11:00:00Z")));
  CHECK(is_open(hours, at("2026-03-02T16:29:59Z")));
  CHECK_FALSE(is_open(hours, at("2026-03-02T16:30:00Z")));
  CHECK(is_open(hours, at("2026-07-06T07:00:00Z")));
  CHECK_FALSE(is_open(hours, at("2026-07-06T06:59:59Z")));
  CHECK(next_opening(hours, at("2026-03-02T11:30:00Z")) == at("2026-03-02T12:00:00Z"));
  CHECK(next_opening(hours, at("2026-03-28T12:00:00Z")) == at("2026-03-30T07:00:00Z"));
}

TEST_CASE("an exception stands instead of its weekday") {
  const auto hours = hours_from(
      R"({"zone":"UTC","week":{"thu":[["09:00","17:00"]],"fri":[["09:00","17:00"]]},"exceptions":[{"date":"2026-12-24","hours":[["09:00","12:00"]]},{"date":"2026-12-25"}]})");
  CHECK(is_open(hours, at("2026-12-24T11:59:00Z")));
  CHECK_FALSE(is_open(hours, at("2026-12-24T12:00:00Z")));
  CHECK_FALSE(is_open(hours, at("2026-12-25T10:00:00Z")));
  CHECK(next_opening(hours, at("2026-12-24T13:00:00Z")) == at("2026-12-31T09:00:00Z"));
}

TEST_CASE("an opening in the hour that is skipped comes with the first minute there is") {
  const auto hours = hours_from(R"({"zone":"Europe/Berlin","week":{"sun":[["02:30","06:00"]]}})");
  CHECK(next_opening(hours, at("2026-03-28T12:00:00Z")) == at("2026-03-29T01:00:00Z"));
  CHECK_FALSE(next_opening(hours_from("{}"), at("2026-03-28T12:00:00Z")));
  CHECK(next_opening(hours_from(R"({"week":{"mon":[["00:00","24:00"]]}})"), at("2026-03-03T00:00:00Z")) ==
        at("2026-03-09T00:00:00Z"));
}

TEST_CASE("settings name the member that is wrong") {
  CHECK(refused_field("{}").empty());
  CHECK(refused_field(R"({"wait_timeout":300,"triggers":{"keywords":["help desk"],"unanswered_threshold":10}})").empty());
  CHECK(refused_field(R"({"wait_timeout":29})") == "escalation.wait_timeout");
  CHECK(refused_field(R"({"triggers":{"unanswered_threshold":11}})") == "escalation.triggers.unanswered_threshold");
  CHECK(refused_field(R"({"triggers":{"sometimes":true}})") == "escalation.triggers.sometimes");
  CHECK(refused_field(R"({"hours":{"zone":"Europe/Atlantis"}})") == "escalation.hours.zone");
  CHECK(refused_field(R"({"hours":{"week":{"mon":[["17:00","09:00"]]}}})") == "escalation.hours.week.mon");
  CHECK(refused_field(R"({"hours":{"week":{"mon":[["09:00","12:00"],["11:00","13:00"]]}}})") == "escalation.hours.week.mon");
  CHECK(refused_field(R"({"hours":{"exceptions":[{"date":"2026-02-30"}]}})") == "escalation.hours.exceptions.0.date");
}

}  // namespace guildhall::support
