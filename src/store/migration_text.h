// From the text of a migration file to the statements one database runs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/tx.h"

namespace guildhall::store {

/// Drops what is for the other database, translates the portable type words and splits at `;` before a line end. Words and
/// semicolons inside string literals, quoted names and comments are left alone. SQLite tables become STRICT, so that they
/// refuse a value of the wrong type as PostgreSQL does. Throws std::logic_error for a block without its end.
std::vector<std::string> statements_of(std::string_view sql, Dialect dialect);

}  // namespace guildhall::store
