// The route tables of all dialects.
#pragma once

#include "edge/route.h"

namespace guildhall::api {

RouteTable registry_routes();
RouteTable inbox_routes();
RouteTable waldur_routes();
RouteTable langflow_routes();
RouteTable openai_routes();
RouteTable dify_routes();
RouteTable widget_routes();
RouteTable operations_routes();
RouteTable signin_routes();
RouteTable console_routes();

/// All of them. Made once, kept for the life of the process.
const RouteTable& all_routes();

}  // namespace guildhall::api
