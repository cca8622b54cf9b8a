// Searching by words and, where a base allows it, by vectors: what every caller of retrieval goes through
// (contracts/support-partner.md §2.5).
#pragma once

#include <cstdint>
#include <list>
#include <map>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "identity/scope.h"
#include "knowledge/retrieve.h"
#include "models/chat.h"
#include "net/client.h"
#include "store/database.h"

namespace guildhall::models {

/// The vectors of queries asked lately, by organization, model and the query's hash. Thread-safe; can be dropped at any moment.
class QueryVectors {
 public:
  explicit QueryVectors(std::size_t count_max);
  struct Key {
    OrganizationId organization;
    std::string model;
    std::string query_sha256;
    auto operator<=>(const Key&) const = default;
  };
  std::optional<std::vector<float>> find(const Key& key);
  void keep(const Key& key, const std::vector<float>& vector);

 private:
  using Kept = std::pair<Key, std::vector<float>>;
  const std::size_t count_max_;
  std::mutex mutex_;
  std::list<Kept> newest_first_;
  std::map<Key, std::list<Kept>::iterator> by_key_;
};

/// What an installation searches with besides words. Lives as long as the process; thread-safe.
struct SearchModels {
  SearchModels(net::Client& with, std::optional<Endpoint> embedding_model, std::optional<Endpoint> rerank_model = std::nullopt);

  net::Client& client;
  const std::optional<Endpoint> embedding;
  const std::optional<Endpoint> rerank;
  QueryVectors query_vectors;

  /// Of the embedding model; empty without one.
  std::string model_name() const { return embedding ? embedding->model : std::string(); }
};

struct SearchOptions {
  std::int64_t deadline_us = 0;  ///< of the caller, on monotonic_us(); 0: none
  std::stop_token stop;
};

/// knowledge::retrieve, with the query's vector where one of the bases is searched by vectors, and its best passages put in
/// order by the rerank model where there is one. Neither may take longer than 500 ms or fail the search: without it the answer
/// is of words alone, and `is_degraded`. `with` may be null. A stop token ends it with net::OutboundError(cancelled).
knowledge::Retrieved find_passages(const Scope& scope, store::Database& database, knowledge::Indexes& indexes, SearchModels* with,
                                   const std::vector<KnowledgeBaseId>& bases, const knowledge::RetrieveRequest& request,
                                   const SearchOptions& options = {});

/// The same query by words alone and fused, for an evaluation; no hybrid when the base has no vectors, the query cannot
/// be embedded within ten seconds, or there is no model.
struct BothRetrieved {
  knowledge::Retrieved lexical;
  std::optional<knowledge::Retrieved> hybrid;
};
BothRetrieved find_both_ways(const Scope& scope, store::Database& database, knowledge::Indexes& indexes, SearchModels& with,
                             KnowledgeBaseId base, const knowledge::RetrieveRequest& request);

}  // namespace guildhall::models
