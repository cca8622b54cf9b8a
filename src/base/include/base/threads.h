// Bounded, named pools of threads that run plain blocking functions.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>

namespace guildhall {

struct PoolOptions {
  std::string name;              ///< at most 15 bytes: the thread name the kernel shows
  std::size_t threads_max = 8;   ///< threads start on demand and stay
  std::size_t queue_max = 1024;  ///< waiting tasks; beyond it try_submit answers false
  std::size_t stack_bytes = 512 * 1024;
};

/// Runs tasks in the order they came. A task must not throw; one that does is logged and counted, the thread lives on.
class Pool {
 public:
  explicit Pool(PoolOptions options);
  ~Pool();  ///< waits for running and queued tasks
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// False, without having run anything, when the queue is full or the pool is stopping.
  bool try_submit(std::function<void()> task);
  /// Refuses further tasks and waits until all are done.
  void drain();

  std::size_t queued() const;
  std::size_t busy() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall
