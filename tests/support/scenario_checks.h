// Judging one answer: each check of a scenario, with the words that say why it failed.
#pragma once

#include <optional>
#include <string>

#include "scenario.h"
#include "scenario_values.h"

namespace guildhall::test {

/// What is wrong, or nothing. The check's own variables are filled in here.
std::optional<std::string> failure_of(const Check& check, const HttpAnswer& answer, const Variables& variables);

/// The captured text: strings as they are, other values as JSON. std::runtime_error when nothing is there.
std::string captured(const Capture& capture, const HttpAnswer& answer);

}  // namespace guildhall::test
