// Reads what a key means from the database, and remembers it for half a second.
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "gateway/admission.h"
#include "store/database.h"

namespace guildhall::gateway {

/// What a key means now; nullptr when no such key exists. For `now`'s billing cycle.
std::shared_ptr<const Access> load_access(store::Tx& tx, registry::AccessKey key);
/// The access a widget's visitors have: its subscription's, with a key that stands for the widget.
std::shared_ptr<const Access> load_widget_access(store::Tx& tx, const registry::Widget& widget);
/// The quotas of an access as the counters say now.
std::vector<billing::Quota> read_quotas(store::Tx& tx, const Access& access);

/// Thread-safe. An entry serves for kAccessCacheUs, or until forget_all().
class AccessCache {
 public:
  std::shared_ptr<const Access> find(const std::string& key, std::int64_t now_us) const;
  /// `generation` is what generation() said before the database was read: a change in between makes the entry stale at once.
  void put(const std::string& key, std::shared_ptr<const Access> access, std::int64_t now_us, std::uint64_t generation);
  std::uint64_t generation() const;
  void forget_all();

 private:
  struct Entry {
    std::shared_ptr<const Access> access;
    std::int64_t loaded_us = 0;
  };
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 0;
  std::unordered_map<std::string, Entry> entries_;
};

}  // namespace guildhall::gateway
