// Idempotency keys (contracts/registry.md §1).
#include "delivery/idempotency.h"

#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "base/errors.h"
#include "support/databases.h"

namespace guildhall::delivery {
namespace {

using store::Database;
using store::Tx;

struct Caller {
  Database& database;
  OrganizationId organization = OrganizationId::random();
  std::string key = "key-1";

  IdempotentCall call(std::string_view request) const { return {organization, "POST /api/v1/agents", key, request}; }
  std::optional<StoredAnswer> begin(std::string_view request) const {
    return database.write([&](Tx& tx) { return begin_idempotent(tx, call(request)); });
  }
  void finish(std::string_view request, const StoredAnswer& answer) const {
    database.write([&](Tx& tx) { finish_idempotent(tx, call(request), answer); });
  }
  void abandon(std::string_view request) const {
    database.write([&](Tx& tx) { abandon_idempotent(tx, call(request)); });
  }
  std::optional<Code> refusal(std::string_view request) const {
    try {
      begin(request);
    } catch (const Refusal& refusal) {
      return refusal.code;
    }
    return std::nullopt;
  }
};

TEST_CASE("a finished call is replayed byte for byte") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Caller caller{database};
    const std::string body("{\"a\":1}\0\xff", 9);
    CHECK_FALSE(caller.begin("body"));
    caller.finish("body", {201, body});
    const auto answer = caller.begin("body");
    REQUIRE(answer);
    CHECK(answer->status == 201);
    CHECK((answer->body == body));
  });
}

TEST_CASE("another request under the same key is a mismatch, running or finished") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Caller caller{database};
    caller.begin("body");
    CHECK(caller.refusal("another") == Code::idempotency_mismatch);
    caller.finish("body", {200, ""});
    CHECK(caller.refusal("another") == Code::idempotency_mismatch);
  });
}

TEST_CASE("the same request is in progress for a minute and then counts as abandoned") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    const Caller caller{database};
    caller.begin("body");
    clock.advance(seconds(60) - 1);
    CHECK(caller.refusal("body") == Code::idempotency_in_progress);
    clock.advance(1);
    CHECK_FALSE(caller.begin("body"));
    CHECK(caller.refusal("body") == Code::idempotency_in_progress);
  });
}

TEST_CASE("an abandoned key may be used again, also for another request") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Caller caller{database};
    caller.begin("body");
    caller.abandon("body");
    CHECK_FALSE(caller.begin("another"));
    caller.finish("another", {200, "x"});
    caller.abandon("another");
    CHECK(caller.begin("another")->body == "x");
  });
}

TEST_CASE("an answer is kept for 24 hours") {
  test::for_each_database([](Database& database, ManualClock& clock) {
    const Caller caller{database};
    caller.begin("body");
    caller.finish("body", {200, "first"});
    clock.advance(days(1) - 1);
    CHECK(caller.begin("body")->body == "first");
    CHECK(database.write([](Tx& tx) { return expire_idempotent(tx); }) == 0);
    clock.advance(1);
    CHECK_FALSE(caller.begin("another"));
    clock.advance(days(1));
    CHECK(database.write([](Tx& tx) { return expire_idempotent(tx); }) == 1);
  });
}

TEST_CASE("organizations and routes do not share keys") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Caller mine{database};
    const Caller theirs{database};
    mine.begin("body");
    CHECK_FALSE(theirs.begin("body"));
    const IdempotentCall elsewhere{mine.organization, "POST /api/v1/orders", mine.key, "body"};
    CHECK_FALSE(database.write([&](Tx& tx) { return begin_idempotent(tx, elsewhere); }));
  });
}

TEST_CASE("a key has 1 to 255 bytes") {
  test::for_each_database([](Database& database, ManualClock&) {
    CHECK(Caller{.database = database, .key = ""}.refusal("body") == Code::invalid_request);
    CHECK(Caller{.database = database, .key = std::string(256, 'k')}.refusal("body") == Code::invalid_request);
    CHECK_FALSE(Caller{.database = database, .key = std::string(255, 'k')}.refusal("body"));
  });
}

TEST_CASE("of many that come at once exactly one runs") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Caller caller{database};
    std::atomic<int> running{0};
    std::atomic<int> refused{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        const auto refusal = caller.refusal("body");
        if (!refusal) running.fetch_add(1);
        if (refusal == Code::idempotency_in_progress) refused.fetch_add(1);
      });
    }
    for (auto& thread : threads) thread.join();
    CHECK(running.load() == 1);
    CHECK(refused.load() == 7);
  });
}

}  // namespace
}  // namespace guildhall::delivery
