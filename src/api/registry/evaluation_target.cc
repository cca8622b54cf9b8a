// Finds the owner of question sets.
#include "registry/evaluation_target.h"

#include "knowledge/documents.h"

namespace guildhall::api::registry_dialect {

EvaluationTarget evaluation_target(Call& call, store::Tx& tx) {
  EvaluationTarget target;
  if (call.route().pattern.starts_with(kEvaluationPlaces[0].prefix)) {
    auto [scope, subscription] = access_target(call, tx);
    target.scope = std::move(scope);
    target.owner.subscription = subscription.id;
    if (subscription.agent)
      if (auto agent = registry::agent_by_id(tx, *subscription.agent)) target.agent = std::move(*agent);
    target.subscription = std::move(subscription);
    return target;
  }
  auto [scope, agent] = agent_target(call, tx);
  target.scope = std::move(scope);
  // An operator sees an agent of another organization; its question sets are the provider's own.
  if (agent.organization != target.scope.organization) throw not_found("agent");
  target.owner.agent = agent.id;
  target.agent = std::move(agent);
  return target;
}

knowledge::QuestionSet set_in_path(const Call& call, store::Tx& tx, const EvaluationTarget& target) {
  const auto id = QuestionSetId::parse(call.path("set"));
  if (!id) throw not_found("question set");
  return knowledge::get_question_set(target.scope, tx, target.owner, *id);
}

std::optional<KnowledgeBaseId> base_of_set(store::Tx& tx, const EvaluationTarget& target, const knowledge::QuestionSet& set) {
  if (target.subscription) return knowledge::base_of_subscription(target.scope, tx, target.subscription->id);
  if (set.knowledge_base.empty()) return std::nullopt;
  return knowledge::base_named(target.scope, tx, set.knowledge_base);
}

}  // namespace guildhall::api::registry_dialect
