// One SQLite connection with its prepared statements. Used by one thread at a time.
#pragma once

#include <sqlite3.h>

#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "store/tx.h"
#include "transaction.h"

namespace guildhall::store {

enum class Durability { every_commit, none };

class SqliteConnection {
 public:
  /// Opens the file, and creates it when `access` is write. Throws Refusal(database_unavailable).
  SqliteConnection(const std::string& path, Access access, Durability durability);

  Rows query(std::string_view sql, std::span<const Param> params);
  std::int64_t execute(std::string_view sql, std::span<const Param> params);
  /// A statement without parameters or result: BEGIN, COMMIT, PRAGMA.
  void run(std::string_view sql) { execute(sql, {}); }

  /// False outside a transaction, and after an error that made SQLite roll back on its own.
  bool is_in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Statement {
    std::string sql;
    std::unique_ptr<sqlite3_stmt, Finalize> handle;
    std::vector<int> positions;  ///< SQLite's index of `$1`, `$2`, …; 0 where a number is skipped
    bool is_readonly = true;
  };

  Statement& prepared(std::string_view sql);
  Statement prepare(std::string_view sql);
  void bind(Statement& statement, std::span<const Param> params);
  Row row(sqlite3_stmt* statement, int columns) const;
  bool step(Statement& statement);
  [[noreturn]] void throw_error(int result, std::string_view sql);

  Access access_;
  std::unique_ptr<sqlite3, Close> handle_;
  std::list<Statement> recent_;  ///< most recently used first
  std::unordered_map<std::string_view, std::list<Statement>::iterator> by_sql_;
};

}  // namespace guildhall::store
