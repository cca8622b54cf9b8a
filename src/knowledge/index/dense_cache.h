// The vectors in memory: one field per knowledge base, beside its other index (contracts/support-partner.md §2.8).
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "../limits.h"
#include "index/dense_field.h"
#include "index/index.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// What a field is of: nothing of another stamp answers for it, but the one before while the next is built.
struct DenseStamp {
  std::int64_t snapshot = 0;
  std::int64_t version = 0;  ///< of the vectors
  std::string model;
  std::size_t dimensions = 0;
};

/// A field beside the index of its base: where each row's chunk stands in it.
struct BoundField {
  static constexpr std::uint32_t kNoEntry = 0xFFFFFFFF;
  std::shared_ptr<const DenseField> field;
  std::weak_ptr<const BaseIndex> index;
  std::vector<std::uint32_t> entry_of_row;  ///< kNoEntry where the index does not know the chunk
};

/// Thread-safe. Readers hold what they got by shared pointer. Of each base one thread builds at a time, from the field before and
/// what is new; others wait for it, but no longer than kIndexWaitUsMax where a field of the same model is there.
class DenseCache {
 public:
  using Build = std::function<std::shared_ptr<const DenseField>(const DenseField* before)>;

  std::shared_ptr<const BoundField> get(OrganizationId organization, KnowledgeBaseId base, const DenseStamp& stamp,
                                        const std::shared_ptr<const BaseIndex>& index, const Build& build);
  std::size_t bytes();

 private:
  using Key = std::pair<OrganizationId, KnowledgeBaseId>;
  struct Slot {
    DenseStamp stamp;
    std::shared_ptr<const DenseField> field;
    std::shared_ptr<const BoundField> bound;
    std::size_t bytes = 0;
    std::uint64_t used = 0;
    bool is_building = false;
  };
  std::shared_ptr<const DenseField> field_of(const Key& key, const DenseStamp& stamp, const Build& build);
  void keep(const Key& key, const DenseStamp& stamp, const std::shared_ptr<const DenseField>& field);

  std::mutex mutex_;
  std::condition_variable built_;
  std::map<Key, Slot> slots_;
  std::size_t bytes_ = 0;
  std::uint64_t tick_ = 0;
};

/// The vectors of the base's chunks in this transaction's snapshot. What `before` holds is not read again.
std::shared_ptr<const DenseField> load_dense_field(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base,
                                                   const DenseStamp& stamp, const DenseField* before);

}  // namespace guildhall::knowledge
