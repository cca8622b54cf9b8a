// The one thread that writes to a SQLite database.
#include "sqlite_writer.h"

#include <linux/futex.h>
#include <pthread.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <utility>

#include "base/log.h"
#include "base/metrics.h"
#include "limits.h"
#include "sqlite_transaction.h"

namespace guildhall::store {

namespace {

constexpr std::size_t kTakenAtOnceMax = 32;

metrics::Counter& closures_counter() {
  static metrics::Counter& counter =
      metrics::counter("guildhall_store_closures_total", "Write closures the SQLite writer has run");
  return counter;
}

metrics::Histogram& batch_histogram() {
  static metrics::Histogram& histogram =
      metrics::histogram("guildhall_store_batch_seconds", "Time of one batch of the SQLite writer, its commit included");
  return histogram;
}

std::string detail_of(const std::exception& error) {
  const auto* refusal = dynamic_cast<const Refusal*>(&error);
  return refusal != nullptr ? refusal->log_detail : std::string(error.what());
}

}  // namespace

void Signal::wait() {
  static_assert(sizeof is_set_ == sizeof(int) && std::atomic<int>::is_always_lock_free);
  while (is_set_.load(std::memory_order_acquire) == 0) {
    syscall(SYS_futex, &is_set_, FUTEX_WAIT_PRIVATE, 0, nullptr, nullptr, 0);
  }
}

void Signal::set() {
  is_set_.store(1, std::memory_order_release);
  syscall(SYS_futex, &is_set_, FUTEX_WAKE_PRIVATE, 1, nullptr, nullptr, 0);
}

SqliteWriter::SqliteWriter(const std::string& path, Durability durability, const Database& owner)
    : owner_(owner), connection_(path, Access::write, durability), checkpoints_(path, durability) {
  sqlite3_wal_hook(connection_.handle(), &SqliteWriter::count_wal_pages, this);
  thread_ = std::thread([this] { loop(); });
  pthread_setname_np(thread_.native_handle(), "db-writer");
}

SqliteWriter::~SqliteWriter() {
  {
    const std::lock_guard lock(mutex_);
    is_stopping_ = true;
  }
  wanted_.notify_one();
  thread_.join();
}

void SqliteWriter::write(const std::function<void(Tx&)>& body) {
  const auto call = std::make_shared<Call>();
  call->body = &body;
  bool was_idle = false;
  {
    const std::lock_guard lock(mutex_);
    was_idle = waiting_.empty();
    waiting_.push_back(call);
  }
  if (was_idle) wanted_.notify_one();
  call->done.wait();
  if (call->error) std::rethrow_exception(std::exchange(call->error, nullptr));
}

void SqliteWriter::loop() {
  const OpenCall open_call(owner_);
  while (wait_for_calls()) run_batch();
}

bool SqliteWriter::wait_for_calls() {
  const auto is_wanted = [this] { return !waiting_.empty() || is_stopping_; };
  std::unique_lock lock(mutex_);
  if (wal_pages_ >= kCheckpointIdlePages && !wanted_.wait_for(lock, std::chrono::milliseconds(kCheckpointIdleMs), is_wanted)) {
    lock.unlock();
    checkpoint_when(kCheckpointIdlePages);
    lock.lock();
  }
  wanted_.wait(lock, is_wanted);
  return !waiting_.empty();
}

void SqliteWriter::take_calls(Calls& taken) {
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty() && taken.size() < kTakenAtOnceMax) {
    taken.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
}

void SqliteWriter::run_batch() {
  const std::int64_t started_us = monotonic_us();
  Calls batch;
  try {
    connection_.run("BEGIN IMMEDIATE");
  } catch (const std::exception& error) {
    take_calls(batch);
    fail(batch, detail_of(error));
    wake(batch);
    return;
  }
  run_calls(batch);
  commit(batch);
  for (const auto& call : batch) run_effects(call->effects);
  closures_counter().add(batch.size());
  wake(batch);
  batch_histogram().observe_us(monotonic_us() - started_us);
  keep_log_short();
}

void SqliteWriter::run_calls(Calls& batch) {
  const std::int64_t deadline_us = monotonic_us() + kBatchTimeMaxUs;
  Calls taken;
  do {
    taken.clear();
    take_calls(taken);
    for (auto& call : taken) {
      // After an error that made SQLite drop the transaction there is nothing left to add to.
      if (connection_.is_in_transaction()) run_call(*call);
      batch.push_back(std::move(call));
    }
  } while (!taken.empty() && connection_.is_in_transaction() && batch.size() < kBatchClosuresMax && monotonic_us() < deadline_us);
}

void SqliteWriter::run_call(Call& call) {
  try {
    connection_.run("SAVEPOINT closure");
    SqliteTransaction tx(connection_, Access::write, owner_.clock().now(), listener_);
    try {
      (*call.body)(tx);
      tx.check_usable();
      call.effects = std::move(tx.effects());
      if (connection_.is_in_transaction()) connection_.run("RELEASE closure");
    } catch (...) {
      call.error = std::current_exception();
      if (connection_.is_in_transaction()) connection_.run("ROLLBACK TO closure");
      if (connection_.is_in_transaction()) connection_.run("RELEASE closure");
    }
  } catch (const std::exception& error) {
    // Not even the savepoint works: end the transaction, so that commit() refuses the whole batch.
    log::error("store.savepoint_failed", {{"error", std::string_view(error.what())}});
    if (!call.error) call.error = std::current_exception();
    if (connection_.is_in_transaction()) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
  }
}

void SqliteWriter::commit(Calls& batch) {
  try {
    if (!connection_.is_in_transaction()) throw database_unavailable("the transaction of the batch was rolled back");
    connection_.run("COMMIT");
  } catch (const std::exception& error) {
    const std::string detail = detail_of(error);
    log::error("store.commit_failed", {{"error", std::string_view(detail)}});
    if (connection_.is_in_transaction()) sqlite3_exec(connection_.handle(), "ROLLBACK", nullptr, nullptr, nullptr);
    fail(batch, "commit failed: " + detail);
  }
}

void SqliteWriter::fail(Calls& batch, const std::string& detail) {
  for (const auto& call : batch) {
    call->effects.clear();
    if (!call->error) call->error = std::make_exception_ptr(database_unavailable(detail));
  }
}

void SqliteWriter::wake(Calls& batch) {
  for (const auto& call : batch) call->done.set();
}

void SqliteWriter::keep_log_short() {
  asked_at_pages_ = std::min(asked_at_pages_, wal_pages_);
  if (wal_pages_ - asked_at_pages_ >= kCheckpointStepPages) {
    checkpoints_.begin();
    asked_at_pages_ = wal_pages_;
  }
  checkpoint_when(kCheckpointForcedPages);
}

void SqliteWriter::checkpoint_when(int pages_min) {
  if (wal_pages_ < pages_min || !checkpoint(connection_.handle())) return;
  wal_pages_ = 0;
  asked_at_pages_ = 0;
}

int SqliteWriter::count_wal_pages(void* writer, sqlite3*, const char*, int pages) {
  static_cast<SqliteWriter*>(writer)->wal_pages_ = pages;
  return SQLITE_OK;
}

}  // namespace guildhall::store
