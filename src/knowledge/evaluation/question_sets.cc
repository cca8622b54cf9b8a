// Question sets and their cases.
#include "knowledge/question_sets.h"

#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>

#include "../limits.h"
#include "base/hash.h"
#include "base/text.h"
#include "evaluation/evaluation_rows.h"
#include "evaluation/matching.h"
#include "identity/audit.h"
#include "knowledge/language.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

constexpr std::string_view kSetColumns =
    "set_id, subscription_id, agent_id, name, knowledge_base, is_gate, floors, revision, cases, created_at, updated_at";

json::Object floors_json(const Floors& floors) {
  json::Object object;
  const auto put = [&](std::string_view name, const std::optional<double>& value) {
    if (value) object[name] = *value;
  };
  put("hit_at_5", floors.hit_at_5);
  put("citation_precision", floors.citation_precision);
  put("refusal_recall", floors.refusal_recall);
  put("language_match", floors.language_match);
  return object;
}

Floors floors_of_json(const json::Value& value) {
  const auto number = [&](std::string_view name) -> std::optional<double> {
    const json::Value* found = json::find(value, name);
    return found != nullptr && found->is_number() ? std::optional(found->to_number<double>()) : std::nullopt;
  };
  return {number("hit_at_5"), number("citation_precision"), number("refusal_recall"), number("language_match")};
}

QuestionSet set_of_row(const store::Row& row) {
  return {.id = row.id<QuestionSetId>(0),
          .owner = {row.optional_id<SubscriptionId>(1), row.optional_id<AgentId>(2)},
          .name = row.text(3),
          .knowledge_base = row.text(4),
          .is_gate = row.boolean(5),
          .floors = floors_of_json(row.json(6)),
          .revision = row.integer(7),
          .cases = row.integer(8),
          .created_at = row.timestamp(9),
          .updated_at = row.timestamp(10)};
}

void check_values(const QuestionSetOwner& owner, const QuestionSetValues& values) {
  std::vector<FieldError> errors;
  const auto is_clean = [](std::string_view text) { return is_valid_utf8(text) && text.find('\0') == std::string_view::npos; };
  if (trimmed(values.name).empty() || !is_clean(values.name) || code_points(values.name) > kSetNameCodePointsMax)
    errors.push_back({"name", "has 1 to " + std::to_string(kSetNameCodePointsMax) + " characters"});
  if (values.knowledge_base.size() > kBaseNameBytesMax || !is_clean(values.knowledge_base))
    errors.push_back({"knowledge_base", "has at most " + std::to_string(kBaseNameBytesMax) + " bytes of text"});
  if (owner.subscription && !values.knowledge_base.empty())
    errors.push_back({"knowledge_base", "belongs to an agent's set; a subscription's set reads the subscription's own"});
  if (owner.subscription && values.is_gate)
    errors.push_back({"is_gate", "belongs to an agent's set: its versions are what the gate holds back"});
  for (const auto& [name, value] : floors_json(values.floors))
    if (const double share = value.to_number<double>(); !(share >= 0 && share <= 1))
      errors.push_back({"floors." + std::string(name), "is a share from 0 to 1"});
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the question set is not valid").with_fields(std::move(errors));
}

void record(const Scope& scope, store::Tx& tx, std::string_view action, const QuestionSet& set, json::Object details) {
  details["name"] = set.name;
  identity::audit(
      scope, tx,
      {.action = std::string(action), .object_type = "question_set", .object_id = set.id.text(), .details = std::move(details)});
}

QuestionSet read_set(const Scope& scope, store::Tx& tx, QuestionSetId id) {
  const auto row =
      tx.first("SELECT " + std::string(kSetColumns) + " FROM question_set WHERE organization_id = $1 AND set_id = $2",
               {scope.organization, id});
  if (!row) throw not_found("question set");
  return set_of_row(*row);
}

struct KnownCase {
  std::int64_t ordinal = 0;
  std::string tested;
};

std::map<EvaluationCaseId, KnownCase> known_cases(const Scope& scope, store::Tx& tx, QuestionSetId set) {
  std::map<EvaluationCaseId, KnownCase> known;
  for (const store::Row& row :
       tx.query("SELECT case_id, ordinal, tested FROM evaluation_case WHERE organization_id = $1 AND set_id = $2",
                {scope.organization, set}))
    known.emplace(row.id<EvaluationCaseId>(0), KnownCase{row.integer(1), row.text(2)});
  return known;
}

EvaluationCase with_language(EvaluationCase tested) {
  tested.question = trimmed(tested.question);
  if (tested.language.empty()) tested.language = language_of_question(tested.question);
  return tested;
}

/// The cases changed: evaluations of the set as it was are not compared by its gate any more.
void raise_revision(const Scope& scope, store::Tx& tx, QuestionSetId set) {
  tx.execute(
      "UPDATE question_set SET revision = revision + 1, updated_at = $3, cases = (SELECT COUNT(*) FROM evaluation_case "
      "WHERE organization_id = $1 AND set_id = $2) WHERE organization_id = $1 AND set_id = $2",
      {scope.organization, set, tx.now()});
}

}  // namespace

void require_set_writer(const Scope& scope, const QuestionSetOwner& owner) {
  if (owner.subscription.has_value() == owner.agent.has_value())
    throw std::logic_error("a question set belongs to a subscription or to an agent");
  if (owner.subscription && scope.subscription && *scope.subscription != *owner.subscription) throw not_found("question set");
  identity::require(scope, owner.agent ? Right::provide_agents : Right::configure_agents);
}

QuestionSet create_question_set(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner,
                                const QuestionSetValues& values) {
  require_set_writer(scope, owner);
  check_values(owner, values);
  if (static_cast<std::int64_t>(list_question_sets(scope, tx, owner).size()) >= kQuestionSetsPerOwnerMax)
    throw Refusal(Code::conflict, "there are " + std::to_string(kQuestionSetsPerOwnerMax) + " question sets; delete one first");
  const auto id = QuestionSetId::random();
  tx.execute(
      "INSERT INTO question_set (organization_id, set_id, subscription_id, agent_id, name, knowledge_base, is_gate, floors, "
      "revision, cases, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, 0, $9, $9)",
      {scope.organization, id, owner.subscription, owner.agent, trimmed(values.name), values.knowledge_base, values.is_gate,
       json::write(floors_json(values.floors)), tx.now()});
  QuestionSet set = read_set(scope, tx, id);
  record(scope, tx, "question_set.create", set, {{"is_gate", set.is_gate}, {"floors", floors_json(set.floors)}});
  return set;
}

QuestionSet update_question_set(const Scope& scope, store::Tx& tx, const QuestionSet& set, const QuestionSetValues& values) {
  require_set_writer(scope, set.owner);
  check_values(set.owner, values);
  tx.execute(
      "UPDATE question_set SET name = $3, knowledge_base = $4, is_gate = $5, floors = $6, updated_at = $7 "
      "WHERE organization_id = $1 AND set_id = $2",
      {scope.organization, set.id, trimmed(values.name), values.knowledge_base, values.is_gate,
       json::write(floors_json(values.floors)), tx.now()});
  if (values.knowledge_base != set.knowledge_base) raise_revision(scope, tx, set.id);
  QuestionSet changed = read_set(scope, tx, set.id);
  record(scope, tx, "question_set.update", changed, {{"is_gate", changed.is_gate}, {"floors", floors_json(changed.floors)}});
  return changed;
}

void delete_question_set(const Scope& scope, store::Tx& tx, const QuestionSet& set) {
  require_set_writer(scope, set.owner);
  tx.execute(
      "DELETE FROM evaluation_result WHERE organization_id = $1 AND evaluation_id IN "
      "(SELECT evaluation_id FROM evaluation WHERE organization_id = $1 AND set_id = $2)",
      {scope.organization, set.id});
  tx.execute("DELETE FROM evaluation WHERE organization_id = $1 AND set_id = $2", {scope.organization, set.id});
  tx.execute("DELETE FROM evaluation_case WHERE organization_id = $1 AND set_id = $2", {scope.organization, set.id});
  tx.execute("DELETE FROM question_set WHERE organization_id = $1 AND set_id = $2", {scope.organization, set.id});
  record(scope, tx, "question_set.delete", set, {});
}

std::vector<QuestionSet> list_question_sets(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner) {
  std::vector<QuestionSet> sets;
  const std::string select = "SELECT " + std::string(kSetColumns);
  const auto rows =
      owner.agent
          ? tx.query(select + " FROM question_set WHERE organization_id = $1 AND agent_id = $2 ORDER BY created_at, set_id",
                     {scope.organization, *owner.agent})
          : tx.query(select +
                         " FROM question_set WHERE organization_id = $1 AND subscription_id = $2 "
                         "ORDER BY created_at, set_id",
                     {scope.organization, owner.subscription});
  for (const store::Row& row : rows) sets.push_back(set_of_row(row));
  return sets;
}

QuestionSet get_question_set(const Scope& scope, store::Tx& tx, const QuestionSetOwner& owner, QuestionSetId id) {
  QuestionSet set = read_set(scope, tx, id);
  if (set.owner.agent != owner.agent || set.owner.subscription != owner.subscription) throw not_found("question set");
  return set;
}

std::string_view wire_name(CaseOrigin origin) {
  switch (origin) {
    case CaseOrigin::entered: return "entered";
    case CaseOrigin::imported: return "imported";
    case CaseOrigin::conversation: return "conversation";
    case CaseOrigin::documents: return "documents";
  }
  throw std::logic_error("unknown origin of a case");
}

std::string language_of_question(std::string_view question) {
  std::string language = detect_language(question);
  return language == "und" ? std::string() : language;
}

EvaluationCaseId case_id(const EvaluationCase& tested) {
  const Sha256 digest = sha256(primary_language(tested.language) + "\n" + comparable(tested.question));
  EvaluationCaseId id;
  std::copy_n(digest.begin(), id.uuid.bytes.size(), id.uuid.bytes.begin());
  id.uuid.bytes[6] = static_cast<std::uint8_t>((id.uuid.bytes[6] & 0x0F) | 0x80);
  id.uuid.bytes[8] = static_cast<std::uint8_t>((id.uuid.bytes[8] & 0x3F) | 0x80);
  return id;
}

PutCases put_cases(const Scope& scope, store::Tx& tx, const QuestionSet& set, const std::vector<EvaluationCase>& cases,
                   CaseOrigin origin, bool replaces) {
  require_set_writer(scope, set.owner);
  auto known = known_cases(scope, tx, set.id);
  std::int64_t next_ordinal = 1;
  for (const auto& [id, stored] : known) next_ordinal = std::max(next_ordinal, stored.ordinal + 1);
  PutCases put;
  std::set<EvaluationCaseId> kept;
  for (const EvaluationCase& given : cases) {
    const EvaluationCase tested = with_language(given);
    if (const auto errors = problems_of(tested); !errors.empty())
      throw Refusal(Code::validation_failed, "the case is not valid").with_fields(errors);
    const auto id = case_id(tested);
    const std::string text = json::write(to_json(tested));
    const auto it = known.find(id);
    kept.insert(id);
    if (it == known.end()) {
      tx.execute(
          "INSERT INTO evaluation_case (organization_id, set_id, case_id, ordinal, tested, origin, created_at) "
          "VALUES ($1, $2, $3, $4, $5, $6, $7)",
          {scope.organization, set.id, id, next_ordinal, text, wire_name(origin), tx.now()});
      known.emplace(id, KnownCase{next_ordinal++, text});
      ++put.added;
    } else if (it->second.tested != text) {
      tx.execute("UPDATE evaluation_case SET tested = $4 WHERE organization_id = $1 AND set_id = $2 AND case_id = $3",
                 {scope.organization, set.id, id, text});
      it->second.tested = text;
      ++put.changed;
    } else {
      ++put.unchanged;
    }
  }
  if (replaces)
    for (const auto& [id, stored] : known)
      if (!kept.contains(id))
        put.removed += tx.execute("DELETE FROM evaluation_case WHERE organization_id = $1 AND set_id = $2 AND case_id = $3",
                                  {scope.organization, set.id, id});
  if (static_cast<std::int64_t>(known.size()) - put.removed > kCasesPerSetMax)
    throw invalid_field("cases", "a set holds at most " + std::to_string(kCasesPerSetMax) + " cases; make another set");
  if (put.added + put.changed + put.removed == 0) return put;
  raise_revision(scope, tx, set.id);
  record(scope, tx, "question_set.put_cases", set,
         {{"origin", wire_name(origin)}, {"added", put.added}, {"changed", put.changed}, {"removed", put.removed}});
  return put;
}

std::vector<StoredCase> list_cases(const Scope& scope, store::Tx& tx, const QuestionSet& set, std::size_t offset,
                                   std::size_t limit) {
  std::vector<StoredCase> cases;
  for (const store::Row& row :
       tx.query("SELECT case_id, tested, origin, created_at FROM evaluation_case WHERE organization_id = $1 AND set_id = $2 "
                "ORDER BY ordinal LIMIT $3 OFFSET $4",
                {scope.organization, set.id, static_cast<std::int64_t>(limit), static_cast<std::int64_t>(offset)})) {
    StoredCase stored{.id = row.id<EvaluationCaseId>(0),
                      .tested = stored_case(row.json(1)),
                      .origin = CaseOrigin::entered,
                      .created_at = row.timestamp(3)};
    for (const auto origin : {CaseOrigin::imported, CaseOrigin::conversation, CaseOrigin::documents})
      if (wire_name(origin) == row.text(2)) stored.origin = origin;
    cases.push_back(std::move(stored));
  }
  return cases;
}

std::vector<EvaluationCase> all_cases(const Scope& scope, store::Tx& tx, const QuestionSet& set) {
  std::vector<EvaluationCase> cases;
  for (StoredCase& stored : list_cases(scope, tx, set, 0, static_cast<std::size_t>(kCasesPerSetMax)))
    cases.push_back(std::move(stored.tested));
  return cases;
}

void delete_case(const Scope& scope, store::Tx& tx, const QuestionSet& set, EvaluationCaseId id) {
  require_set_writer(scope, set.owner);
  const auto deleted = tx.execute("DELETE FROM evaluation_case WHERE organization_id = $1 AND set_id = $2 AND case_id = $3",
                                  {scope.organization, set.id, id});
  if (deleted == 0) throw not_found("case");
  raise_revision(scope, tx, set.id);
  record(scope, tx, "question_set.delete_case", set, {{"case", id.text()}});
}

EvaluationCase stored_case(const json::Value& value) {
  std::vector<FieldError> errors;
  EvaluationCase tested = case_of_json(value, errors);
  if (!errors.empty()) throw std::logic_error("a stored case does not read: " + errors.front().path);
  return tested;
}

}  // namespace guildhall::knowledge
