// When people answer: weekly hours in a zone, with dated exceptions (contracts/support-partner.md §5.2).
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace guildhall::support {

/// Minutes since midnight, local; `end` is the first minute outside, at most 1,440.
struct Interval {
  int begin = 0;
  int end = 0;

  bool operator==(const Interval&) const = default;
};

struct OpeningHours {
  std::string zone = "UTC";                          ///< IANA name
  std::array<std::vector<Interval>, 7> week;         ///< Monday first
  std::map<Date, std::vector<Interval>> exceptions;  ///< instead of the weekday's; empty: closed
};

/// `{"zone":"Europe/Berlin","week":{"mon":[["09:00","17:30"]],…},"exceptions":[{"date":"2026-12-25","hours":[]}]}`; a weekday
/// that is left out is closed. Refusal(validation_failed) names the member below `field` that is wrong.
OpeningHours opening_hours(const json::Value& value, const std::string& field);

bool is_open(const OpeningHours& hours, Timestamp at);
/// The next instant at which it is open, `at` itself when it is; nullopt when that is not within a year.
std::optional<Timestamp> next_opening(const OpeningHours& hours, Timestamp at);

}  // namespace guildhall::support
