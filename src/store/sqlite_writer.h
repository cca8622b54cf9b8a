// The one thread that writes to a SQLite database. It commits many closures together, each in a savepoint of its own, so
// that the price of one durable commit is shared by all who wait for it.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "sqlite_checkpoints.h"
#include "sqlite_connection.h"
#include "transaction.h"

namespace guildhall::store {

/// Set once by one thread, waited for by another. A bare futex: std::atomic::wait yields in a loop first, and with 64 callers
/// that takes so much processor time from the writer that they insert 15 % less.
class Signal {
 public:
  void wait();
  void set();

 private:
  std::atomic<int> is_set_{0};
};

/// Constraints that are checked at COMMIT (DEFERRABLE) would refuse a whole batch, so the schema has none.
class SqliteWriter {
 public:
  /// `owner` is the database whose calls run here; it and the clock outlive the writer.
  SqliteWriter(const std::string& path, Durability durability, const Database& owner);
  /// Finishes what is queued.
  ~SqliteWriter();
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  /// Blocks until the closure is durable or rolled back, then rethrows what it threw.
  void write(const std::function<void(Tx&)>& body);
  void set_listener(Database::Listener listener) { listener_ = std::move(listener); }

 private:
  /// One waiting caller. Shared, because the caller may be gone by the time the writer has finished waking it.
  struct Call {
    const std::function<void(Tx&)>* body = nullptr;
    std::exception_ptr error;
    Effects effects;
    Signal done;
  };
  using Calls = std::vector<std::shared_ptr<Call>>;

  void loop();
  /// Waits for closures; false when the writer is to end. Moves the write-ahead log into the file while idle.
  bool wait_for_calls();
  void take_calls(Calls& taken);
  void run_batch();
  void run_calls(Calls& batch);
  void run_call(Call& call);
  void commit(Calls& batch);
  /// Refuses every caller that has no error of its own; each gets an exception of its own, since they rethrow at once.
  static void fail(Calls& batch, const std::string& detail);
  static void wake(Calls& batch);
  /// Has the log moved beside the writer in steps, so that little is left when the writer moves the rest and the log begins anew.
  void keep_log_short();
  void checkpoint_when(int pages_min);
  static int count_wal_pages(void* writer, sqlite3* handle, const char* name, int pages);

  const Database& owner_;
  Database::Listener listener_;
  SqliteConnection connection_;
  SqliteCheckpoints checkpoints_;
  int wal_pages_ = 0;       ///< in the log; the writer's thread only
  int asked_at_pages_ = 0;  ///< of them when the last step began

  std::mutex mutex_;
  std::condition_variable wanted_;
  std::deque<std::shared_ptr<Call>> waiting_;
  bool is_stopping_ = false;
  std::thread thread_;
};

}  // namespace guildhall::store
