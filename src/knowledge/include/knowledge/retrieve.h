// Retrieval: a question in, cited passages out (contracts/support-partner.md §2.5). Works with no model.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "identity/scope.h"
#include "store/database.h"

namespace guildhall::knowledge {

class Extractor;

struct Passage {
  ChunkId chunk;
  DocumentId document;
  std::string title;
  std::string url;
  std::vector<std::string> heading_path;
  std::string anchor;
  std::optional<std::int64_t> page;
  std::string language;
  std::string text;                                     ///< exactly as indexed: every quote occurs in it
  std::string question;                                 ///< set for a question–answer pair; `text` is then the answer
  std::vector<std::string> alternative_questions = {};  ///< other ways to ask `question`
  double score = 0;                                     ///< comparable within one result only
  /// What the question found here as a share of what it could find at most, 0–1; absent where nothing measured it.
  std::optional<double> evidence;
  std::int64_t base_chunks =
      0;  ///< of the base it was found in: among few chunks no word is rare, and evidence is easier to have
  /// To the query's vector; absent where it was not compared, or is not among the nearest.
  std::optional<double> cosine = std::nullopt;
};

/// What an embedding model made of the query; knowledge calls no model.
struct DenseQuery {
  std::vector<float> vector;   ///< of length 1
  std::string model;           ///< compared with vectors of the same model alone
  bool even_when_off = false;  ///< for measuring a base that does not answer so yet
};

struct RetrieveRequest {
  std::string query;
  std::size_t top_k = 5;  ///< 1–20
  std::string language;   ///< BCP 47 prior for short queries; empty: detected
  /// Only passages of these, ascending; see knowledge/filter.h. Empty: of all.
  std::optional<std::vector<DocumentId>> documents = std::nullopt;
  std::optional<DenseQuery> dense = std::nullopt;  ///< absent: by words alone
};

struct Retrieved {
  std::vector<Passage> passages;  ///< best first
  std::string language;           ///< of the query
  std::int64_t snapshot = 0;      ///< the snapshot that answered
  bool is_hybrid = false;         ///< vectors took part
  bool is_degraded = false;       ///< they should have, and could not
};

/// Holds the immutable in-memory indexes of the bases in use, each for one (organization, base, snapshot). Thread-safe; an
/// index is built from its chunks on first use and dropped when least recently used beyond `bytes_max`.
class Indexes {
 public:
  explicit Indexes(std::size_t bytes_max = 256 * 1024 * 1024);
  ~Indexes();

  /// What those in memory take, as it counts against `bytes_max`.
  std::size_t bytes() const;

  struct State;
  State& state() const { return *state_; }

 private:
  std::unique_ptr<State> state_;
};

/// Passages of the bases, which must all belong to the scope's organization (else not_found). Sees exactly one snapshot of each.
Retrieved retrieve(const Scope& scope, store::Database& database, Indexes& indexes, const std::vector<KnowledgeBaseId>& bases,
                   const RetrieveRequest& request);

/// Extracts, chunks and indexes one document: PENDING → PROCESSING → INDEXED or FAILED, in one switch of the snapshot.
/// The work of the job "knowledge.index"; running it twice changes nothing. Blocks while the extractor's child reads.
void index_document(store::Database& database, const Extractor& extractor, OrganizationId organization, DocumentId document);

}  // namespace guildhall::knowledge
