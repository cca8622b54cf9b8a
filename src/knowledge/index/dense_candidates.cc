// Finds the base's vectors in memory, or has them loaded, and scans them.
#include "index/dense_candidates.h"

#include <algorithm>

#include "../limits.h"
#include "dense/dense_rows.h"
#include "index/index_cache.h"

namespace guildhall::knowledge {

std::optional<DenseCandidates> dense_candidates(store::Tx& tx, Indexes& indexes, OrganizationId organization,
                                                KnowledgeBaseId base, std::int64_t snapshot,
                                                const std::shared_ptr<const BaseIndex>& index, const DenseQuery& query,
                                                const std::optional<std::vector<DocumentId>>& documents) {
  const auto row = find_dense_row(tx, organization, base);
  if (!row || row->model != query.model || (row->enabled_model != query.model && !query.even_when_off)) return std::nullopt;
  DenseCandidates candidates{.weight = row->weight, .fusion = row->fusion, .is_of_other_size = false, .cosines = {}};
  if (row->dimensions == 0) return candidates;
  const auto dimensions = static_cast<std::size_t>(row->dimensions);
  if (query.vector.size() != dimensions) {
    candidates.is_of_other_size = true;
    return candidates;
  }
  const DenseStamp stamp{snapshot, row->version, row->model, dimensions};
  const auto bound = indexes.state().dense.get(organization, base, stamp, index, [&](const DenseField* before) {
    return load_dense_field(tx, organization, base, stamp, before);
  });
  const DenseField& field = *bound->field;
  const auto is_wanted = [&](std::uint32_t i) {
    return bound->entry_of_row[i] != BoundField::kNoEntry &&
           (!documents || std::binary_search(documents->begin(), documents->end(), field.key(i).document));
  };
  for (const DenseHit& hit : field.search(query.vector, kDenseCandidatesMax, is_wanted))
    candidates.cosines.emplace(bound->entry_of_row[hit.row], hit.cosine);
  return candidates;
}

}  // namespace guildhall::knowledge
