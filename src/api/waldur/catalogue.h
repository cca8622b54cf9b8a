#pragma once

#include "edge/route.h"

namespace guildhall::api::waldur_dialect {

RouteTable catalogue_routes();

}  // namespace guildhall::api::waldur_dialect
