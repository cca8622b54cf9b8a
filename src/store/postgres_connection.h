// One PostgreSQL connection with its prepared statements. Used by one thread at a time.
#pragma once

#include <libpq-fe.h>

#include <list>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include "store/tx.h"
#include "transaction.h"

namespace guildhall::store {

/// A serialization failure or deadlock: the transaction is rolled back and may run again.
class Conflict : public std::exception {
 public:
  const char* what() const noexcept override { return "the transaction conflicted with another"; }
};

class PostgresConnection {
 public:
  /// Throws Refusal(database_unavailable).
  explicit PostgresConnection(const std::string& url);

  Rows query(std::string_view sql, std::span<const Param> params);
  std::int64_t execute(std::string_view sql, std::span<const Param> params);
  /// Statements without parameters or result: BEGIN, ROLLBACK, SET.
  void run(const char* sql);
  /// Throws Conflict, or std::logic_error when the server rolled back instead.
  void commit();

  bool is_broken() const { return PQstatus(handle_.get()) != CONNECTION_OK; }
  bool is_idle() const { return !is_broken() && PQtransactionStatus(handle_.get()) == PQTRANS_IDLE; }

 private:
  struct Close {
    void operator()(PGconn* handle) const { PQfinish(handle); }
  };
  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };
  using Result = std::unique_ptr<PGresult, Clear>;
  struct Statement {
    std::string key;  ///< the types of its parameters and its text
    std::string name;
  };

  Result run_prepared(std::string_view sql, std::span<const Param> params);
  const std::string& prepared(std::string_view sql, std::span<const Param> params);
  Row row(const PGresult* result, int index) const;
  Result checked(PGresult* result, std::string_view sql);
  [[noreturn]] void throw_error(const PGresult* result, std::string_view sql);

  std::unique_ptr<PGconn, Close> handle_;
  std::list<Statement> recent_;  ///< most recently used first
  std::unordered_map<std::string_view, std::list<Statement>::iterator> by_key_;
  std::uint64_t statements_made_ = 0;
};

}  // namespace guildhall::store
