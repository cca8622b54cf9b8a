// Copies a SQLite database while it is in use.
#pragma once

#include <string>

namespace guildhall::store {

/// One consistent snapshot of `source`, complete or not there at all: it is written beside `target` and then renamed over it.
/// Throws Refusal(invalid_request) when `target` is the database itself or cannot be written.
void copy_sqlite(const std::string& source, const std::string& target);

}  // namespace guildhall::store
