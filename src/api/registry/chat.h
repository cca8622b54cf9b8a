#pragma once

#include "edge/route.h"

namespace guildhall::api::registry_dialect {

RouteTable chat_routes();

}  // namespace guildhall::api::registry_dialect
