// Uploading, indexing and asking.
#include "knowledge_room.h"

#include <algorithm>
#include <stdexcept>

#include "knowledge/candidates.h"
#include "store/migrations.h"

namespace guildhall::bench {

KnowledgeRoom::KnowledgeRoom(const std::string& database_url)
    : database_(store::open_database({.url = database_url, .clock = &clock_})),
      scope_(identity::system_scope(OrganizationId::random(), "benchmark")),
      indexes_(std::make_unique<knowledge::Indexes>(std::size_t{4} * 1024 * 1024 * 1024)) {
  store::migrate(*database_);
  base_ = database_->write([&](store::Tx& tx) { return knowledge::base_named(scope_, tx, "benchmark"); });
}

void KnowledgeRoom::index(DocumentId document) {
  number_of_.emplace(document, number_of_.size());
  knowledge::index_document(*database_, scope_.organization, document);
}

void KnowledgeRoom::add(const KnowledgeText& text) {
  knowledge::NewDocument upload;
  upload.filename = text.filename;
  upload.content = text.text;
  index(database_->write([&](store::Tx& tx) { return knowledge::add_document(scope_, tx, base_, upload); }).id);
}

void KnowledgeRoom::add_pair(const std::string& question, const std::string& answer) {
  const knowledge::QuestionAnswer pair{question, answer, {}};
  index(database_->write([&](store::Tx& tx) { return knowledge::add_question_answer(scope_, tx, base_, pair); }).id);
}

std::vector<KnowledgeRoom::Hit> KnowledgeRoom::rank(std::string_view query) const {
  std::map<std::size_t, double> best;
  for (const knowledge::Candidate& candidate : knowledge::lexical_candidates(scope_, *database_, *indexes_, base_, query)) {
    double& score = best[number_of(candidate.document)];
    score = std::max(score, candidate.score);
  }
  std::vector<Hit> hits;
  for (const auto& [text, score] : best) hits.push_back({text, score});
  std::stable_sort(hits.begin(), hits.end(), [](const Hit& a, const Hit& b) { return a.score > b.score; });
  return hits;
}

knowledge::Retrieved KnowledgeRoom::ask(const std::string& query, std::size_t top_k) const {
  knowledge::RetrieveRequest request;
  request.query = query;
  request.top_k = top_k;
  return knowledge::retrieve(scope_, *database_, *indexes_, {base_}, request);
}

}  // namespace guildhall::bench
