// Finds the base a route speaks about.
#include "registry/knowledge_target.h"

#include "knowledge/documents.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {

std::optional<KnowledgeBaseId> KnowledgeTarget::find(store::Tx& tx) const {
  return subscription ? knowledge::find_base_of_subscription(scope, tx, *subscription)
                      : knowledge::find_base_named(scope, tx, knowledge::base_name_of_agent(agent.value()));
}

KnowledgeBaseId KnowledgeTarget::make(store::Tx& tx) const {
  return subscription ? knowledge::base_of_subscription(scope, tx, *subscription)
                      : knowledge::base_named(scope, tx, knowledge::base_name_of_agent(agent.value()));
}

KnowledgeTarget knowledge_target(Call& call, store::Tx& tx, Access access) {
  KnowledgeTarget target;
  const bool is_subscription = call.route().pattern.starts_with(kKnowledgePlaces[0].prefix);
  const KnowledgePlace& place = kKnowledgePlaces[is_subscription ? 0 : 1];
  if (is_subscription) {
    auto found = access_target(call, tx);
    target.scope = std::move(found.scope);
    target.subscription = found.subscription.id;
  } else {
    auto [scope, agent] = agent_target(call, tx);
    // An operator sees an agent of another organization; what it teaches is the provider's own.
    if (agent.organization != scope.organization) throw not_found("agent");
    target.scope = std::move(scope);
    target.agent = agent.id;
  }
  identity::require(target.scope, access == Access::change ? place.change : place.read);
  return target;
}

}  // namespace guildhall::api::registry_dialect
