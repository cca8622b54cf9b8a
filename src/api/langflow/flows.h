#pragma once

#include "edge/route.h"

namespace guildhall::api::langflow_dialect {

RouteTable flow_routes();

}  // namespace guildhall::api::langflow_dialect
