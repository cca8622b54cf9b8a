// Streams: a bounded buffer with one wake-up at a time.
#include "stream_state.h"

#include <chrono>

#include "net/limits.h"

namespace guildhall::net {

StreamState::StreamState(std::shared_ptr<Inbox> inbox, std::shared_ptr<AnswerTaker> connection, std::thread::id io_thread_id,
                         bool is_discarded)
    : inbox_(std::move(inbox)), io_thread_id_(io_thread_id), is_discarded_(is_discarded), connection_(std::move(connection)) {}

bool StreamState::write(std::string_view bytes) {
  std::unique_lock lock(mutex_);
  if (!is_open_ || is_finished_ || is_broken_) return false;
  if (bytes.empty() || is_discarded_) return true;
  const auto has_space = [&] { return !is_open_ || pending_.size() + in_flight_bytes_ < kStreamBufferBytes; };
  // The I/O thread empties the buffer, so it cannot wait for space.
  const bool may_wait = std::this_thread::get_id() != io_thread_id_;
  if (!has_space() && (!may_wait || !space_.wait_for(lock, std::chrono::microseconds(kStreamStallUs), has_space))) {
    is_broken_ = true;
    wake_locked();
    return false;
  }
  if (!is_open_ || is_finished_ || is_broken_) return false;
  pending_ += bytes;
  wake_locked();
  return true;
}

bool StreamState::offer(std::string_view bytes) {
  const std::lock_guard lock(mutex_);
  if (!is_open_ || is_finished_ || is_broken_) return false;
  if (is_discarded_) return true;
  is_broken_ = pending_.size() + in_flight_bytes_ + bytes.size() > kStreamOfferedMax;
  if (!is_broken_) pending_ += bytes;
  wake_locked();
  return !is_broken_;
}

void StreamState::finish() {
  const std::lock_guard lock(mutex_);
  if (!is_open_ || is_finished_) return;
  is_finished_ = true;
  wake_locked();
}

void StreamState::abandon() {
  const std::lock_guard lock(mutex_);
  if (!is_open_ || is_finished_) return;
  is_broken_ = true;
  wake_locked();
}

bool StreamState::is_open() const {
  const std::lock_guard lock(mutex_);
  return is_open_ && !is_finished_ && !is_broken_;
}

void StreamState::wake() {
  const std::lock_guard lock(mutex_);
  wake_locked();
}

void StreamState::wake_locked() {
  if (is_woken_) return;
  is_woken_ = true;
  inbox_->push(shared_from_this());
}

StreamState::Batch StreamState::take() {
  const std::lock_guard lock(mutex_);
  is_woken_ = false;
  Batch batch;
  batch.bytes.swap(pending_);
  batch.is_last = is_finished_;
  batch.is_broken = is_broken_;
  in_flight_bytes_ += batch.bytes.size();
  return batch;
}

void StreamState::sent(std::size_t count) {
  {
    const std::lock_guard lock(mutex_);
    in_flight_bytes_ -= count;
  }
  space_.notify_all();
}

void StreamState::close() {
  std::shared_ptr<AnswerTaker> connection;
  {
    const std::lock_guard lock(mutex_);
    is_open_ = false;
    pending_.clear();
    connection.swap(connection_);
  }
  space_.notify_all();
}

void StreamState::on_wake() {
  std::shared_ptr<AnswerTaker> connection;
  {
    const std::lock_guard lock(mutex_);
    is_woken_ = false;
    connection = connection_;
  }
  if (connection) connection->on_stream_ready(*this);
}

}  // namespace guildhall::net
