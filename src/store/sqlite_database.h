// SQLite behind the Database interface: one writer, a pool of readers.
#pragma once

#include <condition_variable>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "sqlite_connection.h"
#include "sqlite_writer.h"
#include "store/database.h"

namespace guildhall::store {

/// A folder of its own, removed at the end.
class ScratchFolder {
 public:
  /// In memory where the system has such a file system, else in the folder for temporary files.
  ScratchFolder();
  ~ScratchFolder();
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

/// The in-memory form is a file in a ScratchFolder without syncing: SQLite's own shared memory databases let a reader see
/// half a transaction, so tests on them would prove nothing about the real thing.
class SqliteDatabase final : public Database {
 public:
  static std::unique_ptr<Database> open_file(const std::string& path, const DatabaseOptions& options);
  static std::unique_ptr<Database> open_memory(const DatabaseOptions& options);

  Dialect dialect() const override { return Dialect::sqlite; }
  const Clock& clock() const override { return clock_; }
  void set_listener(Listener listener) override { writer_.set_listener(std::move(listener)); }
  bool is_healthy() override;
  void backup_to(const std::string& path) override;

 private:
  SqliteDatabase(std::unique_ptr<ScratchFolder> scratch, std::string path, const DatabaseOptions& options);

  void run_write(const std::function<void(Tx&)>& body, Isolation isolation) override;
  void run_read(const std::function<void(Tx&)>& body) override;

  std::unique_ptr<SqliteConnection> take_reader();
  void give_back(std::unique_ptr<SqliteConnection> reader);

  std::unique_ptr<ScratchFolder> scratch_;  ///< outlives every connection
  std::string path_;
  const Clock& clock_;
  SqliteWriter writer_;

  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
  std::size_t readers_ = 0;
  std::size_t readers_max_;
};

}  // namespace guildhall::store
