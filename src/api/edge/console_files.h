// The files of the single-page console: those in the program, or those of --web-dir.
#pragma once

#include <string>
#include <string_view>

#include "edge/call.h"

namespace guildhall::api {

/// Whether this server has a console to lead a browser to.
bool has_console(const Call& call);
/// Whether a name may be looked up among the console's files: one segment of letters, digits, `.`, `_` and `-`.
bool is_console_file_name(std::string_view name);
/// Refusal(not_found) without such a file; it says what to do where the web part was not built.
void answer_console_file(Call& call, const std::string& path, std::string_view cache_control);

}  // namespace guildhall::api
