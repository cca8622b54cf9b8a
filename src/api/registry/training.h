#pragma once

#include "edge/route.h"

namespace guildhall::api::registry_dialect {

RouteTable training_routes();

}  // namespace guildhall::api::registry_dialect
