// Concurrency slots: what is full waits, what is given back is used, nothing is given twice.
#include "slots.h"

#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "base/errors.h"
#include "gateway/limits.h"

using namespace guildhall;
using namespace guildhall::gateway;

TEST_CASE("a place given back lets the one who waits in") {
  Slots slots;
  const auto agent = AgentId::random();
  const auto organization = OrganizationId::random();
  std::optional<Slots::Place> first(slots.enter(agent, organization, 1));
  CHECK(slots.running() == 1);
  std::atomic<bool> entered{false};
  std::thread second([&] {
    const auto place = slots.enter(agent, organization, 1);
    entered = true;
  });
  first.reset();
  second.join();
  CHECK(entered);
  CHECK(slots.running() == 0);
}

TEST_CASE("one customer's runs never take another customer's places") {
  Slots slots;
  const auto agent = AgentId::random();
  const auto mine = slots.enter(agent, OrganizationId::random(), 1);
  const auto theirs = slots.enter(agent, OrganizationId::random(), 1);
  CHECK(slots.running() == 2);
}

TEST_CASE("a full agent refuses with overloaded after its two seconds") {
  Slots slots;
  const auto agent = AgentId::random();
  const auto organization = OrganizationId::random();
  const auto only = slots.enter(agent, organization, 1);
  try {
    slots.enter(agent, organization, 1);
    FAIL("the second run must not be admitted");
  } catch (const Refusal& refusal) {
    CHECK(refusal.code == Code::overloaded);
    CHECK(refusal.retry_after_s == 2);
  }
}

TEST_CASE("many threads never exceed the agent's limit") {
  Slots slots;
  const auto agent = AgentId::random();
  const auto organization = OrganizationId::random();
  std::atomic<int> inside{0};
  std::atomic<int> most{0};
  std::vector<std::thread> threads;
  for (int t = 0; t < 16; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 200; ++i) {
        const auto place = slots.enter(agent, organization, 5);
        const int now = ++inside;
        int seen = most.load();
        while (seen < now && !most.compare_exchange_weak(seen, now)) {
        }
        --inside;
      }
    });
  for (auto& thread : threads) thread.join();
  CHECK(most <= 5);
  CHECK(slots.running() == 0);
}
