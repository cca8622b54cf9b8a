// Whose question sets a route speaks about: those below an access or below a provider's agent.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "edge/route.h"
#include "knowledge/evaluation.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {

struct EvaluationTarget {
  Scope scope;
  knowledge::QuestionSetOwner owner;
  std::optional<market::Subscription> subscription;
  registry::Agent agent;  ///< of the subscription, or the provider's own
};
/// By the route's pattern. Refusal(not_found) as access_target and agent_target.
EvaluationTarget evaluation_target(Call& call, store::Tx& tx);
knowledge::QuestionSet set_in_path(const Call& call, store::Tx& tx, const EvaluationTarget& target);
/// What its evaluations read: the subscription's base, or the base an agent's set names; made when it is not there yet.
std::optional<KnowledgeBaseId> base_of_set(store::Tx& tx, const EvaluationTarget& target, const knowledge::QuestionSet& set);

/// The two places the routes stand in, and what reading and writing need there.
struct EvaluationPlace {
  std::string_view prefix;
  Right read;
  Right write;
};
inline constexpr EvaluationPlace kEvaluationPlaces[] = {
    {"/api/v1/access/{access}/evaluation", Right::read_subscriptions, Right::configure_agents},
    {"/api/v1/agents/{agent}/evaluation", Right::provide_agents, Right::provide_agents}};

inline Route evaluation_row(Right right, int status = 200) {
  Route row;
  row.right = right;
  row.status = status;
  return row;
}

}  // namespace guildhall::api::registry_dialect
