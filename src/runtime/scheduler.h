// Which vertex runs next (contracts/runtime.md §3.2). Vertices of one wave could run at once; they run one after another, by id.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "plan.h"

namespace guildhall::runtime {

/// Deterministic: the order depends on the plan alone. A vertex is handed out once.
class Scheduler {
 public:
  explicit Scheduler(const Plan& plan);

  /// The next runnable vertex; nullopt when none is.
  std::optional<std::size_t> next();
  /// The vertex is done; successors that waited for it alone become runnable.
  void complete(std::size_t vertex);

  std::size_t completed() const { return completed_; }

 private:
  const Plan& plan_;
  std::vector<std::size_t> pending_;  ///< unfinished predecessors, per vertex
  std::vector<std::size_t> ready_;    ///< in the order they are handed out
  std::size_t handed_out_ = 0;
  std::size_t completed_ = 0;
};

}  // namespace guildhall::runtime
