// Whose knowledge a route speaks about: a subscription's own, or the one a provider's agent brings.
#pragma once

#include <optional>
#include <string_view>

#include "edge/access_target.h"
#include "edge/route.h"

namespace guildhall::api::registry_dialect {

struct KnowledgeTarget {
  Scope scope;
  std::optional<SubscriptionId> subscription;
  std::optional<AgentId> agent;

  /// The base, when there is one yet.
  std::optional<KnowledgeBaseId> find(store::Tx& tx) const;
  /// The base, made on first use.
  KnowledgeBaseId make(store::Tx& tx) const;
};

enum class Access : bool { read, change };

/// By the route's pattern. Refusal(not_found) as access_target and agent_target, and permission_denied.
KnowledgeTarget knowledge_target(Call& call, store::Tx& tx, Access access);

/// The two places the routes stand in, and what reading and changing need there.
struct KnowledgePlace {
  std::string_view prefix;
  Right read;
  Right change;
};
inline constexpr KnowledgePlace kKnowledgePlaces[] = {
    {"/api/v1/access/{access}", Right::read_subscriptions, Right::configure_agents},
    {"/api/v1/agents/{agent}/knowledge", Right::provide_agents, Right::provide_agents}};

inline Route knowledge_row(Right right, int status = 200) {
  Route row;
  row.right = right;
  row.status = status;
  return row;
}

}  // namespace guildhall::api::registry_dialect
