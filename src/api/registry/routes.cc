// The registry dialect: /api/v1 and its aliases (contracts/registry.md).
#include "edge/tables.h"
#include "registry/route_tables.h"

namespace guildhall::api {

RouteTable registry_routes() {
  RouteTable table;
  for (auto* routes : {registry_dialect::chat_routes, registry_dialect::trial_routes, registry_dialect::agent_routes,
                       registry_dialect::own_agent_routes, registry_dialect::studio_routes, registry_dialect::access_routes,
                       registry_dialect::access_version_routes, registry_dialect::training_routes,
                       registry_dialect::document_routes, registry_dialect::source_routes, registry_dialect::pair_routes,
                       registry_dialect::retrieval_routes, registry_dialect::dense_routes, registry_dialect::provider_routes,
                       registry_dialect::question_set_routes, registry_dialect::evaluation_routes})
    for (auto& route : routes()) table.push_back(std::move(route));
  return table;
}

}  // namespace guildhall::api
