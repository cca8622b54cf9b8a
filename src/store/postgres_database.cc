// PostgreSQL behind the Database interface.
#include "postgres_database.h"

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include "base/errors.h"
#include "base/log.h"
#include "base/metrics.h"
#include "limits.h"

namespace guildhall::store {

namespace {

class PostgresTransaction final : public Transaction {
 public:
  PostgresTransaction(PostgresConnection& connection, Access access, Timestamp now, const Database::Listener& listener)
      : Transaction(access, now, listener), connection_(connection) {}

  Dialect dialect() const override { return Dialect::postgres; }
  /// True also when the closure caught the exception that said so.
  bool has_conflict() const { return has_conflict_; }

 private:
  template <class Call>
  auto noting_conflict(const Call& call) {
    try {
      return call();
    } catch (const Conflict&) {
      has_conflict_ = true;
      throw;
    }
  }

  Rows run_query(std::string_view sql, std::span<const Param> params) override {
    return noting_conflict([&] { return connection_.query(sql, params); });
  }
  std::int64_t run_execute(std::string_view sql, std::span<const Param> params) override {
    return noting_conflict([&] { return connection_.execute(sql, params); });
  }

  PostgresConnection& connection_;
  bool has_conflict_ = false;
};

metrics::Counter& conflict_counter() {
  static metrics::Counter& counter =
      metrics::counter("guildhall_store_conflicts_total", "Write transactions PostgreSQL made run again");
  return counter;
}

/// Doubles with every attempt and is random, so that those who met once do not meet again.
void back_off(int attempt) {
  thread_local std::minstd_rand random(std::random_device{}());
  const std::int64_t longest_us = std::min(kConflictBackoffUs << attempt, kConflictBackoffMaxUs);
  std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<std::int64_t>(0, longest_us)(random)));
}

void roll_back(PostgresConnection& connection) noexcept {
  try {
    connection.run("ROLLBACK");
  } catch (const std::exception& error) {
    // The pool closes a connection that is not idle, which rolls back as well.
    log::warning("store.rollback_failed", {{"error", std::string_view(error.what())}});
  }
}

const Database::Listener no_postgres_listener;

}  // namespace

bool PostgresDatabase::is_healthy() {
  try {
    run_read([](Tx& tx) { tx.query("SELECT 1"); });
    return true;
  } catch (const std::exception& error) {
    log::warning("store.unhealthy", {{"error", std::string_view(error.what())}});
    return false;
  }
}

void PostgresDatabase::backup_to(const std::string&) {
  throw Refusal(Code::invalid_request, "the database is PostgreSQL: back it up with pg_dump --format=custom");
}

void PostgresDatabase::run_write(const std::function<void(Tx&)>& body, Isolation isolation) {
  const OpenCall open_call(*this);
  if (try_write(body, isolation)) return;
  for (int attempt = 0; attempt < kConflictRetriesMax; ++attempt) {
    conflict_counter().add();
    // The first retry is free for all. Later ones of this process go one at a time, because they fight over the same rows.
    std::unique_lock turn(contended_, std::defer_lock);
    if (attempt > 0) turn.lock();
    back_off(attempt);
    if (try_write(body, isolation)) return;
  }
  throw database_unavailable("the transaction conflicted with others " + std::to_string(kConflictRetriesMax + 1) + " times");
}

bool PostgresDatabase::try_write(const std::function<void(Tx&)>& body, Isolation isolation) {
  Effects effects;
  {
    const PostgresPool::Lease lease = pool_.begin(isolation == Isolation::serializable ? "BEGIN ISOLATION LEVEL SERIALIZABLE" : "BEGIN ISOLATION LEVEL READ COMMITTED");
    PostgresTransaction tx(*lease, Access::write, clock_.now(), listener_);
    try {
      body(tx);
      tx.check_usable();
      lease->commit();
    } catch (const Conflict&) {
      roll_back(*lease);
      return false;
    } catch (...) {
      roll_back(*lease);
      if (tx.has_conflict()) return false;
      throw;
    }
    effects = std::move(tx.effects());
  }
  run_effects(effects);
  return true;
}

void PostgresDatabase::run_read(const std::function<void(Tx&)>& body) {
  const OpenCall open_call(*this);
  const PostgresPool::Lease lease = pool_.begin("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  PostgresTransaction tx(*lease, Access::read, clock_.now(), no_postgres_listener);
  try {
    body(tx);
    tx.check_usable();
    lease->commit();
  } catch (const Conflict&) {
    roll_back(*lease);
    throw database_unavailable("a read was cancelled by a conflict");
  } catch (...) {
    roll_back(*lease);
    throw;
  }
}

}  // namespace guildhall::store
