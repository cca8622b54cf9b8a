// The route tables of the registry dialect, one per file of this folder.
#pragma once

#include "edge/route.h"

namespace guildhall::api::registry_dialect {

RouteTable chat_routes();
RouteTable trial_routes();
RouteTable agent_routes();
RouteTable own_agent_routes();
RouteTable studio_routes();
RouteTable access_routes();
RouteTable access_version_routes();
RouteTable training_routes();
RouteTable document_routes();
RouteTable source_routes();
RouteTable pair_routes();
RouteTable retrieval_routes();
RouteTable dense_routes();
RouteTable provider_routes();
RouteTable question_set_routes();
RouteTable evaluation_routes();

}  // namespace guildhall::api::registry_dialect
