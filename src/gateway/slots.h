// Concurrency slots: how many runs an agent, an organization and the process have at once (contracts/runtime.md §8).
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <stop_token>
#include <unordered_map>

#include "base/ids.h"

namespace guildhall::gateway {

class Slots {
 public:
  /// Gives its places back when destroyed.
  class Place {
   public:
    Place(Slots& slots, AgentId agent, OrganizationId organization)
        : slots_(&slots), agent_(agent), organization_(organization) {}
    Place(Place&& other) noexcept : slots_(other.slots_), agent_(other.agent_), organization_(other.organization_) {
      other.slots_ = nullptr;
    }
    Place& operator=(Place&&) = delete;
    ~Place() {
      if (slots_ != nullptr) slots_->leave(agent_, organization_);
    }

   private:
    Slots* slots_;
    AgentId agent_;
    OrganizationId organization_;
  };

  /// Waits up to two seconds for a place; Refusal(overloaded) when none came free. The agent's limit counts per customer, so that
  /// one customer's load never takes another's places.
  Place enter(AgentId agent, OrganizationId organization, std::int64_t agent_max);
  std::size_t running() const;

 private:
  friend class Place;
  struct Pair {
    AgentId agent;
    OrganizationId organization;
    bool operator==(const Pair&) const = default;
  };
  struct PairHash {
    std::size_t operator()(const Pair& pair) const {
      return std::hash<AgentId>{}(pair.agent) ^ (std::hash<OrganizationId>{}(pair.organization) * 31);
    }
  };
  bool try_enter(const Pair& pair, std::int64_t agent_max);
  void leave(AgentId agent, OrganizationId organization);

  mutable std::mutex mutex_;
  std::condition_variable freed_;
  std::size_t waiting_ = 0;
  std::size_t total_ = 0;
  std::unordered_map<Pair, std::int64_t, PairHash> by_agent_;
  std::unordered_map<OrganizationId, std::int64_t> by_organization_;
};

}  // namespace guildhall::gateway
