// The queue between the I/O thread and a pool.
#include "work_queue.h"

#include <algorithm>

namespace guildhall::net {

WorkQueue::WorkQueue(PoolOptions options)
    : threads_max_(options.threads_max), queue_max_(options.queue_max), pool_(std::move(options)) {}

bool WorkQueue::try_push(Runnable& work) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= queue_max_ + (threads_max_ - awake_)) return false;
    waiting_.push_back(&work);
    if (is_waking_ || awake_ == threads_max_) return true;
    is_waking_ = true;
  }
  if (pool_.try_submit([this] { work_off(); })) return true;
  const std::lock_guard lock(mutex_);
  is_waking_ = false;
  // Threads already awake will come to it; with none, nobody would.
  if (awake_ > 0) return true;
  const auto mine = std::find(waiting_.begin(), waiting_.end(), &work);
  if (mine == waiting_.end()) return true;
  waiting_.erase(mine);
  return false;
}

void WorkQueue::work_off() {
  std::unique_lock lock(mutex_);
  is_waking_ = false;
  ++awake_;
  while (!waiting_.empty()) {
    Runnable* next = waiting_.front();
    waiting_.pop_front();
    const bool needs_another = !waiting_.empty() && !is_waking_ && awake_ < threads_max_;
    if (needs_another) is_waking_ = true;
    lock.unlock();
    if (needs_another && !pool_.try_submit([this] { work_off(); })) {
      lock.lock();
      is_waking_ = false;
      lock.unlock();
    }
    next->run();
    lock.lock();
  }
  --awake_;
}

}  // namespace guildhall::net
