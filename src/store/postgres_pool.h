// Connections to PostgreSQL that are handed from call to call.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "postgres_connection.h"

namespace guildhall::store {

/// Thread-safe. Connections are made on demand and replaced when they break.
class PostgresPool {
 public:
  /// A connection with an open transaction. At the end of its life the connection goes back, or is closed when it broke.
  class Lease {
   public:
    Lease(PostgresPool& pool, std::unique_ptr<PostgresConnection> connection)
        : pool_(&pool), connection_(std::move(connection)) {}
    ~Lease() { pool_->give_back(std::move(connection_)); }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    PostgresConnection* operator->() const { return connection_.get(); }
    PostgresConnection& operator*() const { return *connection_; }

   private:
    PostgresPool* pool_;
    std::unique_ptr<PostgresConnection> connection_;
  };

  PostgresPool(std::string url, std::size_t connections_max) : url_(std::move(url)), connections_max_(connections_max) {}

  /// Waits for a free connection and runs `begin` on it. A connection that broke while it was idle is replaced. Throws
  /// Refusal(database_unavailable) when none becomes free in time or the server does not answer.
  Lease begin(const char* begin);

 private:
  /// Null: the caller may make a new one.
  std::unique_ptr<PostgresConnection> take();
  void give_back(std::unique_ptr<PostgresConnection> connection);

  std::string url_;
  std::size_t connections_max_;
  std::mutex mutex_;
  std::condition_variable given_back_;
  std::vector<std::unique_ptr<PostgresConnection>> idle_;
  std::size_t connections_ = 0;
};

}  // namespace guildhall::store
