// Question sets: the cases a subscription's or an agent's answers are measured with (contracts/support-partner.md §2.8).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"
#include "identity/scope.h"
#include "knowledge/scores.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// A customer's subscription or a provider's agent; exactly one is set. That it belongs to the scope is the caller's to check,
/// and rows are only ever found in the scope's organization.
struct QuestionSetOwner {
  std::optional<SubscriptionId> subscription;
  std::optional<AgentId> agent;
};

struct QuestionSet {
  QuestionSetId id;
  QuestionSetOwner owner;
  std::string name;
  std::string knowledge_base;  ///< of an agent's set: the provider's base its runs read; empty: none
  bool is_gate = false;        ///< a new version must pass it before it goes live
  Floors floors;
  std::int64_t revision = 0;  ///< rises with every change of its cases: runs of different revisions are not compared by the gate
  std::int64_t cases = 0;
  Timestamp created_at;
  Timestamp updated_at;
};

struct QuestionSetValues {
  std::string name;
  std::string knowledge_base;
  bool is_gate = false;
  Floors floors;
};

/// At most 20 per owner. Needs configure_agents (a subscription's) or provide_agents (an agent's), as everything that writes
/// here. Refusal(validation_failed) names the field.
QuestionSet create_question_set(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner,
                                const QuestionSetValues& values);
QuestionSet update_question_set(const Scope& scope, store::Tx& tx, const QuestionSet& set, const QuestionSetValues& values);
/// With its cases, runs and results.
void delete_question_set(const Scope& scope, store::Tx& tx, const QuestionSet& set);
std::vector<QuestionSet> list_question_sets(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner);
/// Refusal(not_found) for another owner's.
QuestionSet get_question_set(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner, QuestionSetId id);

/// Where a case came from.
enum class CaseOrigin : std::uint8_t { entered, imported, conversation, documents };
std::string_view wire_name(CaseOrigin origin);

struct StoredCase {
  EvaluationCaseId id;
  EvaluationCase tested;
  CaseOrigin origin = CaseOrigin::entered;
  Timestamp created_at;
};

/// What a case's language is when nobody says it: that of the question, empty when it cannot be told.
std::string language_of_question(std::string_view question);
/// The same question in the same language is the same case, in every set and every run.
EvaluationCaseId case_id(const EvaluationCase& tested);
/// Problems of one case, by field.
std::vector<FieldError> problems_of(const EvaluationCase& tested);

struct PutCases {
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t removed = 0;
};
/// Adds the cases, or changes those the set has (a question counts once per language); with `replaces` removes all others. A
/// case without a language gets the one its question is written in. Refusal(validation_failed) for a case that
/// does not hold and past 5,000 cases.
PutCases put_cases(const Scope& scope, store::Tx& tx, const QuestionSet& set, const std::vector<EvaluationCase>& cases,
                   CaseOrigin origin, bool replaces);
/// In the order they were added.
std::vector<StoredCase> list_cases(const Scope& scope, store::Tx& tx, const QuestionSet& set, std::size_t offset,
                                   std::size_t limit);
std::vector<EvaluationCase> all_cases(const Scope& scope, store::Tx& tx, const QuestionSet& set);
/// Refusal(not_found).
void delete_case(const Scope& scope, store::Tx& tx, const QuestionSet& set, EvaluationCaseId id);

struct ImportError {
  std::int64_t line = 0;  ///< from 1; of a CSV record its first line
  std::string field;      ///< empty for the line as a whole
  std::string message;
};
struct QuestionImport {
  std::vector<EvaluationCase> cases;
  std::vector<ImportError> errors;  ///< at most 100; with any of them nothing should be stored
};
/// JSON lines when the first line begins with `{`, else CSV with a header (comma, semicolon or tab). Columns: question,
/// language, expect, document, heading, page, quote, gold (JSON), must_contain, must_not_contain (`|` between several, or a
/// JSON array), required. Fed by uploads of anyone who may configure.
QuestionImport parse_questions(std::string_view text);
/// One case from a JSON object; problems are appended with their paths.
EvaluationCase case_of_json(const json::Value& value, std::vector<FieldError>& errors);
std::string cases_as_csv(const std::vector<EvaluationCase>& cases);
std::string cases_as_json_lines(const std::vector<EvaluationCase>& cases);

/// Cases from the documents of a base, the same for the same snapshot: each question–answer pair, and each heading that reads
/// like a question or a topic, in the order of the documents. At most `limit`.
std::vector<EvaluationCase> cases_from_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::size_t limit);

}  // namespace guildhall::knowledge
