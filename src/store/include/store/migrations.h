// Numbered migrations, compiled into the binary from migrations/NNNN_name.sql.
//
// A file is SQL for both databases. Lines between `-- only sqlite` or `-- only postgres` and `-- end` run on one. The
// portable type words UUID, BYTES, BOOLEAN, TIMESTAMP_US and JSON_TEXT are translated; statements end with `;` at a line end.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "store/database.h"

namespace guildhall::store {

struct Migration {
  int number = 0;
  std::string_view name;
  std::string_view sql;
};

/// Every migration in the binary, ascending and without gaps.
const std::vector<Migration>& all_migrations();

/// Applies what is missing, each in a transaction of its own, and returns the numbers applied. Two processes may call it at
/// once. A database that is newer than the binary, or whose applied file differs from the binary's, is
/// Refusal(database_unavailable) saying so.
std::vector<int> migrate(Database& database);

}  // namespace guildhall::store
