// The dense half of a search: which chunks of a base lie nearest to a query's vector.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <unordered_map>
#include <vector>

#include "index/index.h"
#include "knowledge/dense.h"
#include "knowledge/retrieve.h"
#include "store/tx.h"

namespace guildhall::knowledge {

struct DenseCandidates {
  double weight = 0.5;
  Fusion fusion = Fusion::weighted;
  bool is_of_other_size = false;                      ///< the query's vector does not fit those of the base
  std::unordered_map<std::uint32_t, double> cosines;  ///< by entry of the index, at most kDenseCandidatesMax
};

/// nullopt where the base is not searched by vectors of the query's model. `snapshot` is the base's in this transaction. Only
/// chunks the index knows, of the documents if they are given, are counted as candidates.
std::optional<DenseCandidates> dense_candidates(store::Tx& tx, Indexes& indexes, OrganizationId organization,
                                                KnowledgeBaseId base, std::int64_t snapshot,
                                                const std::shared_ptr<const BaseIndex>& index, const DenseQuery& query,
                                                const std::optional<std::vector<DocumentId>>& documents);

}  // namespace guildhall::knowledge
