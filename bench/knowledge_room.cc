// Uploading, indexing and asking.
#include "knowledge_room.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <tuple>

#include "knowledge/candidates.h"
#include "knowledge/extractor.h"
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
  // What the sandbox costs is the business of contracts/identity-and-security.md §15, not of the figures here.
  knowledge::index_document(*database_, knowledge::Extractor::in_process(), scope_.organization, document);
}

DocumentId KnowledgeRoom::upload(const KnowledgeText& text) {
  knowledge::NewDocument document;
  document.filename = text.filename;
  document.content = text.text;
  return database_->write([&](store::Tx& tx) { return knowledge::add_document(scope_, tx, base_, document); }).id;
}

void KnowledgeRoom::add(const KnowledgeText& text) {
  index(upload(text));
}

void KnowledgeRoom::replace(std::size_t number, const KnowledgeText& text) {
  const auto old = std::find_if(number_of_.begin(), number_of_.end(), [&](const auto& each) { return each.second == number; });
  database_->write([&](store::Tx& tx) { knowledge::delete_document(scope_, tx, base_, old->first); });
  number_of_.erase(old);
  const DocumentId document = upload(text);
  number_of_.emplace(document, number);
  knowledge::index_document(*database_, knowledge::Extractor::in_process(), scope_.organization, document);
}

void KnowledgeRoom::add_all(const std::vector<KnowledgeText>& texts, std::size_t at_once) {
  std::vector<DocumentId> documents(texts.size());
  std::atomic<std::size_t> next = 0;
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < at_once; ++i) {
    threads.emplace_back([&] {
      for (std::size_t n = next++; n < texts.size(); n = next++) {
        documents[n] = upload(texts[n]);
        knowledge::index_document(*database_, knowledge::Extractor::in_process(), scope_.organization, documents[n]);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const DocumentId document : documents) number_of_.emplace(document, number_of_.size());
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
  std::sort(hits.begin(), hits.end(),
            [](const Hit& a, const Hit& b) { return std::tie(b.score, a.text) < std::tie(a.score, b.text); });
  return hits;
}

knowledge::Retrieved KnowledgeRoom::ask(const std::string& query, std::size_t top_k) const {
  knowledge::RetrieveRequest request;
  request.query = query;
  request.top_k = top_k;
  return knowledge::retrieve(scope_, *database_, *indexes_, {base_}, request);
}

}  // namespace guildhall::bench
