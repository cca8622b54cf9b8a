// Everything under /widget/v1, and the sample shop under /demo that shows it.
#include "widget/routes.h"

#include <iterator>

#include "edge/tables.h"

namespace guildhall::api {

RouteTable widget_routes() {
  using namespace widget_dialect;
  RouteTable table;
  for (RouteTable part : {asset_routes(), session_routes(), message_routes(), action_routes(), demo_routes()})
    table.insert(table.end(), std::make_move_iterator(part.begin()), std::make_move_iterator(part.end()));
  return table;
}

}  // namespace guildhall::api
