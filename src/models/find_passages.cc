// Embeds the query where that is of use, searches, and never lets a model's trouble become the visitor's.
#include "models/find_passages.h"

#include <algorithm>
#include <functional>

#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "base/time.h"
#include "knowledge/dense.h"
#include "models/embeddings.h"
#include "models/limits.h"
#include "models/rerank.h"

namespace guildhall::models {
namespace {

constexpr std::size_t kPassagesMost = 20;  ///< that knowledge gives at once

CallOptions search_call(const SearchOptions& options, std::int64_t most_us) {
  CallOptions call;
  call.deadline_us = monotonic_us() + most_us;
  if (options.deadline_us != 0) call.deadline_us = std::min(call.deadline_us, options.deadline_us);
  call.stop = options.stop;
  return call;
}

/// What the model did, or nullopt when it failed in whatever way but that nobody waits any more.
template <class Result>
std::optional<Result> unless_it_fails(std::string_view what, const std::function<Result()>& ask) {
  static metrics::Counter& failures =
      metrics::counter("guildhall_search_model_failures_total", "Searches that went on without their embedding or rerank model");
  std::string why;
  try {
    return ask();
  } catch (const net::OutboundError& error) {
    if (error.failure == net::OutboundFailure::cancelled) throw;
    why = error.message;
  } catch (const Refusal& refusal) {
    why = refusal.message;
  }
  failures.add();
  log::warning("search.degraded", {{"model", what}, {"why", std::string_view(why)}});
  return std::nullopt;
}

std::vector<float> vector_of_query(SearchModels& with, OrganizationId organization, std::string_view query,
                                   const CallOptions& call) {
  static metrics::Counter& tokens =
      metrics::counter("guildhall_embedding_tokens_total", "Tokens of texts that were embedded", "of=\"queries\"");
  const std::string text(prefix_bytes(query, kQuestionBytesMax));
  const QueryVectors::Key key{organization, with.model_name(), to_hex(bytes_of(sha256(text)))};
  if (auto known = with.query_vectors.find(key)) return std::move(*known);
  Embedded embedded = embed(with.client, *with.embedding, {text}, call);
  tokens.add(static_cast<std::uint64_t>(embedded.usage.input_tokens));
  with.query_vectors.keep(key, embedded.vectors.front());
  return std::move(embedded.vectors.front());
}

std::string reranked_text(const knowledge::Passage& passage) {
  std::string text = passage.question.empty() ? join(passage.heading_path, " › ") : passage.question;
  if (!text.empty()) text += '\n';
  text += passage.text;
  return std::string(prefix_bytes(text, kRerankedBytesMax));
}

/// The order is the model's. Scores stay those of the search, so that what they mean does not depend on the model.
void put_in_order(std::vector<knowledge::Passage>& passages, const std::vector<double>& relevances) {
  std::vector<std::size_t> order(passages.size());
  std::vector<double> scores;
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
    scores.push_back(passages[i].score);
  }
  std::sort(order.begin(), order.end(),
            [&](std::size_t a, std::size_t b) { return relevances[a] != relevances[b] ? relevances[a] > relevances[b] : a < b; });
  std::vector<knowledge::Passage> ordered;
  for (const std::size_t i : order) ordered.push_back(std::move(passages[i]));
  for (std::size_t i = 0; i < ordered.size(); ++i) ordered[i].score = scores[i];
  passages = std::move(ordered);
}

void rerank_passages(SearchModels& with, const knowledge::RetrieveRequest& request, const SearchOptions& options,
                     knowledge::Retrieved& found) {
  if (found.passages.size() > 1) {
    std::vector<std::string> texts;
    for (const auto& passage : found.passages) texts.push_back(reranked_text(passage));
    const auto relevances = unless_it_fails<std::vector<double>>(with.rerank->model, [&] {
      return rerank(with.client, *with.rerank, prefix_bytes(request.query, kQuestionBytesMax), texts,
                    search_call(options, kSearchModelUsMax));
    });
    if (relevances) put_in_order(found.passages, *relevances);
    found.is_degraded = found.is_degraded || !relevances;
  }
  if (found.passages.size() > request.top_k) found.passages.resize(request.top_k);
}

}  // namespace

QueryVectors::QueryVectors(std::size_t count_max) : count_max_(count_max) {}

std::optional<std::vector<float>> QueryVectors::find(const Key& key) {
  const std::lock_guard lock(mutex_);
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) return std::nullopt;
  newest_first_.splice(newest_first_.begin(), newest_first_, known->second);
  return known->second->second;
}

void QueryVectors::keep(const Key& key, const std::vector<float>& vector) {
  const std::lock_guard lock(mutex_);
  if (by_key_.contains(key)) return;
  newest_first_.emplace_front(key, vector);
  by_key_.emplace(key, newest_first_.begin());
  if (newest_first_.size() <= count_max_) return;
  by_key_.erase(newest_first_.back().first);
  newest_first_.pop_back();
}

SearchModels::SearchModels(net::Client& with, std::optional<Endpoint> embedding_model, std::optional<Endpoint> rerank_model)
    : client(with), embedding(std::move(embedding_model)), rerank(std::move(rerank_model)), query_vectors(kQueryVectorsKept) {}

knowledge::Retrieved find_passages(const Scope& scope, store::Database& database, knowledge::Indexes& indexes, SearchModels* with,
                                   const std::vector<KnowledgeBaseId>& bases, const knowledge::RetrieveRequest& request,
                                   const SearchOptions& options) {
  if (with == nullptr || trimmed(request.query).empty() || !is_valid_utf8(request.query))
    return knowledge::retrieve(scope, database, indexes, bases, request);
  knowledge::RetrieveRequest asked = request;
  const bool is_dense = with->embedding && database.read([&](store::Tx& tx) {
    return knowledge::is_dense_on(scope, tx, bases, with->model_name());
  });
  if (is_dense) {
    auto vector = unless_it_fails<std::vector<float>>(with->model_name(), [&] {
      return vector_of_query(*with, scope.organization, request.query, search_call(options, kSearchModelUsMax));
    });
    if (vector) asked.dense = knowledge::DenseQuery{std::move(*vector), with->model_name(), false};
  }
  if (with->rerank && request.top_k <= kPassagesMost) asked.top_k = kPassagesMost;
  knowledge::Retrieved found = knowledge::retrieve(scope, database, indexes, bases, asked);
  found.is_degraded = found.is_degraded || (is_dense && !asked.dense);
  if (with->rerank) rerank_passages(*with, request, options, found);
  return found;
}

BothRetrieved find_both_ways(const Scope& scope, store::Database& database, knowledge::Indexes& indexes, SearchModels& with,
                             KnowledgeBaseId base, const knowledge::RetrieveRequest& request) {
  BothRetrieved both{knowledge::retrieve(scope, database, indexes, {base}, request), std::nullopt};
  if (!with.embedding) return both;
  const auto vector = unless_it_fails<std::vector<float>>(with.model_name(), [&] {
    return vector_of_query(with, scope.organization, request.query, search_call({}, kMeasuredQueryUsMax));
  });
  if (!vector) return both;
  knowledge::RetrieveRequest asked = request;
  asked.dense = knowledge::DenseQuery{*vector, with.model_name(), true};
  knowledge::Retrieved hybrid = knowledge::retrieve(scope, database, indexes, {base}, asked);
  if (hybrid.is_hybrid) both.hybrid = std::move(hybrid);
  return both;
}

}  // namespace guildhall::models
