// Copies a SQLite database while it is in use.
#include "sqlite_backup.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <system_error>

#include "sqlite_connection.h"

namespace guildhall::store {

namespace {

Refusal backup_refused(const std::string& target, const std::string& why) {
  return Refusal(Code::invalid_request, "cannot back up to " + target + ": " + why);
}

void sync_path(const std::string& path, int flags) {
  const int file = open(path.c_str(), flags | O_CLOEXEC);
  if (file < 0) throw backup_refused(path, std::generic_category().message(errno));
  const int result = fsync(file);
  const int error = errno;
  close(file);
  if (result != 0) throw backup_refused(path, std::generic_category().message(error));
}

/// All pages in one step: that holds a reader's snapshot, which writers do not wait for.
void copy_pages(const std::string& source, const std::string& partial) {
  const SqliteConnection from(source, Access::read, Durability::none);
  sqlite3* to = nullptr;
  int result = sqlite3_open_v2(partial.c_str(), &to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, nullptr);
  if (result == SQLITE_OK) {
    sqlite3_backup* backup = sqlite3_backup_init(to, "main", from.handle(), "main");
    if (backup != nullptr) {
      sqlite3_backup_step(backup, -1);
      sqlite3_backup_finish(backup);
    }
    result = sqlite3_errcode(to);
  }
  // One self-contained file: no write-ahead log has to travel with it.
  if (result == SQLITE_OK) result = sqlite3_exec(to, "PRAGMA journal_mode=DELETE", nullptr, nullptr, nullptr);
  const std::string message = result == SQLITE_OK ? "" : sqlite3_errstr(result);
  sqlite3_close(to);
  if (result != SQLITE_OK) throw backup_refused(partial, message);
}

}  // namespace

void copy_sqlite(const std::string& source, const std::string& target) {
  std::error_code ignored;
  if (std::filesystem::equivalent(source, target, ignored)) throw backup_refused(target, "it is the database itself");
  const std::string partial = target + ".partial";
  std::filesystem::remove(partial, ignored);
  try {
    copy_pages(source, partial);
    sync_path(partial, O_RDONLY);
    std::filesystem::permissions(partial, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
    std::filesystem::rename(partial, target);
  } catch (const std::filesystem::filesystem_error& error) {
    std::filesystem::remove(partial, ignored);
    throw backup_refused(target, error.code().message());
  } catch (...) {
    std::filesystem::remove(partial, ignored);
    throw;
  }
  const std::filesystem::path folder = std::filesystem::path(target).parent_path();
  sync_path(folder.empty() ? "." : folder.string(), O_RDONLY | O_DIRECTORY);
}

}  // namespace guildhall::store
