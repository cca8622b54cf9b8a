// Running one scenario against a server of its own.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenario.h"
#include "scenario_server.h"

namespace guildhall::test {

struct Outcome {
  std::size_t steps = 0;              ///< that ran
  std::vector<std::string> failures;  ///< each with its step, what was sent and what came back
};

/// Ends at the first failing step, except in tables, whose every row runs.
Outcome run_scenario(const Scenario& scenario, const Programs& programs);

}  // namespace guildhall::test
