// Evaluations: question sets asked case by case, their results, and the gate before a version (contracts/support-partner.md
// §2.8).
//
// An evaluation copies its cases when it starts, so changing the set changes nothing that is measured. Who asks the questions
// stands further down the house (gateway/evaluate.h); here is what it asks and what it tells.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "knowledge/question_sets.h"
#include "knowledge/scores.h"
#include "store/tx.h"

namespace guildhall::delivery {
class Subscribers;
}

namespace guildhall::knowledge {

enum class EvaluationState : std::uint8_t { queued, running, done, cancelled, failed };
std::string_view wire_name(EvaluationState state);  ///< "QUEUED", "RUNNING", "DONE", "CANCELLED", "FAILED"

struct Evaluation {
  EvaluationId id;
  OrganizationId organization;
  QuestionSetId set;
  QuestionSetOwner owner;
  AgentId agent;
  AgentVersionId version;
  std::string version_number;
  json::Object config;  ///< AgentConfig of the subscription when it started; empty for an agent's
  std::optional<KnowledgeBaseId> base;
  std::int64_t revision = 0;  ///< of the set
  std::int64_t snapshot = 0;  ///< of the base
  EvaluationState state = EvaluationState::queued;
  std::int64_t cases = 0;
  std::int64_t done = 0;
  std::string error;
  std::string created_by;
  Timestamp created_at;
  std::optional<Timestamp> finished_at;
  std::optional<json::Object> report;  ///< once DONE: to_json(EvaluationReport)
};

struct NewEvaluation {
  AgentId agent;
  AgentVersionId version;
  std::string version_number;
  json::Object config;
  std::optional<KnowledgeBaseId> base;
};

/// Copies the cases and queues the job "knowledge.evaluate". Refusals: validation_failed for a set without cases, rate_limited
/// past two open evaluations or 20,000 cases within 24 hours per organization. The set keeps its newest 20 evaluations.
Evaluation start_evaluation(const Scope& scope, store::Tx& tx, const QuestionSet& set, const NewEvaluation& wanted);
/// Newest first.
std::vector<Evaluation> list_evaluations(const Scope& scope, store::Tx& tx, const QuestionSet& set);
/// Refusal(not_found) for another owner's.
Evaluation get_evaluation(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner, EvaluationId id);
/// What was measured stays; what was not asked yet never is. Again, or after its end, changes nothing.
Evaluation cancel_evaluation(const Scope& scope, store::Tx& tx, const Evaluation& evaluation);

struct ResultFilter {
  bool failed_only = false;
  std::size_t offset = 0;
  std::size_t limit = 25;
};
struct ResultPage {
  std::vector<CaseResult> items;
  std::int64_t total = 0;
};
/// In the order of the cases.
ResultPage list_results(const Scope& scope, store::Tx& tx, const Evaluation& evaluation, const ResultFilter& filter);
std::vector<CaseResult> all_results(const Scope& scope, store::Tx& tx, const Evaluation& evaluation);

/// For whoever asks the questions: one evaluation's next case.
struct PendingCase {
  std::int64_t ordinal = 0;
  EvaluationCaseId id;
  EvaluationCase tested;
};
std::optional<Evaluation> find_evaluation(store::Tx& tx, OrganizationId organization, EvaluationId id);
/// nullopt when nothing is left to ask: all were, or it was cancelled.
std::optional<PendingCase> next_case(store::Tx& tx, const Evaluation& evaluation);
/// Keeps the first result of a case; a second one changes nothing.
void record_result(store::Tx& tx, const Evaluation& evaluation, std::int64_t ordinal, const CaseResult& result);
/// Ends it with its report when every case has a result; else queues the job that goes on.
void continue_evaluation(store::Tx& tx, const Evaluation& evaluation, std::int64_t slice);
void fail_evaluation(store::Tx& tx, const Evaluation& evaluation, std::string_view why);
/// The names a case's gold may call a document by: id, file name, title, URL. The id alone when it is gone.
std::vector<std::string> names_of_document(store::Tx& tx, OrganizationId organization, DocumentId document);

/// Lets `version` pass the gates of its agent. Needs an owner's right; audited with the reason (1–1,000 characters).
void override_gate(const Scope& scope, store::Tx& tx, AgentId agent, AgentVersionId version, std::string_view reason);

/// Refusal(gate_failed) when a gate of the agent holds `version` back. Each gate needs an evaluation of the version, and of
/// `live` where there is one, of the set's revision and on one snapshot of its base; details.gates say what is missing or failed.
void require_gate(store::Tx& tx, OrganizationId organization, AgentId agent, AgentVersionId version,
                  std::optional<AgentVersionId> live);

/// Installs handlers: "agent.version_promoted" and "agent.state_changed" ask the gate inside the transaction that wants to go
/// live, "subscription.terminated" and "agent.deleted" delete the sets of what ended.
void subscribe_evaluation(delivery::Subscribers& subscribers);

}  // namespace guildhall::knowledge
