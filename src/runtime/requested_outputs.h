// Which vertices' outputs a caller gets (contracts/runtime.md §6.2).
#pragma once

#include <string_view>
#include <vector>

#include "run_state.h"

namespace guildhall::runtime {

/// Per vertex. Refusal(invalid_request) for an output_component that is none of the selected vertices.
std::vector<bool> requested_outputs(const Plan& plan, std::string_view output_type, std::string_view output_component);

/// Moves the requested outputs into the result, in file order. Refusal(limit_exceeded) past the size of a result.
void collect_outputs(RunState& run, const std::vector<bool>& requested);

}  // namespace guildhall::runtime
