// The parts of the widget's route table.
#pragma once

#include "edge/route.h"

namespace guildhall::api::widget_dialect {

RouteTable asset_routes();
RouteTable session_routes();
RouteTable message_routes();
RouteTable action_routes();
RouteTable demo_routes();

}  // namespace guildhall::api::widget_dialect
