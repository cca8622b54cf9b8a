// Question–answer pairs: their own columns beside the document that is indexed.
#include "knowledge/pairs.h"

#include "base/errors.h"
#include "base/text.h"
#include "delivery/jobs.h"
#include "document_rows.h"
#include "knowledge/retrieve.h"
#include "limits.h"

namespace guildhall::knowledge {
namespace {

void check_pair_text(const std::string& text, const std::string& path, std::size_t most) {
  const bool is_clean = is_valid_utf8(text) && text.find('\0') == std::string::npos;
  if (!is_clean || trimmed(text).empty() || code_points(text) > most) {
    throw invalid_field(path, "must be 1 to " + std::to_string(most) + " characters");
  }
}

/// The pair as it is stored: texts without white space around them.
QuestionAnswer checked_pair(QuestionAnswer pair) {
  check_pair_text(pair.question, "question", kQuestionCodePointsMax);
  check_pair_text(pair.answer, "answer", kAnswerCodePointsMax);
  if (pair.alternative_questions.size() > kAlternativeQuestionsMax) {
    throw invalid_field("alternative_questions", "may hold at most " + std::to_string(kAlternativeQuestionsMax) + " questions");
  }
  for (std::size_t i = 0; i < pair.alternative_questions.size(); ++i) {
    check_pair_text(pair.alternative_questions[i], "alternative_questions[" + std::to_string(i) + "]", kQuestionCodePointsMax);
  }
  if (pair.language.size() > 35 ||
      pair.language.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") != std::string::npos) {
    throw invalid_field("language", "must be a BCP 47 language tag such as 'en' or 'pt-BR'");
  }
  if (pair.valid_from && pair.valid_until && *pair.valid_until <= *pair.valid_from) {
    throw invalid_field("valid_until", "must be later than valid_from");
  }
  // A question is one line wherever it is shown and indexed.
  const auto one_line = [](std::string& text) { text = std::string(trimmed(replaced(replaced(text, "\r", " "), "\n", " "))); };
  one_line(pair.question);
  for (std::string& question : pair.alternative_questions) one_line(question);
  pair.answer = std::string(trimmed(pair.answer));
  return pair;
}

json::Array alternatives_json(const QuestionAnswer& pair) {
  json::Array list;
  for (const std::string& question : pair.alternative_questions) list.emplace_back(question);
  return list;
}

/// What the pair's chunk is made from; the dates make it other content when only they change.
std::string indexed_content(const QuestionAnswer& pair) {
  json::Object content = {{"question", pair.question},
                          {"answer", pair.answer},
                          {"language", pair.language},
                          {"alternative_questions", alternatives_json(pair)}};
  if (pair.valid_from) content["valid_from"] = pair.valid_from->us;
  if (pair.valid_until) content["valid_until"] = pair.valid_until->us;
  return json::write(content);
}

/// Wakes the pair when it begins and when it ends.
void enqueue_validity(store::Tx& tx, OrganizationId organization, DocumentId id, const QuestionAnswer& pair) {
  for (const auto& border : {pair.valid_from, pair.valid_until}) {
    if (!border || *border <= tx.now()) continue;
    delivery::NewJob job;
    job.kind = "knowledge.validity";
    job.key = id.text() + ":" + std::to_string(border->us);
    job.organization = organization;
    job.payload = {{"document_id", id.text()}};
    job.run_at = *border;
    delivery::enqueue(tx, job);
  }
}

Pair pair_of_row(const store::Row& row) {
  Pair pair;
  pair.id = row.id<DocumentId>(0);
  pair.base = row.id<KnowledgeBaseId>(1);
  pair.content.question = row.text(2);
  pair.content.answer = row.text(3);
  const json::Value alternatives = row.json(4);
  for (const json::Value& question : alternatives.as_array())
    pair.content.alternative_questions.emplace_back(json::view(question.as_string()));
  pair.content.language = row.text(5);
  pair.content.valid_from = row.optional_timestamp(6);
  pair.content.valid_until = row.optional_timestamp(7);
  pair.hits = row.integer(8);
  pair.last_hit_at = row.optional_timestamp(9);
  pair.created_at = row.timestamp(10);
  pair.updated_at = row.timestamp(11);
  pair.state = document_state(row.text(12));
  return pair;
}

json::Array changed_fields(const QuestionAnswer& before, const QuestionAnswer& after) {
  json::Array changed;
  if (before.question != after.question) changed.emplace_back("question");
  if (before.answer != after.answer) changed.emplace_back("answer");
  if (before.alternative_questions != after.alternative_questions) changed.emplace_back("alternative_questions");
  if (before.language != after.language) changed.emplace_back("language");
  if (before.valid_from != after.valid_from) changed.emplace_back("valid_from");
  if (before.valid_until != after.valid_until) changed.emplace_back("valid_until");
  return changed;
}

/// LIKE takes the search as it is written.
std::string like_pattern(std::string_view search) {
  std::string out = "%";
  for (const char c : search) {
    if (c == '%' || c == '_' || c == '\\') out += '\\';
    out += c;
  }
  return out + "%";
}

}  // namespace

Document add_question_answer(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const QuestionAnswer& pair) {
  require_base(scope, tx, base);
  const QuestionAnswer stored = checked_pair(pair);
  Document added;
  added.base = base;
  added.title = stored.question;
  added.source = SourceKind::qa;
  added.content_type = "application/json";
  added.language = stored.language.empty() ? "und" : stored.language;
  added = insert_document(tx, scope.organization, std::move(added), indexed_content(stored));
  tx.execute(
      "INSERT INTO knowledge_pair (organization_id, document_id, base_id, question, answer, alternative_questions, language, "
      "valid_from, valid_until, hits, last_hit_at, created_at, updated_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, NULL, $10, $10)",
      {scope.organization, added.id, base, stored.question, stored.answer, json::write(alternatives_json(stored)),
       stored.language, stored.valid_from, stored.valid_until, tx.now()});
  enqueue_validity(tx, scope.organization, added.id, stored);
  record_change(scope, tx, "pair.create", added.id.uuid, {});
  return added;
}

PairList list_pairs(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const PairFilter& filter) {
  require_base(scope, tx, base);
  if (!is_valid_utf8(filter.search) || filter.search.find('\0') != std::string::npos) {
    throw invalid_field("search", "must be valid UTF-8");
  }
  const std::string pattern = like_pattern(ascii_lower(filter.search));
  PairList list;
  list.total = tx.first(
                     "SELECT COUNT(*) FROM knowledge_pair WHERE organization_id = $1 AND base_id = $2 "
                     "AND (LOWER(question) LIKE $3 ESCAPE '\\' OR LOWER(answer) LIKE $3 ESCAPE '\\')",
                     {scope.organization, base, pattern})
                   ->integer(0);
  for (const store::Row& row :
       tx.query("SELECT p.document_id, p.base_id, p.question, p.answer, p.alternative_questions, p.language, p.valid_from, "
                "p.valid_until, p.hits, p.last_hit_at, p.created_at, p.updated_at, d.state FROM knowledge_pair p "
                "JOIN knowledge_document d ON d.organization_id = p.organization_id AND d.id = p.document_id "
                "WHERE p.organization_id = $1 AND p.base_id = $2 "
                "AND (LOWER(p.question) LIKE $3 ESCAPE '\\' OR LOWER(p.answer) LIKE $3 ESCAPE '\\') "
                "ORDER BY p.created_at, p.document_id LIMIT $4 OFFSET $5",
                {scope.organization, base, pattern, static_cast<std::int64_t>(filter.limit),
                 static_cast<std::int64_t>(filter.offset)})) {
    list.pairs.push_back(pair_of_row(row));
  }
  return list;
}

Pair get_pair(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id) {
  require_base(scope, tx, base);
  const auto row = tx.first(
      "SELECT p.document_id, p.base_id, p.question, p.answer, p.alternative_questions, p.language, p.valid_from, "
      "p.valid_until, p.hits, p.last_hit_at, p.created_at, p.updated_at, d.state FROM knowledge_pair p "
      "JOIN knowledge_document d ON d.organization_id = p.organization_id AND d.id = p.document_id "
      "WHERE p.organization_id = $1 AND p.base_id = $2 AND p.document_id = $3",
      {scope.organization, base, id});
  if (!row) throw not_found("question–answer pair");
  return pair_of_row(*row);
}

Pair update_pair(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id, const QuestionAnswer& content) {
  const QuestionAnswer before = get_pair(scope, tx, base, id).content;
  const QuestionAnswer stored = checked_pair(content);
  tx.execute(
      "UPDATE knowledge_pair SET question = $3, answer = $4, alternative_questions = $5, language = $6, valid_from = $7, "
      "valid_until = $8, updated_at = $9 WHERE organization_id = $1 AND document_id = $2",
      {scope.organization, id, stored.question, stored.answer, json::write(alternatives_json(stored)), stored.language,
       stored.valid_from, stored.valid_until, tx.now()});
  tx.execute("UPDATE knowledge_document SET title = $3 WHERE organization_id = $1 AND id = $2",
             {scope.organization, id, stored.question});
  replace_content(tx, scope.organization, id, {indexed_content(stored), "application/json", "", /*reindex=*/true});
  enqueue_validity(tx, scope.organization, id, stored);
  record_change(scope, tx, "pair.update", id.uuid, {{"changed", changed_fields(before, stored)}});
  return get_pair(scope, tx, base, id);
}

void delete_pair(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id) {
  get_pair(scope, tx, base, id);
  erase_document(tx, scope.organization, base, id);
  record_change(scope, tx, "pair.delete", id.uuid, {});
}

void count_hits(store::Tx& tx, OrganizationId organization, const std::vector<DocumentId>& cited) {
  for (const DocumentId& document : cited) {
    tx.execute("UPDATE knowledge_pair SET hits = hits + 1, last_hit_at = $3 WHERE organization_id = $1 AND document_id = $2",
               {organization, document, tx.now()});
  }
}

void refresh_pair(store::Database& database, const Extractor& extractor, OrganizationId organization, DocumentId pair) {
  database.write([&](store::Tx& tx) {
    const auto row = tx.first(
        "SELECT p.valid_from, p.valid_until, d.chunks, d.revision, d.state FROM knowledge_pair p "
        "JOIN knowledge_document d ON d.organization_id = p.organization_id AND d.id = p.document_id "
        "WHERE p.organization_id = $1 AND p.document_id = $2",
        {organization, pair});
    if (!row) return;
    const auto from = row->optional_timestamp(0);
    const auto until = row->optional_timestamp(1);
    const bool is_valid = (!from || *from <= tx.now()) && (!until || tx.now() < *until);
    // What is being indexed now may have begun before the border; a newer revision makes its result nobody's.
    const bool is_settled = document_state(row->text(4)) == DocumentState::indexed;
    if (is_settled && is_valid == (row->integer(2) > 0)) return;
    tx.execute("UPDATE knowledge_document SET state = 'PENDING', revision = $3 WHERE organization_id = $1 AND id = $2",
               {organization, pair, row->integer(3) + 1});
    enqueue_indexing(tx, organization, pair, row->integer(3) + 1);
  });
  index_document(database, extractor, organization, pair);
}

}  // namespace guildhall::knowledge
