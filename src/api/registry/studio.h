#pragma once

#include "edge/route.h"

namespace guildhall::api::registry_dialect {

RouteTable studio_routes();

}  // namespace guildhall::api::registry_dialect
