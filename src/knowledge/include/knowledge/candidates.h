// The lexical candidates of a question, before near-duplicates collapse and neighbours merge: for measuring retrieval.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "identity/scope.h"
#include "knowledge/retrieve.h"
#include "store/database.h"

namespace guildhall::knowledge {

struct Candidate {
  ChunkId chunk;
  DocumentId document;
  double score = 0;
};

/// Step 2 of contracts/support-partner.md §2.5: at most 100 chunks, best first. The base must belong to the scope's
/// organization (else not_found). `language` is a prior for short queries; empty: detected.
std::vector<Candidate> lexical_candidates(const Scope& scope, store::Database& database, Indexes& indexes, KnowledgeBaseId base,
                                          std::string_view query, std::string_view language = {});

}  // namespace guildhall::knowledge
