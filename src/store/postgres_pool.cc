// Connections to PostgreSQL that are handed from call to call.
#include "postgres_pool.h"

#include <chrono>

#include "base/log.h"
#include "limits.h"

namespace guildhall::store {

PostgresPool::Lease PostgresPool::begin(const char* begin) {
  auto connection = take();
  try {
    if (connection) {
      try {
        connection->run(begin);
        return {*this, std::move(connection)};
      } catch (const Refusal& refusal) {
        log::info("store.reconnecting", {{"error", std::string_view(refusal.log_detail)}});
      }
    }
    connection = std::make_unique<PostgresConnection>(url_);
    connection->run(begin);
  } catch (...) {
    give_back(nullptr);
    throw;
  }
  return {*this, std::move(connection)};
}

std::unique_ptr<PostgresConnection> PostgresPool::take() {
  std::unique_lock lock(mutex_);
  const bool is_free = given_back_.wait_for(lock, std::chrono::milliseconds(kConnectionWaitMs),
                                            [this] { return !idle_.empty() || connections_ < connections_max_; });
  if (!is_free) throw database_unavailable("no connection became free");
  if (idle_.empty()) {
    ++connections_;
    return nullptr;
  }
  auto connection = std::move(idle_.back());
  idle_.pop_back();
  return connection;
}

void PostgresPool::give_back(std::unique_ptr<PostgresConnection> connection) {
  // A transaction that is still open, or a broken connection, is of no use to the next caller.
  if (connection && !connection->is_idle()) connection.reset();
  {
    const std::lock_guard lock(mutex_);
    if (connection) {
      idle_.push_back(std::move(connection));
    } else {
      --connections_;
    }
  }
  given_back_.notify_one();
}

}  // namespace guildhall::store
