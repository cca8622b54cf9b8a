#include "edge/tables.h"
namespace guildhall::api {
RouteTable widget_routes() { return {}; }
}
