// migrate() over any list of migrations; tests use lists of their own.
#pragma once

#include <vector>

#include "store/migrations.h"

namespace guildhall::store {

std::vector<int> apply_migrations(Database& database, const std::vector<Migration>& migrations);

}  // namespace guildhall::store
