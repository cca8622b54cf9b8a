// The table generated from migrations/*.sql at build time.
#pragma once

#include <vector>

#include "store/migrations.h"

namespace guildhall::store {

const std::vector<Migration>& embedded_migrations();

}  // namespace guildhall::store
