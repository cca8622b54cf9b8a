// Moving the write-ahead log into the file while the writer goes on.
#pragma once

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "sqlite_connection.h"

namespace guildhall::store {

/// One thread with a connection of its own: SQLite copies pages for one connection while another appends to the log, so nobody
/// who writes waits while most of what was written before is moved. Ends what is under way before it goes.
class SqliteCheckpoints {
 public:
  SqliteCheckpoints(const std::string& path, Durability durability);
  ~SqliteCheckpoints();
  SqliteCheckpoints(const SqliteCheckpoints&) = delete;
  SqliteCheckpoints& operator=(const SqliteCheckpoints&) = delete;

  /// Begins one; while one is under way, another follows it. Returns at once. Thread-safe.
  void begin();

 private:
  void loop();

  SqliteConnection connection_;
  std::mutex mutex_;
  std::condition_variable wanted_;
  bool is_wanted_ = false;
  bool is_stopping_ = false;
  std::thread thread_;
};

/// One passive checkpoint: what readers hold stays in the log. False when another one is under way; other failures are logged.
bool checkpoint(sqlite3* handle);

}  // namespace guildhall::store
