// Hands out vertices as their predecessors finish.
#include "scheduler.h"

namespace guildhall::runtime {

Scheduler::Scheduler(const Plan& plan) : plan_(plan) {
  pending_.reserve(plan.vertices.size());
  ready_.reserve(plan.vertices.size());
  for (const PlannedVertex& vertex : plan.vertices) pending_.push_back(vertex.predecessors);
  for (const std::size_t vertex : plan.by_id) {
    if (pending_[vertex] == 0) ready_.push_back(vertex);
  }
}

std::optional<std::size_t> Scheduler::next() {
  if (handed_out_ == ready_.size()) return std::nullopt;
  return ready_[handed_out_++];
}

void Scheduler::complete(std::size_t vertex) {
  ++completed_;
  for (const std::size_t successor : plan_.vertices[vertex].successors) {
    if (--pending_[successor] == 0) ready_.push_back(successor);
  }
}

}  // namespace guildhall::runtime
