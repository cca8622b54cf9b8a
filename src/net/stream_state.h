// The buffer between a handler that writes a response body and the connection that sends it.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>

#include "server_core.h"

namespace guildhall::net {

/// Written by any thread, emptied by the I/O thread. Holds its connection until the response is over.
class StreamState final : public Wakeable, public std::enable_shared_from_this<StreamState> {
 public:
  StreamState(std::shared_ptr<Inbox> inbox, std::shared_ptr<AnswerTaker> connection, std::thread::id io_thread_id,
              bool is_discarded);

  // Any thread.
  bool write(std::string_view bytes);
  bool offer(std::string_view bytes);
  void finish();
  void abandon();
  bool is_open() const;
  /// Has the I/O thread look at this stream soon.
  void wake();

  // I/O thread.
  struct Batch {
    std::string bytes;
    bool is_last = false;    ///< finished: nothing follows
    bool is_broken = false;  ///< abandoned or stalled: cut the connection
  };
  Batch take();
  /// `count` bytes of earlier batches left for the network.
  void sent(std::size_t count);
  /// The client is gone or the response over; writers learn it.
  void close();
  void on_wake() override;

 private:
  void wake_locked();

  const std::shared_ptr<Inbox> inbox_;
  const std::thread::id io_thread_id_;
  const bool is_discarded_;  ///< a HEAD request: the body is computed but not sent
  mutable std::mutex mutex_;
  std::condition_variable space_;
  std::shared_ptr<AnswerTaker> connection_;
  std::string pending_;
  std::size_t in_flight_bytes_ = 0;
  bool is_woken_ = false;
  bool is_open_ = true;
  bool is_finished_ = false;
  bool is_broken_ = false;
};

/// What a handler holds. Dropping the last copy without finish() breaks the response.
class StreamHandle final : public Stream {
 public:
  explicit StreamHandle(std::shared_ptr<StreamState> state) : state_(std::move(state)) {}
  ~StreamHandle() override { state_->abandon(); }
  bool write(std::string_view bytes) override { return state_->write(bytes); }
  bool offer(std::string_view bytes) override { return state_->offer(bytes); }
  void finish() override { state_->finish(); }
  bool is_open() const override { return state_->is_open(); }

 private:
  const std::shared_ptr<StreamState> state_;
};

}  // namespace guildhall::net
