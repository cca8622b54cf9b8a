// The route tables of the Waldur dialect.
#pragma once

#include "edge/route.h"

namespace guildhall::api::waldur_dialect {

RouteTable people_routes();
RouteTable catalogue_routes();
RouteTable orders_routes();
RouteTable money_routes();

}  // namespace guildhall::api::waldur_dialect
