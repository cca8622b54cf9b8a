// Evaluations: started, asked case by case, ended with a report.
#include "knowledge/evaluation.h"

#include <stdexcept>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "delivery/jobs.h"
#include "evaluation/evaluation_rows.h"
#include "identity/audit.h"

namespace guildhall::knowledge {
namespace {

constexpr std::string_view kEvaluationColumns =
    "evaluation_id, organization_id, set_id, subscription_id, owner_agent_id, agent_id, version_id, version, config, base_id, "
    "revision, snapshot, state, cases, cases_done, error, created_by, created_at, finished_at, report";

EvaluationState state_named(std::string_view name) {
  using enum EvaluationState;
  for (const auto state : {queued, running, done, cancelled, failed})
    if (wire_name(state) == name) return state;
  throw std::logic_error("unknown state of an evaluation");
}

json::Object stored_object(const json::Value& value) {
  return value.is_object() ? value.get_object() : json::Object{};
}

Evaluation evaluation_of_row(const store::Row& row) {
  return {.id = row.id<EvaluationId>(0),
          .organization = row.id<OrganizationId>(1),
          .set = row.id<QuestionSetId>(2),
          .owner = {row.optional_id<SubscriptionId>(3), row.optional_id<AgentId>(4)},
          .agent = row.id<AgentId>(5),
          .version = row.id<AgentVersionId>(6),
          .version_number = row.text(7),
          .config = stored_object(row.json(8)),
          .base = row.optional_id<KnowledgeBaseId>(9),
          .revision = row.integer(10),
          .snapshot = row.integer(11),
          .state = state_named(row.text(12)),
          .cases = row.integer(13),
          .done = row.integer(14),
          .error = row.text(15),
          .created_by = row.text(16),
          .created_at = row.timestamp(17),
          .finished_at = row.optional_timestamp(18),
          .report = row.is_null(19) ? std::nullopt : std::optional(stored_object(row.json(19)))};
}

bool is_open(const Evaluation& evaluation) {
  return evaluation.state == EvaluationState::queued || evaluation.state == EvaluationState::running;
}

/// Models cost somebody, and the server's time is everybody's: an organization has its share a day.
void check_share(const Scope& scope, store::Tx& tx, std::int64_t cases) {
  const auto used = tx.first(
      "SELECT CAST(COALESCE(SUM(CASE WHEN state IN ('QUEUED', 'RUNNING') THEN 1 ELSE 0 END), 0) AS BIGINT), "
      "CAST(COALESCE(SUM(CASE WHEN state IN ('QUEUED', 'RUNNING') THEN cases ELSE cases_done END), 0) AS BIGINT) "
      "FROM evaluation WHERE organization_id = $1 AND created_at > $2",
      {scope.organization, tx.now() - kMicrosecondsPerDay});
  if (used->integer(0) >= kOpenEvaluationsMax)
    throw Refusal(Code::rate_limited, "two evaluations are under way; wait for one or cancel it").retry_after(30);
  if (used->integer(1) + cases > kEvaluationCasesPerDayMax)
    throw Refusal(Code::rate_limited, "an organization evaluates at most " + std::to_string(kEvaluationCasesPerDayMax) +
                                          " cases in 24 hours; " + std::to_string(used->integer(1)) + " are spent")
        .retry_after(3600);
}

std::int64_t snapshot_of(store::Tx& tx, OrganizationId organization, const std::optional<KnowledgeBaseId>& base) {
  if (!base) return 0;
  const auto row = tx.first("SELECT snapshot FROM knowledge_base WHERE organization_id = $1 AND id = $2", {organization, *base});
  return row ? row->integer(0) : 0;
}

void drop_oldest(const Scope& scope, store::Tx& tx, QuestionSetId set) {
  const auto rows = tx.query(
      "SELECT evaluation_id FROM evaluation WHERE organization_id = $1 AND set_id = $2 AND state NOT IN ('QUEUED', 'RUNNING') "
      "ORDER BY created_at DESC, evaluation_id LIMIT 1000 OFFSET $3",
      {scope.organization, set, kEvaluationsPerSetMax - 1});
  for (const store::Row& row : rows) {
    const auto id = row.id<EvaluationId>(0);
    tx.execute("DELETE FROM evaluation_result WHERE organization_id = $1 AND evaluation_id = $2", {scope.organization, id});
    tx.execute("DELETE FROM evaluation WHERE organization_id = $1 AND evaluation_id = $2", {scope.organization, id});
  }
}

void queue_slice(store::Tx& tx, OrganizationId organization, EvaluationId id, std::int64_t slice) {
  delivery::NewJob job;
  job.kind = "knowledge.evaluate";
  job.key = id.text() + ":" + std::to_string(slice);
  job.organization = organization;
  job.payload = {{"evaluation_id", id.text()}, {"slice", slice}};
  delivery::enqueue(tx, job);
}

void end_evaluation(store::Tx& tx, const Evaluation& evaluation, EvaluationState state, std::string_view error,
                    const std::optional<std::string>& report) {
  tx.execute(
      "UPDATE evaluation SET state = $3, error = $4, report = $5, finished_at = $6 "
      "WHERE organization_id = $1 AND evaluation_id = $2 AND state IN ('QUEUED', 'RUNNING')",
      {evaluation.organization, evaluation.id, wire_name(state), error, report, tx.now()});
}

CaseResult stored_result(const store::Row& row) {
  auto result = result_of_json(row.json(0));
  if (!result) throw std::logic_error("a stored result does not read");
  return std::move(*result);
}

}  // namespace

std::string_view wire_name(EvaluationState state) {
  switch (state) {
    case EvaluationState::queued: return "QUEUED";
    case EvaluationState::running: return "RUNNING";
    case EvaluationState::done: return "DONE";
    case EvaluationState::cancelled: return "CANCELLED";
    case EvaluationState::failed: return "FAILED";
  }
  throw std::logic_error("unknown state of an evaluation");
}

Evaluation start_evaluation(const Scope& scope, store::Tx& tx, const QuestionSet& set, const NewEvaluation& wanted) {
  require_set_writer(scope, set.owner);
  if (set.cases == 0) throw invalid_field("set", "the question set holds no cases yet");
  check_share(scope, tx, set.cases);
  drop_oldest(scope, tx, set.id);
  const auto id = EvaluationId::random();
  tx.execute(
      "INSERT INTO evaluation (organization_id, evaluation_id, set_id, subscription_id, owner_agent_id, agent_id, version_id, "
      "version, config, base_id, revision, snapshot, state, cases, cases_done, error, created_by, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'QUEUED', $13, 0, '', $14, $15)",
      {scope.organization, id, set.id, set.owner.subscription, set.owner.agent, wanted.agent, wanted.version,
       wanted.version_number, json::write(wanted.config), wanted.base, set.revision,
       snapshot_of(tx, scope.organization, wanted.base), set.cases, scope.actor_name, tx.now()});
  tx.execute(
      "INSERT INTO evaluation_result (organization_id, evaluation_id, ordinal, case_id, tested) "
      "SELECT organization_id, $3, ordinal, case_id, tested FROM evaluation_case WHERE organization_id = $1 AND set_id = $2",
      {scope.organization, set.id, id});
  queue_slice(tx, scope.organization, id, 1);
  identity::audit(scope, tx,
                  {.action = "evaluation.start",
                   .object_type = "evaluation",
                   .object_id = id.text(),
                   .details = {{"set", set.id.text()}, {"version", wanted.version_number}, {"cases", set.cases}}});
  return get_evaluation(scope, tx, set.owner, id);
}

std::optional<Evaluation> find_evaluation(store::Tx& tx, OrganizationId organization, EvaluationId id) {
  const auto row =
      tx.first("SELECT " + std::string(kEvaluationColumns) + " FROM evaluation WHERE organization_id = $1 AND evaluation_id = $2",
               {organization, id});
  return row ? std::optional(evaluation_of_row(*row)) : std::nullopt;
}

std::vector<Evaluation> list_evaluations(const Scope& scope, store::Tx& tx, const QuestionSet& set) {
  std::vector<Evaluation> all;
  for (const store::Row& row :
       tx.query("SELECT " + std::string(kEvaluationColumns) +
                    " FROM evaluation WHERE organization_id = $1 AND set_id = $2 ORDER BY created_at DESC, evaluation_id",
                {scope.organization, set.id}))
    all.push_back(evaluation_of_row(row));
  return all;
}

Evaluation get_evaluation(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner, EvaluationId id) {
  auto found = find_evaluation(tx, scope.organization, id);
  if (!found || found->owner.agent != owner.agent || found->owner.subscription != owner.subscription)
    throw not_found("evaluation");
  return std::move(*found);
}

Evaluation cancel_evaluation(const Scope& scope, store::Tx& tx, const Evaluation& evaluation) {
  require_set_writer(scope, evaluation.owner);
  if (!is_open(evaluation)) return evaluation;
  end_evaluation(tx, evaluation, EvaluationState::cancelled, "", std::nullopt);
  identity::audit(scope, tx,
                  {.action = "evaluation.cancel",
                   .object_type = "evaluation",
                   .object_id = evaluation.id.text(),
                   .details = {{"done", evaluation.done}, {"cases", evaluation.cases}}});
  return get_evaluation(scope, tx, evaluation.owner, evaluation.id);
}

ResultPage list_results(const Scope& scope, store::Tx& tx, const Evaluation& evaluation, const ResultFilter& filter) {
  ResultPage page;
  const auto total = tx.first(
      "SELECT COUNT(*) FROM evaluation_result WHERE organization_id = $1 AND evaluation_id = $2 AND result IS NOT NULL "
      "AND ($3 = FALSE OR is_passed = FALSE)",
      {scope.organization, evaluation.id, filter.failed_only});
  page.total = total->integer(0);
  for (const store::Row& row :
       tx.query("SELECT result FROM evaluation_result WHERE organization_id = $1 AND evaluation_id = $2 AND result IS NOT NULL "
                "AND ($3 = FALSE OR is_passed = FALSE) ORDER BY ordinal LIMIT $4 OFFSET $5",
                {scope.organization, evaluation.id, filter.failed_only, static_cast<std::int64_t>(filter.limit),
                 static_cast<std::int64_t>(filter.offset)}))
    page.items.push_back(stored_result(row));
  return page;
}

std::vector<CaseResult> all_results(const Scope& scope, store::Tx& tx, const Evaluation& evaluation) {
  return list_results(scope, tx, evaluation,
                      {.failed_only = false, .offset = 0, .limit = static_cast<std::size_t>(kCasesPerSetMax)})
      .items;
}

std::optional<PendingCase> next_case(store::Tx& tx, const Evaluation& evaluation) {
  const auto row = tx.first(
      "SELECT r.ordinal, r.case_id, r.tested FROM evaluation_result r JOIN evaluation e "
      "ON e.organization_id = r.organization_id AND e.evaluation_id = r.evaluation_id "
      "WHERE r.organization_id = $1 AND r.evaluation_id = $2 AND r.result IS NULL AND e.state IN ('QUEUED', 'RUNNING') "
      "ORDER BY r.ordinal LIMIT 1",
      {evaluation.organization, evaluation.id});
  if (!row) return std::nullopt;
  return PendingCase{row->integer(0), row->id<EvaluationCaseId>(1), stored_case(row->json(2))};
}

void record_result(store::Tx& tx, const Evaluation& evaluation, std::int64_t ordinal, const CaseResult& result) {
  CaseResult kept = result;
  kept.answer = prefix_bytes(kept.answer, kStoredAnswerBytesMax);
  kept.error = prefix_bytes(kept.error, kStoredAnswerBytesMax);
  const auto written = tx.execute(
      "UPDATE evaluation_result SET result = $4, is_passed = $5 "
      "WHERE organization_id = $1 AND evaluation_id = $2 AND ordinal = $3 AND result IS NULL",
      {evaluation.organization, evaluation.id, ordinal, json::write(to_json(kept)), kept.passed()});
  tx.execute(
      "UPDATE evaluation SET cases_done = cases_done + $3, state = CASE WHEN state = 'QUEUED' THEN 'RUNNING' ELSE state END "
      "WHERE organization_id = $1 AND evaluation_id = $2",
      {evaluation.organization, evaluation.id, written});
}

void continue_evaluation(store::Tx& tx, const Evaluation& evaluation, std::int64_t slice) {
  const auto now = find_evaluation(tx, evaluation.organization, evaluation.id);
  if (!now || !is_open(*now)) return;
  if (next_case(tx, *now)) {
    queue_slice(tx, now->organization, now->id, slice + 1);
    return;
  }
  const Scope scope = identity::system_scope(now->organization, "evaluation");
  const auto report = report_on(all_results(scope, tx, *now));
  end_evaluation(tx, *now, EvaluationState::done, "", json::write(to_json(report)));
}

void fail_evaluation(store::Tx& tx, const Evaluation& evaluation, std::string_view why) {
  end_evaluation(tx, evaluation, EvaluationState::failed, why, std::nullopt);
}

std::vector<std::string> names_of_document(store::Tx& tx, OrganizationId organization, DocumentId document) {
  const auto row = tx.first("SELECT filename, title, url FROM knowledge_document WHERE organization_id = $1 AND id = $2",
                            {organization, document});
  std::vector<std::string> names{document.text()};
  if (!row) return names;
  for (std::size_t i = 0; i < 3; ++i)
    if (!row->text(i).empty()) names.push_back(row->text(i));
  return names;
}

}  // namespace guildhall::knowledge
