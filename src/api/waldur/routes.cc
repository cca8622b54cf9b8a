// The Waldur dialect: /api and /api-auth (contracts/cmp.md).
#include "edge/tables.h"
#include "waldur/route_tables.h"

namespace guildhall::api {

RouteTable waldur_routes() {
  RouteTable table;
  for (auto* routes : {waldur_dialect::people_routes, waldur_dialect::catalogue_routes, waldur_dialect::orders_routes,
                       waldur_dialect::money_routes})
    for (auto& route : routes()) table.push_back(std::move(route));
  return table;
}

}  // namespace guildhall::api
