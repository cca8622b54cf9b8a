// The gate before a version goes live, and the owner's way past it (contracts/support-partner.md §2.8).
#include <algorithm>
#include <stdexcept>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "delivery/events.h"
#include "identity/audit.h"
#include "knowledge/evaluation.h"

namespace guildhall::knowledge {
namespace {

/// The newest finished evaluation of a version that still means something: of the set as it is.
const Evaluation* standing_evaluation(const std::vector<Evaluation>& all, const QuestionSet& set, AgentVersionId version,
                                      std::optional<std::int64_t> snapshot) {
  const auto it = std::find_if(all.begin(), all.end(), [&](const Evaluation& evaluation) {
    return evaluation.state == EvaluationState::done && evaluation.version == version && evaluation.revision == set.revision &&
           (!snapshot || evaluation.snapshot == *snapshot);
  });
  return it == all.end() ? nullptr : &*it;
}

json::Object failing_case(const CaseResult& result) {
  json::Array failures;
  for (const auto& failure : result.failures) failures.push_back(json::Value(failure));
  return {{"id", result.id.text()},
          {"question", result.tested.question},
          {"language", result.tested.language},
          {"required", result.tested.required},
          {"outcome", result.outcome},
          {"failures", std::move(failures)}};
}

json::Object gate_head(const QuestionSet& set, std::string_view reason) {
  return {{"set", set.id.text()}, {"name", set.name}, {"reason", reason}};
}

json::Object missing_evaluation(const QuestionSet& set, AgentVersionId version, std::string_view which) {
  json::Object gate = gate_head(set, "not_evaluated");
  gate["version_id"] = version.text();
  gate["which"] = which;
  return gate;
}

json::Object failed_gate(const QuestionSet& set, const Evaluation& candidate, const Evaluation* live, const GateVerdict& verdict,
                         const std::vector<CaseResult>& results) {
  json::Object gate = gate_head(set, "failed");
  gate["evaluation"] = candidate.id.text();
  gate["compared_with"] = live == nullptr ? json::Value(nullptr) : json::Value(live->id.text());
  json::Array failures;
  for (const auto& failure : verdict.failures) failures.push_back(to_json(failure));
  gate["failures"] = std::move(failures);
  json::Array cases;
  for (const CaseResult& result : results) {
    const bool is_failing = std::find(verdict.case_ids.begin(), verdict.case_ids.end(), result.id) != verdict.case_ids.end();
    if (is_failing && cases.size() < kGateCasesListedMax) cases.push_back(failing_case(result));
  }
  gate["failing_cases"] = static_cast<std::int64_t>(verdict.case_ids.size());
  gate["cases"] = std::move(cases);
  return gate;
}

/// Why this gate holds the version back; nullopt when it does not.
std::optional<json::Object> held_by(const Scope& scope, store::Tx& tx, const QuestionSet& set, AgentVersionId version,
                                    std::optional<AgentVersionId> live) {
  const auto all = list_evaluations(scope, tx, set);
  const Evaluation* candidate = standing_evaluation(all, set, version, std::nullopt);
  if (candidate == nullptr) return missing_evaluation(set, version, "candidate");
  const Evaluation* standing = nullptr;
  if (live) {
    standing = standing_evaluation(all, set, *live, candidate->snapshot);
    if (standing == nullptr) return missing_evaluation(set, *live, "live");
  }
  const auto results = all_results(scope, tx, *candidate);
  std::optional<std::vector<CaseResult>> before;
  if (standing != nullptr) before = all_results(scope, tx, *standing);
  const auto verdict = judge_gate(set.floors, before ? &*before : nullptr, results);
  if (verdict.passes()) return std::nullopt;
  return failed_gate(set, *candidate, standing, verdict, results);
}

bool is_overridden(store::Tx& tx, OrganizationId organization, AgentId agent, AgentVersionId version) {
  return tx
      .first("SELECT 1 FROM evaluation_override WHERE organization_id = $1 AND agent_id = $2 AND version_id = $3",
             {organization, agent, version})
      .has_value();
}

template <class IdType>
std::optional<IdType> id_in(const delivery::Event& event, std::string_view member) {
  return IdType::parse(json::text_of(event.payload, member));
}

void ask_gate_of_promotion(store::Tx& tx, const delivery::Event& event) {
  const auto version = id_in<AgentVersionId>(event, "version_id");
  const auto previous = id_in<AgentVersionId>(event, "previous_version_id");
  if (!version) throw std::logic_error("a promotion without a version");
  // The first version cannot be measured before it exists: publishing asks for it instead. The way back is never barred.
  if (previous && !json::bool_of(event.payload, "is_rollback"))
    require_gate(tx, event.organization, AgentId{event.subject}, *version, previous);
}

void ask_gate_of_publishing(store::Tx& tx, const delivery::Event& event) {
  const std::string from(json::text_of(event.payload, "from"));
  const std::string to(json::text_of(event.payload, "to"));
  const bool goes_public = from == "DEPLOYED" && (to == "LISTED" || to == "ACTIVE");
  const auto version = id_in<AgentVersionId>(event, "version_id");
  if (goes_public && version) require_gate(tx, event.organization, AgentId{event.subject}, *version, std::nullopt);
}

void forget_agent(store::Tx& tx, const delivery::Event& event) {
  const Scope scope = identity::system_scope(event.organization, "knowledge");
  for (const QuestionSet& set : list_question_sets(scope, tx, {.subscription = {}, .agent = AgentId{event.subject}}))
    delete_question_set(scope, tx, set);
  tx.execute("DELETE FROM evaluation_override WHERE organization_id = $1 AND agent_id = $2",
             {event.organization, AgentId{event.subject}});
}

void forget_subscription(store::Tx& tx, const delivery::Event& event) {
  const auto subscription = id_in<SubscriptionId>(event, "subscription");
  if (!subscription) throw std::logic_error(event.type + " without a subscription");
  const Scope scope = identity::system_scope(event.organization, "knowledge");
  for (const QuestionSet& set : list_question_sets(scope, tx, {.subscription = subscription, .agent = {}}))
    delete_question_set(scope, tx, set);
}

}  // namespace

void override_gate(const Scope& scope, store::Tx& tx, AgentId agent, AgentVersionId version, std::string_view reason) {
  identity::require(scope, Right::provide_agents);
  // Of the rights to sell, this one is the owner's alone (contracts/registry.md §15).
  identity::require(scope, Right::manage_payout_account);
  const bool is_clean = is_valid_utf8(reason) && reason.find('\0') == std::string_view::npos;
  if (!is_clean || trimmed(reason).empty() || code_points(reason) > kOverrideReasonCodePointsMax)
    throw invalid_field("override_reason", "has 1 to " + std::to_string(kOverrideReasonCodePointsMax) + " characters");
  tx.execute(
      "INSERT INTO evaluation_override (organization_id, agent_id, version_id, reason, created_by, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (organization_id, agent_id, version_id) DO UPDATE SET "
      "reason = excluded.reason, created_by = excluded.created_by, created_at = excluded.created_at",
      {scope.organization, agent, version, trimmed(reason), scope.actor_name, tx.now()});
  identity::audit(scope, tx,
                  {.action = "evaluation.override_gate",
                   .object_type = "agent",
                   .object_id = agent.text(),
                   .details = {{"version_id", version.text()}, {"reason", trimmed(reason)}}});
}

void require_gate(store::Tx& tx, OrganizationId organization, AgentId agent, AgentVersionId version,
                  std::optional<AgentVersionId> live) {
  const Scope scope = identity::system_scope(organization, "gate");
  json::Array gates;
  for (const QuestionSet& set : list_question_sets(scope, tx, {.subscription = {}, .agent = agent})) {
    if (!set.is_gate || set.cases == 0) continue;
    if (auto held = held_by(scope, tx, set, version, live)) gates.push_back(std::move(*held));
  }
  if (gates.empty() || is_overridden(tx, organization, agent, version)) return;
  const bool is_unmeasured = json::text_of(gates.front(), "reason") == "not_evaluated";
  const std::string name(json::text_of(gates.front(), "name"));
  const std::string message =
      is_unmeasured ? "the gate '" + name + "' has no evaluation of this version and the live one on the same cases; add the " +
                          "version with promote: false, evaluate both, then promote it"
                    : "the gate '" + name + "' holds this version back; repair the failing cases, or an owner overrides it " +
                          "with a reason";
  throw Refusal(Code::gate_failed, message).with_details({{"gates", std::move(gates)}});
}

void subscribe_evaluation(delivery::Subscribers& subscribers) {
  subscribers.on("agent.version_promoted", ask_gate_of_promotion);
  subscribers.on("agent.state_changed", ask_gate_of_publishing);
  subscribers.on("agent.deleted", forget_agent);
  subscribers.on("subscription.terminated", forget_subscription);
}

}  // namespace guildhall::knowledge
