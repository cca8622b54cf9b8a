// The route tables of the LangFlow dialect.
#pragma once

#include "edge/route.h"

namespace guildhall::api::langflow_dialect {

RouteTable run_routes();
RouteTable flow_routes();

}  // namespace guildhall::api::langflow_dialect
