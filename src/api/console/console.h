// The single-page console: one page for every path of its areas.
#pragma once

#include "edge/call.h"

namespace guildhall::api::console {

/// Whether this server has a console to lead a browser to.
bool has_console(const Call& call);

/// Whether a name may be looked up among the console's files: one segment of letters, digits, `.`, `_` and `-`.
bool is_file_name(std::string_view name);

}  // namespace guildhall::api::console
