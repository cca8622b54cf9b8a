// The database: SQLite in one file, or PostgreSQL by URL, behind one interface.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "base/time.h"
#include "store/tx.h"

namespace guildhall::store {

struct DatabaseOptions {
  /// `sqlite:PATH`, `sqlite::memory:` (one shared in-memory database per Database object) or a `postgres://…` URL.
  std::string url;
  const Clock* clock = nullptr;      ///< must outlive the database; required
  std::size_t connections_max = 16;  ///< PostgreSQL connections, SQLite readers
};

/// What protects a write from those beside it. SQLite has one writer and needs neither.
enum class Isolation {
  serializable,  ///< as if alone: what was read holds until the commit; conflicts run again
  row_locks      ///< statements wait for the rows they change: for conditional updates and upserts of rows many change at once
};

/// Thread-safe. On SQLite all writes run on one thread of its own, many to a commit, each in a savepoint of its own;
/// on PostgreSQL a write runs on the caller's thread and again after a serialization failure or deadlock.
class Database {
 public:
  virtual ~Database() = default;

  /// Runs `body(Tx&)`, commits durably, then returns its value. Whatever body throws rolls it back and is rethrown.
  /// `body` may run more than once, so it has no effect but its writes, and it must not call the network or this database.
  /// A database that cannot be reached or written is Refusal(database_unavailable).
  template <class Body>
  auto write(Body&& body, Isolation isolation = Isolation::serializable) -> std::invoke_result_t<Body&, Tx&> {
    return run<std::invoke_result_t<Body&, Tx&>>(body, [&](const std::function<void(Tx&)>& f) { run_write(f, isolation); });
  }

  /// Runs `body(Tx&)` on one consistent snapshot; writing in it throws.
  template <class Body>
  auto read(Body&& body) -> std::invoke_result_t<Body&, Tx&> {
    return run<std::invoke_result_t<Body&, Tx&>>(body, [this](const std::function<void(Tx&)>& f) { run_read(f); });
  }

  virtual Dialect dialect() const = 0;
  virtual const Clock& clock() const = 0;

  /// Receives every Tx::tell; installed once while wiring, before the first write.
  using Listener = std::function<void(Tx&, std::string_view topic, const json::Value& payload)>;
  virtual void set_listener(Listener listener) = 0;

  /// True when a trivial read succeeds now.
  virtual bool is_healthy() = 0;

  /// Copies the database to `path` while it runs (SQLite online backup). PostgreSQL: Refusal(invalid_request) that names
  /// pg_dump.
  virtual void backup_to(const std::string& path) = 0;

 protected:
  virtual void run_write(const std::function<void(Tx&)>& body, Isolation isolation) = 0;
  virtual void run_read(const std::function<void(Tx&)>& body) = 0;

 private:
  template <class Result, class Body, class Runner>
  static Result run(Body& body, const Runner& runner) {
    if constexpr (std::is_void_v<Result>) {
      runner([&](Tx& tx) { body(tx); });
    } else {
      std::optional<Result> result;
      runner([&](Tx& tx) { result.emplace(body(tx)); });
      return std::move(*result);
    }
  }
};

std::unique_ptr<Database> open_database(const DatabaseOptions& options);

}  // namespace guildhall::store
