// Least recently used indexes leave when the limit on bytes is passed.
#include "index/index_cache.h"

#include <chrono>

namespace guildhall::knowledge {

Indexes::Indexes(std::size_t bytes_max) : state_(std::make_unique<State>(bytes_max)) {}
Indexes::~Indexes() = default;

std::size_t Indexes::bytes() const {
  return state_->bytes();
}

Indexes::State::Found Indexes::State::get(OrganizationId organization, KnowledgeBaseId base, std::int64_t snapshot,
                                          const Build& build, std::int64_t wait_us_max) {
  const Key key{organization, base};
  std::shared_ptr<const BaseIndex> other;
  {
    std::unique_lock lock(mutex_);
    bool is_late = false;
    while (true) {
      Slot& slot = slots_[key];
      slot.used = ++tick_;
      const bool is_older = slot.snapshot < snapshot;
      if (slot.index != nullptr && (slot.snapshot == snapshot || (is_late && is_older))) return {slot.index, slot.snapshot};
      if (!slot.is_building) {
        slot.is_building = true;
        other = slot.index;
        break;
      }
      if (slot.index != nullptr && is_older) {
        is_late = built_.wait_for(lock, std::chrono::microseconds(wait_us_max)) == std::cv_status::timeout;
      } else {
        built_.wait(lock);
      }
    }
  }
  std::shared_ptr<const BaseIndex> index;
  try {
    index = build(other);
  } catch (...) {
    const std::lock_guard lock(mutex_);
    slots_[key].is_building = false;
    built_.notify_all();
    throw;
  }
  const std::lock_guard lock(mutex_);
  slots_[key].is_building = false;
  store(key, snapshot, index);
  built_.notify_all();
  return {index, snapshot};
}

/// A reader of an older snapshot keeps its index to itself.
void Indexes::State::store(const Key& key, std::int64_t snapshot, const std::shared_ptr<const BaseIndex>& index) {
  Slot& slot = slots_[key];
  if (slot.index != nullptr && slot.snapshot > snapshot) return;
  bytes_ -= slot.bytes;
  slot.index = index;
  slot.snapshot = snapshot;
  slot.bytes = index->bytes();
  slot.used = ++tick_;
  bytes_ += slot.bytes;
  drop_beyond_limit(key);
}

/// The index just made stays even when it is larger than the limit alone.
void Indexes::State::drop_beyond_limit(const Key& kept) {
  while (bytes_ > bytes_max) {
    auto oldest = slots_.end();
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
      if (slot->first == kept || slot->second.is_building || slot->second.index == nullptr) continue;
      if (oldest == slots_.end() || slot->second.used < oldest->second.used) oldest = slot;
    }
    if (oldest == slots_.end()) return;
    bytes_ -= oldest->second.bytes;
    slots_.erase(oldest);
  }
}

std::size_t Indexes::State::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_ + dense.bytes();
}

std::size_t Indexes::State::count() {
  const std::lock_guard lock(mutex_);
  std::size_t count = 0;
  for (const auto& [key, slot] : slots_) count += slot.index != nullptr ? 1 : 0;
  return count;
}

}  // namespace guildhall::knowledge
