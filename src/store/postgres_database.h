// PostgreSQL behind the Database interface.
#pragma once

#include <mutex>

#include "postgres_pool.h"
#include "store/database.h"

namespace guildhall::store {

/// Writes are SERIALIZABLE: a closure that checks and then writes means the same here as on SQLite, where closures run one
/// after the other. Reads are one REPEATABLE READ snapshot.
class PostgresDatabase final : public Database {
 public:
  explicit PostgresDatabase(const DatabaseOptions& options)
      : clock_(*options.clock), pool_(options.url, options.connections_max) {}

  Dialect dialect() const override { return Dialect::postgres; }
  const Clock& clock() const override { return clock_; }
  void set_listener(Listener listener) override { listener_ = std::move(listener); }
  bool is_healthy() override;
  void backup_to(const std::string& path) override;

 private:
  void run_write(const std::function<void(Tx&)>& body, Isolation isolation) override;
  void run_read(const std::function<void(Tx&)>& body) override;
  /// False after a conflict: nothing of it is stored and it may run again.
  bool try_write(const std::function<void(Tx&)>& body, Isolation isolation);

  const Clock& clock_;
  Listener listener_;
  PostgresPool pool_;
  std::mutex contended_;
};

}  // namespace guildhall::store
