// Vectors of chunks, as whoever calls an embedding model fills them in (contracts/support-partner.md §2.5, §2.8).
//
// This room has no network: it says which texts lack a vector, and keeps the ones it is given. Vectors are kept by the hash of
// the text they are of, so equal texts are embedded once and indexing a document again costs nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "delivery/jobs.h"
#include "store/tx.h"

namespace guildhall::knowledge {

struct EmbeddingText {
  std::string sha256;
  std::string text;
};

struct TextVector {
  std::string sha256;
  std::vector<float> vector;  ///< of length 1
};

/// One slice of the work "knowledge.embed": one base, one job at a time.
struct EmbeddingTask {
  OrganizationId organization;
  KnowledgeBaseId base;
  std::int64_t step = 0;
  std::string model;  ///< whose vectors are wanted
};
/// nullopt when the job's step is over: the base is gone, or another job goes on with it.
std::optional<EmbeddingTask> find_embedding_task(store::Tx& tx, const delivery::Job& job);

/// Gives chunks written before there were vectors the hash of their text; the number of them, at most `limit`.
std::int64_t name_embedding_texts(store::Tx& tx, const EmbeddingTask& task, std::size_t limit);
/// Texts of the base without a vector of the task's model, each once, at most `limit`.
std::vector<EmbeddingText> texts_to_embed(store::Tx& tx, const EmbeddingTask& task, std::size_t limit);
/// Vectors of another size than those there mean another model under the same name: those there go, and dense retrieval is off.
void store_vectors(store::Tx& tx, const EmbeddingTask& task, const std::vector<TextVector>& vectors);
/// Ends the slice: queues the next one while texts lack a vector, else drops the vectors nobody needs any more.
void continue_embedding(store::Tx& tx, const EmbeddingTask& task);
/// What the base's owner reads. After the last attempt the base is tried again an hour later.
void note_embedding_failure(store::Tx& tx, const EmbeddingTask& task, std::string_view why, bool is_last_attempt);

/// Bases whose vectors are of another model than the installation's get new ones; bases that failed are tried again. Without a
/// model nothing is queued. A schedule of app calls it every minute.
std::int64_t queue_stale_embeddings(store::Tx& tx, std::string_view model);

}  // namespace guildhall::knowledge
