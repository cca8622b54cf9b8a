// A transaction on a SQLite connection, from the writer or a reader.
#pragma once

#include "sqlite_connection.h"
#include "transaction.h"

namespace guildhall::store {

class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteConnection& connection, Access access, Timestamp now, const Database::Listener& listener)
      : Transaction(access, now, listener), connection_(connection) {}

  Dialect dialect() const override { return Dialect::sqlite; }

 private:
  Rows run_query(std::string_view sql, std::span<const Param> params) override { return connection_.query(sql, params); }
  std::int64_t run_execute(std::string_view sql, std::span<const Param> params) override {
    return connection_.execute(sql, params);
  }

  SqliteConnection& connection_;
};

}  // namespace guildhall::store
