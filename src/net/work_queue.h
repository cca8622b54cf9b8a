// Requests waiting for a thread. Wakes threads one after another instead of all at once.
#pragma once

#include <deque>
#include <mutex>

#include "base/threads.h"

namespace guildhall::net {

/// A piece of work that keeps itself alive until run() returns.
class Runnable {
 public:
  virtual ~Runnable() = default;
  virtual void run() = 0;
};

/// Runs what is pushed on a pool's threads, in the order it came. At most one thread is on its way to the queue at a time;
/// once there, it fetches the next before it starts working when more is waiting. So a thread that blocks never holds others
/// up, while short requests are worked off by the few threads already awake: one wake-up each would cost more than they do.
class WorkQueue {
 public:
  explicit WorkQueue(PoolOptions options);

  /// Thread-safe. False when as many wait as may.
  bool try_push(Runnable& work);
  /// Waits until everything pushed is done. Nothing may be pushed meanwhile.
  void drain() { pool_.drain(); }

 private:
  void work_off();

  const std::size_t threads_max_;
  const std::size_t queue_max_;
  std::mutex mutex_;
  std::deque<Runnable*> waiting_;
  std::size_t awake_ = 0;   ///< threads working the queue off
  bool is_waking_ = false;  ///< one more is on its way
  Pool pool_;               ///< last, so that its threads end before what they use
};

}  // namespace guildhall::net
