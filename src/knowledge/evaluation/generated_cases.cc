// Cases from documents: each question–answer pair, and headings that name what their section answers.
#include <map>
#include <set>

#include "../limits.h"
#include "base/text.h"
#include "evaluation/matching.h"
#include "knowledge/documents.h"
#include "knowledge/language.h"
#include "knowledge/question_sets.h"

namespace guildhall::knowledge {
namespace {

constexpr std::int64_t kTopicWordsMin = 2;
constexpr std::size_t kQuoteOfAnswerCodePoints = 200;
constexpr std::int64_t kSectionTokensMin = 12;

/// "Returning an order" asks something, "Overview" and "4.2" do not.
bool is_topic(std::string_view heading, std::string_view language) {
  std::int64_t words = 0;
  for (const Term& term : analyse(heading, "und")) {
    const bool has_letter = term.text.find_first_not_of("0123456789.") != std::string::npos;
    words += has_letter && !is_stop_word(term.text, language) ? 1 : 0;
  }
  // Scripts without spaces between words are counted by what analysis splits them into.
  const bool is_question = heading.ends_with('?') || heading.ends_with("？") || heading.ends_with("؟");
  return words >= kTopicWordsMin || is_question;
}

struct IndexedSection {
  DocumentId document;
  std::string
      name;  ///< of the document in gold: its file name where no other has it, so that an exported set holds elsewhere too
  std::string heading;
  std::string question;  ///< of a pair
  std::string text;
  std::string language;
};

std::vector<IndexedSection> sections_of(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  std::vector<IndexedSection> sections;
  for (const store::Row& row :
       tx.query("SELECT c.document_id, d.filename, c.heading_path, c.question, c.text, c.language FROM knowledge_chunk c "
                "JOIN knowledge_document d ON d.organization_id = c.organization_id AND d.id = c.document_id "
                "WHERE c.organization_id = $1 AND c.base_id = $2 ORDER BY d.uploaded_at, d.filename, c.document_id, c.ordinal",
                {scope.organization, base})) {
    IndexedSection section{row.id<DocumentId>(0), row.text(1), {}, row.text(3), row.text(4), row.text(5)};
    const json::Value path = row.json(2);
    if (path.is_array() && !path.get_array().empty() && path.get_array().back().is_string())
      section.heading = json::view(path.get_array().back().get_string());
    sections.push_back(std::move(section));
  }
  std::map<std::string, std::set<DocumentId>> documents;
  for (const IndexedSection& section : sections) documents[section.name].insert(section.document);
  for (IndexedSection& section : sections)
    if (section.name.empty() || documents[section.name].size() > 1) section.name = section.document.text();
  return sections;
}

std::optional<EvaluationCase> case_of_section(const IndexedSection& section) {
  EvaluationCase tested;
  tested.language = section.language == "und" ? std::string() : section.language;
  Gold gold{.document = section.name, .heading = {}, .page = {}, .quote = {}};
  if (!section.question.empty()) {
    tested.question = section.question;
    gold.quote = trimmed(prefix_code_points(section.text, kQuoteOfAnswerCodePoints));
  } else {
    if (section.heading.empty() || !is_topic(section.heading, section.language)) return std::nullopt;
    if (text_tokens(section.text) < kSectionTokensMin) return std::nullopt;
    tested.question = section.heading;
    gold.heading = section.heading;
  }
  tested.gold.push_back(std::move(gold));
  if (!problems_of(tested).empty()) return std::nullopt;
  return tested;
}

}  // namespace

std::vector<EvaluationCase> cases_from_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::size_t limit) {
  require_base(scope, tx, base);
  std::vector<EvaluationCase> cases;
  std::set<EvaluationCaseId> known;
  std::set<EvaluationCaseId> ambiguous;
  // A heading that stands over sections of several documents names none of them.
  std::map<EvaluationCaseId, DocumentId> documents;
  const auto sections = sections_of(scope, tx, base);
  for (const IndexedSection& section : sections)
    if (const auto tested = case_of_section(section)) {
      const auto [it, is_new] = documents.emplace(case_id(*tested), section.document);
      if (!is_new && it->second != section.document) ambiguous.insert(it->first);
    }
  for (const IndexedSection& section : sections) {
    if (cases.size() >= limit) break;
    auto tested = case_of_section(section);
    if (!tested) continue;
    const auto id = case_id(*tested);
    if (!ambiguous.contains(id) && known.insert(id).second) cases.push_back(std::move(*tested));
  }
  return cases;
}

}  // namespace guildhall::knowledge
