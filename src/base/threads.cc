// Bounded pools of named threads with small stacks. pthreads, because std::thread cannot set the stack size.
#include "base/threads.h"

#include <pthread.h>

#include <condition_variable>
#include <deque>
#include <mutex>
#include <stdexcept>
#include <utility>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"

namespace guildhall {

/// Shared by the pool's owner and its threads. A thread counts as idle from the moment it is created, so that the task it
/// was created for is not counted as waiting.
struct Pool::State {
  explicit State(PoolOptions pool_options)
      : options(std::move(pool_options)),
        failures(metrics::counter("guildhall_pool_task_failures_total", "Tasks of a thread pool that ended in an exception",
                                  "pool=\"" + options.name + "\"")) {}

  static void* enter(void* state) {
    auto* const self = static_cast<State*>(state);
    pthread_setname_np(pthread_self(), self->options.name.c_str());
    self->work();
    return nullptr;
  }

  void work() {
    std::unique_lock lock(mutex);
    for (;;) {
      has_work.wait(lock, [this] { return stopping || !queue.empty(); });
      if (queue.empty()) return;
      std::function<void()> task = std::move(queue.front());
      queue.pop_front();
      --idle;
      ++busy;
      lock.unlock();
      run(task);
      task = nullptr;  // what it captured goes before the pool calls itself done
      lock.lock();
      --busy;
      ++idle;
      if (queue.empty() && busy == 0) is_done.notify_all();
    }
  }

  void run(const std::function<void()>& task) {
    try {
      task();
    } catch (const std::exception& e) {
      report(e.what());
    } catch (...) {
      report("an exception of unknown type");
    }
  }

  void report(std::string_view what) {
    failures.add();
    log::error("pool.task_failed", {{"pool", std::string_view(options.name)}, {"what", what}});
  }

  /// With the mutex held. False when the system gives no thread.
  bool start_thread() {
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0) return false;
    pthread_attr_setstacksize(&attributes, options.stack_bytes);
    pthread_t thread{};
    const int failed = pthread_create(&thread, &attributes, &State::enter, this);
    pthread_attr_destroy(&attributes);
    if (failed != 0) return false;
    threads.push_back(thread);
    ++idle;
    return true;
  }

  const PoolOptions options;
  metrics::Counter& failures;
  mutable std::mutex mutex;
  std::condition_variable has_work;
  std::condition_variable is_done;
  std::deque<std::function<void()>> queue;
  std::vector<pthread_t> threads;
  std::size_t idle = 0;
  std::size_t busy = 0;
  bool stopping = false;
};

Pool::Pool(PoolOptions options) {
  constexpr std::size_t kNameBytesMax = 15;
  constexpr std::size_t kStackBytesMin = 64 * 1024;
  if (options.name.size() > kNameBytesMax) throw std::invalid_argument("pool name longer than 15 bytes: " + options.name);
  if (options.threads_max == 0) throw std::invalid_argument("pool " + options.name + " without threads");
  if (options.stack_bytes < kStackBytesMin) throw std::invalid_argument("pool " + options.name + ": stack below 64 KiB");
  state_ = std::make_unique<State>(std::move(options));
}

Pool::~Pool() {
  drain();
  for (const pthread_t thread : state_->threads) pthread_join(thread, nullptr);
}

bool Pool::try_submit(std::function<void()> task) {
  State& state = *state_;
  const std::lock_guard lock(state.mutex);
  if (state.stopping) return false;
  if (state.queue.size() >= state.idle && state.threads.size() < state.options.threads_max && !state.start_thread()) {
    log::warning("pool.thread_refused", {{"pool", std::string_view(state.options.name)}});
  }
  if (state.threads.empty() || state.queue.size() >= state.idle + state.options.queue_max) return false;
  state.queue.push_back(std::move(task));
  state.has_work.notify_one();
  return true;
}

void Pool::drain() {
  std::unique_lock lock(state_->mutex);
  state_->stopping = true;
  state_->has_work.notify_all();
  state_->is_done.wait(lock, [this] { return state_->queue.empty() && state_->busy == 0; });
}

std::size_t Pool::queued() const {
  const std::lock_guard lock(state_->mutex);
  return state_->queue.size();
}

std::size_t Pool::busy() const {
  const std::lock_guard lock(state_->mutex);
  return state_->busy;
}

}  // namespace guildhall
