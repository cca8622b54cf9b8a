// Pools: order, bounds, names, and tasks that throw.
#include "base/threads.h"

#include <doctest/doctest.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <future>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <vector>

#include "base/log.h"
#include "base/metrics.h"

using namespace guildhall;

TEST_CASE("one thread runs tasks in the order they came") {
  std::vector<int> order;
  {
    Pool pool({.name = "order", .threads_max = 1});
    for (int i = 0; i < 100; ++i) CHECK(pool.try_submit([&order, i] { order.push_back(i); }));
  }
  REQUIRE(order.size() == 100);
  for (int i = 0; i < 100; ++i) CHECK(order[static_cast<std::size_t>(i)] == i);
}

TEST_CASE("a full queue refuses and what was refused never runs") {
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  std::atomic<int> ran{0};
  Pool pool({.name = "full", .threads_max = 2, .queue_max = 3});
  std::array<std::promise<void>, 2> started;
  for (auto& promise : started) {
    CHECK(pool.try_submit([&, open] {
      promise.set_value();
      open.wait();
      ++ran;
    }));
  }
  for (auto& promise : started) promise.get_future().wait();
  CHECK(pool.busy() == 2);
  for (int i = 0; i < 3; ++i) CHECK(pool.try_submit([&] { ++ran; }));
  CHECK(pool.queued() == 3);
  CHECK_FALSE(pool.try_submit([&] { ran += 100; }));
  gate.set_value();
  pool.drain();
  CHECK(ran == 5);
  CHECK(pool.queued() == 0);
  CHECK(pool.busy() == 0);
  CHECK_FALSE(pool.try_submit([] {}));
}

TEST_CASE("without a queue a task is taken only by a free thread") {
  std::promise<void> gate;
  std::shared_future<void> open = gate.get_future().share();
  Pool pool({.name = "noqueue", .threads_max = 1, .queue_max = 0});
  CHECK(pool.try_submit([open] { open.wait(); }));
  CHECK_FALSE(pool.try_submit([] {}));
  gate.set_value();
}

TEST_CASE("threads carry the pool's name and a stack of its size") {
  // Past the 8 MiB of an ordinary thread, whose stacks the C library keeps and reuses for smaller requests.
  constexpr std::size_t kStackBytes = 16 * 1024 * 1024;
  Pool pool({.name = "named-pool-0015", .threads_max = 4, .stack_bytes = kStackBytes});
  std::promise<std::pair<std::string, std::size_t>> seen;
  pool.try_submit([&] {
    pthread_attr_t attributes;
    std::size_t stack_bytes = 0;
    pthread_getattr_np(pthread_self(), &attributes);
    pthread_attr_getstacksize(&attributes, &stack_bytes);
    pthread_attr_destroy(&attributes);
    std::array<char, 16> name{};
    pthread_getname_np(pthread_self(), name.data(), name.size());
    seen.set_value({name.data(), stack_bytes});
  });
  const auto [name, stack_bytes] = seen.get_future().get();
  CHECK(name == "named-pool-0015");
  CHECK(stack_bytes >= kStackBytes);
  CHECK_THROWS_AS(Pool({.name = "sixteen-bytes-xx"}), std::invalid_argument);
  CHECK_THROWS_AS(Pool({.name = "none", .threads_max = 0}), std::invalid_argument);
}

TEST_CASE("a task that throws is logged and counted and the thread lives on") {
  std::vector<std::string> lines;
  log::set_sink([&](std::string_view line) { lines.emplace_back(line); });
  std::atomic<bool> later_ran{false};
  {
    Pool pool({.name = "throws", .threads_max = 1});
    pool.try_submit([] { throw std::runtime_error("broken task"); });
    pool.try_submit([] { throw 7; });
    pool.try_submit([&] { later_ran = true; });
  }
  log::set_sink({});
  CHECK(later_ran);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("broken task") != std::string::npos);
  CHECK(metrics::counter("guildhall_pool_task_failures_total", "", "pool=\"throws\"").value() == 2);
}

TEST_CASE("what a task captured is gone when drain returns") {
  auto token = std::make_shared<int>(1);
  Pool pool({.name = "capture", .threads_max = 1});
  pool.try_submit([token] {});
  pool.drain();
  CHECK(token.use_count() == 1);
}

TEST_CASE("many submitters and many threads lose nothing") {
  std::atomic<int> ran{0};
  std::atomic<int> accepted{0};
  {
    Pool pool({.name = "many", .threads_max = 4, .queue_max = 50});
    Pool submitters({.name = "submit", .threads_max = 4});
    for (int t = 0; t < 4; ++t) {
      submitters.try_submit([&] {
        for (int i = 0; i < 1000; ++i) {
          if (pool.try_submit([&] { ++ran; })) ++accepted;
        }
      });
    }
    submitters.drain();
  }
  CHECK(ran == accepted);
  CHECK(ran > 0);
}
