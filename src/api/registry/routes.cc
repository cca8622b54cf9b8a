// The registry dialect: /api/v1 and its aliases (contracts/registry.md).
#include "edge/tables.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "registry/chat.h"
#include "registry/provider.h"
#include "registry/studio.h"
#include "registry/training.h"

namespace guildhall::api {

RouteTable registry_routes() {
  RouteTable table;
  for (auto* routes : {registry_dialect::chat_routes, registry_dialect::agent_routes, registry_dialect::studio_routes,
                       registry_dialect::access_routes, registry_dialect::training_routes, registry_dialect::provider_routes})
    for (auto& route : routes()) table.push_back(std::move(route));
  return table;
}

}  // namespace guildhall::api
