#pragma once

#include "edge/route.h"

namespace guildhall::api::registry_dialect {

RouteTable agent_routes();

}  // namespace guildhall::api::registry_dialect
