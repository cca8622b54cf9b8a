// Counting runs in flight against their limits.
#include "slots.h"

#include <chrono>

#include "base/errors.h"
#include "gateway/limits.h"

namespace guildhall::gateway {

Slots::Place Slots::enter(AgentId agent, OrganizationId organization, std::int64_t agent_max) {
  const Pair pair{agent, organization};
  std::unique_lock lock(mutex_);
  if (!try_enter(pair, agent_max)) {
    ++waiting_;
    const bool entered =
        freed_.wait_for(lock, std::chrono::microseconds(kSlotWaitUs), [&] { return try_enter(pair, agent_max); });
    --waiting_;
    if (!entered)
      throw Refusal(Code::overloaded, "the agent is busy with as many runs as its limit allows; try again shortly")
          .retry_after(2);
  }
  return Place(*this, agent, organization);
}

std::size_t Slots::running() const {
  const std::lock_guard lock(mutex_);
  return total_;
}

bool Slots::try_enter(const Pair& pair, std::int64_t agent_max) {
  if (total_ >= static_cast<std::size_t>(kProcessRunsMax)) return false;
  auto& of_agent = by_agent_[pair];
  auto& of_organization = by_organization_[pair.organization];
  if (of_agent >= agent_max || of_organization >= kOrganizationRunsMax) return false;
  ++of_agent;
  ++of_organization;
  ++total_;
  return true;
}

void Slots::leave(AgentId agent, OrganizationId organization) {
  const std::lock_guard lock(mutex_);
  const auto of_agent = by_agent_.find({agent, organization});
  const auto of_organization = by_organization_.find(organization);
  if (of_agent == by_agent_.end() || of_organization == by_organization_.end() || total_ == 0)
    throw std::logic_error("a slot was given back that nobody held");
  if (--of_agent->second == 0) by_agent_.erase(of_agent);
  if (--of_organization->second == 0) by_organization_.erase(of_organization);
  --total_;
  if (waiting_ > 0) freed_.notify_all();
}

}  // namespace guildhall::gateway
