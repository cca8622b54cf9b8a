// Question–answer pairs: what a customer wants said word for word (contracts/support-partner.md §2.1).
//
// A pair is a document of one chunk. It is found, and cited, from `valid_from` until `valid_until`: validity is membership of the
// base's snapshot, so retrieval needs to know nothing of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/scope.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "store/database.h"

namespace guildhall::knowledge {

struct Pair {
  DocumentId id;  ///< of its document
  KnowledgeBaseId base;
  QuestionAnswer content;
  DocumentState state = DocumentState::pending;
  std::int64_t hits = 0;  ///< answers that cited it
  std::optional<Timestamp> last_hit_at;
  Timestamp created_at;
  Timestamp updated_at;
};

struct PairFilter {
  std::string search = {};  ///< within question or answer, ASCII case ignored; empty: all
  std::size_t limit = 25;
  std::size_t offset = 0;
};

struct PairList {
  std::vector<Pair> pairs;  ///< oldest first
  std::int64_t total = 0;   ///< without limit and offset
};

PairList list_pairs(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const PairFilter& filter);
/// Refusal(not_found) also for a document that is no pair.
Pair get_pair(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id);
/// The old words answer until the new ones are indexed.
Pair update_pair(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id, const QuestionAnswer& content);
void delete_pair(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id);

/// One more hit for each of the documents that is a pair; called where an answer that cites them is stored.
void count_hits(store::Tx& tx, OrganizationId organization, const std::vector<DocumentId>& cited);

/// The work of the job "knowledge.validity": a pair whose time has come or gone is indexed again. Running it twice changes
/// nothing.
void refresh_pair(store::Database& database, const Extractor& extractor, OrganizationId organization, DocumentId pair);

}  // namespace guildhall::knowledge
