// What the server's connections and exchanges share. Knows no socket.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "base/metrics.h"
#include "net/server.h"
#include "work_queue.h"

namespace guildhall::net {

class ServerExchange;
class StreamState;

/// Something a pool thread finished that the I/O thread must look at.
class Wakeable {
 public:
  virtual ~Wakeable() = default;
  /// Called on the I/O thread.
  virtual void on_wake() = 0;
};

/// The way from the pools to the I/O thread. However many arrive, one wake-up is under way at a time.
class Inbox {
 public:
  /// `schedule` has drain() called on the I/O thread.
  explicit Inbox(std::function<void()> schedule) : schedule_(std::move(schedule)) {}
  /// Thread-safe. Does nothing once closed.
  void push(std::shared_ptr<Wakeable> item);
  /// On the I/O thread.
  void drain();
  /// After this `schedule` is not called any more; streams may outlive the server.
  void close();

 private:
  const std::function<void()> schedule_;
  std::mutex mutex_;
  std::vector<std::shared_ptr<Wakeable>> items_;
  std::vector<std::shared_ptr<Wakeable>> draining_;
  bool is_scheduled_ = false;
  bool is_closed_ = false;
};

/// Counters found once, so that a request costs a few atomic additions.
class ServerMetrics {
 public:
  ServerMetrics();
  void count(Method method, int status, std::int64_t duration_us);

 private:
  metrics::Counter* requests_[7][5] = {};
  metrics::Histogram& seconds_;
};

/// Where an exchange delivers to: its connection. Called on the I/O thread.
class AnswerTaker {
 public:
  virtual ~AnswerTaker() = default;
  virtual void on_answer(ServerExchange& exchange) = 0;
  virtual void on_stream_ready(StreamState& stream) = 0;
};

/// Lives as long as the Server. Constant after start() but for what is marked thread-safe in itself.
struct ServerCore {
  ServerOptions options;
  Router router;
  RefusalWriter refusal_writer;
  Headers common_headers;
  Fallback fallback;
  Endpoint fallback_endpoint;  ///< its handler is empty: the exchange asks `fallback`
  std::shared_ptr<Inbox> inbox;
  std::optional<WorkQueue> work;
  std::optional<WorkQueue> run;
  std::thread::id io_thread_id;
  std::atomic<bool> is_draining{false};
  ServerMetrics metrics;
};

}  // namespace guildhall::net
