// Files beside a message: images become image parts, text becomes text (contracts/runtime.md §4.1).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "run_state.h"

namespace guildhall::runtime {

/// Refusal(component_error) for a file that does not exist; files that are neither image nor text are skipped with a log line.
void attach_files(const RunState& run, const std::vector<std::string>& paths, models::ChatMessage& message);

/// The bytes of an uploaded file. Refusal(component_error) when there is none.
std::string bytes_of_file(const RunState& run, const std::string& path);
/// The last part of a path.
std::string_view file_name(std::string_view path);
/// Lower case, without the dot; empty when there is none.
std::string file_extension(std::string_view path);

}  // namespace guildhall::runtime
