// The indexes in memory: one per knowledge base, of exactly the snapshot that is asked for.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <utility>

#include "../limits.h"
#include "index/dense_cache.h"
#include "index/index.h"
#include "knowledge/retrieve.h"

namespace guildhall::knowledge {

/// Thread-safe. Readers hold what they got by shared pointer, so an index outlives its removal until its last reader is done.
struct Indexes::State {
  explicit State(std::size_t most) : bytes_max(most) {}

  struct Found {
    std::shared_ptr<const BaseIndex> index;
    std::int64_t snapshot = 0;  ///< of the index
  };
  /// Makes an index, best from the one of another snapshot of the same base, if there is one (else null).
  using Build = std::function<std::shared_ptr<const BaseIndex>(const std::shared_ptr<const BaseIndex>& other)>;
  /// The cached index of this snapshot, or what `build` makes. Of each base one thread builds at a time; others wait for it,
  /// but no longer than `wait_us_max` where the index before is there to answer from: the old snapshot serves until the
  /// switch (contracts/support-partner.md §2.8).
  Found get(OrganizationId organization, KnowledgeBaseId base, std::int64_t snapshot, const Build& build,
            std::int64_t wait_us_max = kIndexWaitUsMax);
  std::size_t bytes();
  std::size_t count();

  DenseCache dense;

 private:
  using Key = std::pair<OrganizationId, KnowledgeBaseId>;
  struct Slot {
    std::shared_ptr<const BaseIndex> index;
    std::int64_t snapshot = -1;
    std::size_t bytes = 0;
    std::uint64_t used = 0;  ///< tick of the last use
    bool is_building = false;
  };

  void store(const Key& key, std::int64_t snapshot, const std::shared_ptr<const BaseIndex>& index);
  void drop_beyond_limit(const Key& kept);

  const std::size_t bytes_max;
  std::mutex mutex_;
  std::condition_variable built_;
  std::map<Key, Slot> slots_;
  std::size_t bytes_ = 0;
  std::uint64_t tick_ = 0;
};

}  // namespace guildhall::knowledge
