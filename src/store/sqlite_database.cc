// SQLite behind the Database interface: one writer, a pool of readers.
#include "sqlite_database.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "limits.h"
#include "sqlite_backup.h"
#include "sqlite_transaction.h"

namespace guildhall::store {

namespace {

const Database::Listener no_listener;

}  // namespace

ScratchFolder::ScratchFolder() {
  std::error_code ignored;
  const std::filesystem::path parent =
      access("/dev/shm", W_OK) == 0 ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path(ignored);
  std::string name = (parent / "guildhall-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr) throw database_unavailable("cannot create a folder in " + parent.string());
  path_ = name;
}

ScratchFolder::~ScratchFolder() {
  std::error_code error;
  std::filesystem::remove_all(path_, error);
  if (error) log::warning("store.scratch_left", {{"path", std::string_view(path_.native())}});
}

std::unique_ptr<Database> SqliteDatabase::open_file(const std::string& path, const DatabaseOptions& options) {
  return std::unique_ptr<Database>(new SqliteDatabase(nullptr, path, options));
}

std::unique_ptr<Database> SqliteDatabase::open_memory(const DatabaseOptions& options) {
  auto scratch = std::make_unique<ScratchFolder>();
  const std::string path = (scratch->path() / "memory.db").string();
  return std::unique_ptr<Database>(new SqliteDatabase(std::move(scratch), path, options));
}

SqliteDatabase::SqliteDatabase(std::unique_ptr<ScratchFolder> scratch, std::string path, const DatabaseOptions& options)
    : scratch_(std::move(scratch)),
      path_(std::move(path)),
      clock_(*options.clock),
      writer_(path_, scratch_ ? Durability::none : Durability::every_commit, *this),
      readers_max_(options.connections_max) {}

bool SqliteDatabase::is_healthy() {
  try {
    run_read([](Tx& tx) { tx.query("SELECT 1"); });
    return true;
  } catch (const std::exception& error) {
    log::warning("store.unhealthy", {{"error", std::string_view(error.what())}});
    return false;
  }
}

void SqliteDatabase::backup_to(const std::string& path) {
  OpenCall::check_none(*this);
  copy_sqlite(path_, path);
}

void SqliteDatabase::run_write(const std::function<void(Tx&)>& body, Isolation) {
  OpenCall::check_none(*this);
  writer_.write(body);
}

void SqliteDatabase::run_read(const std::function<void(Tx&)>& body) {
  const OpenCall open_call(*this);
  auto reader = take_reader();
  try {
    reader->run("BEGIN");
    SqliteTransaction tx(*reader, Access::read, clock_.now(), no_listener);
    body(tx);
    tx.check_usable();
    reader->run("COMMIT");
  } catch (...) {
    // Ending a read cannot lose anything; a connection that cannot even do that is replaced.
    if (reader->is_in_transaction()) sqlite3_exec(reader->handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    if (reader->is_in_transaction()) reader.reset();
    give_back(std::move(reader));
    throw;
  }
  give_back(std::move(reader));
}

std::unique_ptr<SqliteConnection> SqliteDatabase::take_reader() {
  {
    std::unique_lock lock(mutex_);
    const bool is_free = given_back_.wait_for(lock, std::chrono::milliseconds(kConnectionWaitMs),
                                              [this] { return !idle_.empty() || readers_ < readers_max_; });
    if (!is_free) throw database_unavailable("no reader became free");
    if (!idle_.empty()) {
      auto reader = std::move(idle_.back());
      idle_.pop_back();
      return reader;
    }
    ++readers_;
  }
  try {
    return std::make_unique<SqliteConnection>(path_, Access::read, Durability::none);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
}

void SqliteDatabase::give_back(std::unique_ptr<SqliteConnection> reader) {
  {
    const std::lock_guard lock(mutex_);
    if (reader) {
      idle_.push_back(std::move(reader));
    } else {
      --readers_;
    }
  }
  given_back_.notify_one();
}

}  // namespace guildhall::store
