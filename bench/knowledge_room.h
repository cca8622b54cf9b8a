// A knowledge base of the product, in a database of its own, used through the room's public functions alone.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "identity/scope.h"
#include "knowledge/documents.h"
#include "knowledge/retrieve.h"
#include "knowledge_sets.h"
#include "store/database.h"

namespace guildhall::bench {

/// Not thread-safe while texts are added; asking is.
class KnowledgeRoom {
 public:
  /// In memory unless a SQLite or PostgreSQL URL is given.
  explicit KnowledgeRoom(const std::string& database_url = "sqlite::memory:");

  /// Texts are numbered in the order they are added.
  void add(const KnowledgeText& text);
  /// The same, several at once.
  void add_all(const std::vector<KnowledgeText>& texts, std::size_t at_once);
  /// The document of this number leaves, and one with this text comes in its place.
  void replace(std::size_t number, const KnowledgeText& text);
  void add_pair(const std::string& question, const std::string& answer);

  struct Hit {
    std::size_t text = 0;
    double score = 0;
  };
  /// Up to a hundred chunks as the texts they are of, each text once at its best score, ties by number.
  std::vector<Hit> rank(std::string_view query) const;
  /// What a run gets to answer from.
  knowledge::Retrieved ask(const std::string& query, std::size_t top_k) const;
  std::size_t index_bytes() const { return indexes_->bytes(); }
  std::size_t number_of(DocumentId document) const { return number_of_.at(document); }

 private:
  DocumentId upload(const KnowledgeText& text);
  void index(DocumentId document);

  SystemClock clock_;
  std::unique_ptr<store::Database> database_;
  Scope scope_;
  KnowledgeBaseId base_;
  std::map<DocumentId, std::size_t> number_of_;
  std::unique_ptr<knowledge::Indexes> indexes_;
};

}  // namespace guildhall::bench
