// The row of a base that is searched by vectors, for the files of this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "knowledge/dense.h"
#include "store/tx.h"

namespace guildhall::knowledge {

struct DenseRow {
  std::string model;
  std::int64_t dimensions = 0;  ///< 0 before the first vector
  std::int64_t version = 0;
  std::int64_t step = 0;
  bool is_queued = false;
  std::string error;
  std::string enabled_model;
  double weight = 0.5;
  Fusion fusion = Fusion::weighted;
  std::string override_reason;
};
std::optional<DenseRow> find_dense_row(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base);

/// Chunks came or went: queues the work "knowledge.embed" for a base that has vectors, unless it is queued already.
void queue_embedding(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base);
void delete_vectors(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base);

/// What of a chunk is embedded.
struct EmbeddedParts {
  std::string_view title;
  std::vector<std::string> heading_path;
  std::string_view question;
  std::string_view text;
};
std::string embedding_text(const EmbeddedParts& parts);
std::string embedding_sha256(const EmbeddedParts& parts);

/// float32, little-endian.
std::string vector_bytes(const std::vector<float>& vector);
/// Writes as many numbers as the bytes hold, at most `count`.
void read_vector(std::string_view bytes, float* out, std::size_t count);

}  // namespace guildhall::knowledge
