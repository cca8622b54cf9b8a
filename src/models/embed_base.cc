// The worker behind a base's vectors.
#include "models/embed_base.h"

#include <algorithm>

#include "base/errors.h"
#include "base/metrics.h"
#include "base/time.h"
#include "knowledge/vectors.h"
#include "models/embeddings.h"
#include "models/limits.h"

namespace guildhall::models {
namespace {

constexpr int kLastEmbeddingAttempt = 10;

void name_texts(store::Database& database, const knowledge::EmbeddingTask& task, const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    const auto named =
        database.write([&](store::Tx& tx) { return knowledge::name_embedding_texts(tx, task, kEmbeddingTextsAtOnce); });
    if (named < static_cast<std::int64_t>(kEmbeddingTextsAtOnce)) return;
  }
}

/// Asks for and stores the vectors of some texts, a request's worth at a time.
void embed_texts(store::Database& database, SearchModels& with, const knowledge::EmbeddingTask& task,
                 const std::vector<knowledge::EmbeddingText>& texts, const CallOptions& options, std::int64_t until_us) {
  static metrics::Counter& tokens =
      metrics::counter("guildhall_embedding_tokens_total", "Tokens of texts that were embedded", "of=\"documents\"");
  for (std::size_t begin = 0; begin < texts.size() && monotonic_us() < until_us; begin += kEmbeddingBatchMax) {
    if (options.stop.stop_requested()) return;
    const std::size_t end = std::min(begin + kEmbeddingBatchMax, texts.size());
    std::vector<std::string> batch;
    for (std::size_t i = begin; i < end; ++i) batch.push_back(texts[i].text);
    CallOptions call = options;
    call.deadline_us = monotonic_us() + kEmbeddingCallUsMax;
    Embedded embedded = embed(with.client, *with.embedding, batch, call);
    tokens.add(static_cast<std::uint64_t>(embedded.usage.input_tokens));
    std::vector<knowledge::TextVector> vectors;
    for (std::size_t i = begin; i < end; ++i) vectors.push_back({texts[i].sha256, std::move(embedded.vectors[i - begin])});
    database.write([&](store::Tx& tx) { knowledge::store_vectors(tx, task, vectors); });
  }
}

void embed_slice(store::Database& database, SearchModels& with, const knowledge::EmbeddingTask& task,
                 const std::stop_token& stop) {
  name_texts(database, task, stop);
  CallOptions options;
  options.stop = stop;
  const std::int64_t until_us = monotonic_us() + kEmbeddingSliceUs;
  while (!stop.stop_requested() && monotonic_us() < until_us) {
    const auto texts = database.read([&](store::Tx& tx) { return knowledge::texts_to_embed(tx, task, kEmbeddingTextsAtOnce); });
    if (texts.empty()) break;
    embed_texts(database, with, task, texts, options, until_us);
  }
  database.write([&](store::Tx& tx) { knowledge::continue_embedding(tx, task); });
}

}  // namespace

void embed_base(store::Database& database, SearchModels& with, const delivery::Job& job, const std::stop_token& stop) {
  const auto task = database.read([&](store::Tx& tx) { return knowledge::find_embedding_task(tx, job); });
  if (!task) return;
  const auto note = [&](std::string_view why, bool is_last) {
    database.write([&](store::Tx& tx) { knowledge::note_embedding_failure(tx, *task, why, is_last); });
  };
  if (with.model_name() != task->model) {
    note(with.embedding ? "the installation's embedding model has changed; the vectors are made again shortly"
                        : "the installation has no embedding model any more",
         true);
    return;
  }
  try {
    embed_slice(database, with, *task, stop);
  } catch (const net::OutboundError& error) {
    if (error.failure == net::OutboundFailure::cancelled) throw;
    note(error.message, job.attempt >= kLastEmbeddingAttempt);
    throw;
  } catch (const Refusal& refusal) {
    note(refusal.message, job.attempt >= kLastEmbeddingAttempt);
    if (job.attempt < kLastEmbeddingAttempt) throw;
  }
}

}  // namespace guildhall::models
