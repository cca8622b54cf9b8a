// The thread beside the writer.
#include "sqlite_checkpoints.h"

#include <pthread.h>

#include "base/log.h"

namespace guildhall::store {

SqliteCheckpoints::SqliteCheckpoints(const std::string& path, Durability durability)
    : connection_(path, Access::write, durability) {
  thread_ = std::thread([this] { loop(); });
  pthread_setname_np(thread_.native_handle(), "db-checkpoint");
}

SqliteCheckpoints::~SqliteCheckpoints() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wanted_.notify_one();
  thread_.join();
}

void SqliteCheckpoints::begin() {
  {
    const std::lock_guard lock(mutex_);
    is_wanted_ = true;
  }
  wanted_.notify_one();
}

void SqliteCheckpoints::loop() {
  std::unique_lock lock(mutex_);
  while (true) {
    wanted_.wait(lock, [this] { return is_wanted_ || is_stopping_; });
    if (is_stopping_) return;
    is_wanted_ = false;
    lock.unlock();
    checkpoint(connection_.handle());
    lock.lock();
  }
}

bool checkpoint(sqlite3* handle) {
  int pages = 0;
  int moved = 0;
  const int result = sqlite3_wal_checkpoint_v2(handle, nullptr, SQLITE_CHECKPOINT_PASSIVE, &pages, &moved);
  if (result == SQLITE_BUSY) return false;
  if (result != SQLITE_OK) log::warning("store.checkpoint_failed", {{"error", std::string_view(sqlite3_errmsg(handle))}});
  return true;
}

}  // namespace guildhall::store
