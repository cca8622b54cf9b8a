// Quotas: reserve, settle, orphans (contracts/registry.md §11).
#include "billing/quota.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <thread>

#include "base/errors.h"
#include "billing_samples.h"

namespace guildhall::billing {

using namespace samples;

TEST_CASE("a reservation is held in every scope and becomes use when it settles") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    database.write([&](store::Tx& tx) {
      CHECK_FALSE(reserve(tx, reservation_of(customer, "r1", {}, Decimal(3))));
      CHECK(key_quota(tx, customer).reserved == Decimal(3));
      CHECK(subscription_quota(tx, customer).reserved == Decimal(3));
      CHECK(organization_quota(tx, customer).reserved == Decimal(1));
      CHECK(subscription_quota(tx, customer).used.is_zero());
    });
    database.write([&](store::Tx& tx) {
      CHECK(settle(tx, run_of(customer, "r1", Decimal::of("2.5"))));
      CHECK(key_quota(tx, customer).used == Decimal::of("2.5"));
      CHECK(subscription_quota(tx, customer).used == Decimal::of("2.5"));
      CHECK(organization_quota(tx, customer).used == Decimal(1));
      CHECK(key_quota(tx, customer).reserved.is_zero());
      CHECK(subscription_quota(tx, customer).reserved.is_zero());
      CHECK(organization_quota(tx, customer).reserved.is_zero());
    });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("the scope that is full is named and nothing is held") {
  struct Case {
    Limits limits;
    QuotaScope full;
  };
  const Case cases[] = {{{Decimal(1), Decimal(1), Decimal(1)}, QuotaScope::key},
                        {{Decimal(2), Decimal(1), Decimal(1)}, QuotaScope::subscription},
                        {{Decimal(2), Decimal(2), Decimal(1)}, QuotaScope::organization},
                        {{std::nullopt, std::nullopt, Decimal(1)}, QuotaScope::organization}};
  test::for_each_database([&](store::Database& database, ManualClock&) {
    for (const Case& one : cases) {
      const Customer customer;
      database.write([&](store::Tx& tx) {
        REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", one.limits)));
        const auto full = reserve(tx, reservation_of(customer, "r2", one.limits));
        REQUIRE(full);
        CHECK(full->scope == one.full);
        CHECK(full->limit == Decimal(1));
        CHECK(full->reserved == Decimal(1));
        CHECK(full->reset_at == start_of(Cycle{2026, 4}));
        CHECK(key_quota(tx, customer).reserved == Decimal(1));
        CHECK(subscription_quota(tx, customer).reserved == Decimal(1));
        CHECK(organization_quota(tx, customer).reserved == Decimal(1));
      });
    }
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("a first reservation larger than the limit is refused") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    database.write([&](store::Tx& tx) {
      const auto full = reserve(tx, reservation_of(customer, "r1", {std::nullopt, Decimal(10), std::nullopt}, Decimal(11)));
      REQUIRE(full);
      CHECK(full->scope == QuotaScope::subscription);
      CHECK(key_quota(tx, customer).reserved.is_zero());
      CHECK_FALSE(reserve(tx, reservation_of(customer, "r1", {std::nullopt, Decimal(10), std::nullopt}, Decimal(10))));
    });
  });
}

TEST_CASE("a reservation of no units passes at the limit and counts no run") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(1), Decimal(1)};
    database.write([&](store::Tx& tx) {
      REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", limits)));
      REQUIRE(settle(tx, run_of(customer, "r1")));
      CHECK_FALSE(reserve(tx, reservation_of(customer, "r2", limits, Decimal(0))));
      CHECK(settle(tx, run_of(customer, "r2", Decimal(0))));
      CHECK(organization_quota(tx, customer).used == Decimal(1));
    });
  });
}

TEST_CASE("an open or settled request id cannot be reserved again") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    const auto reserve_again = [&] {
      try {
        database.write([&](store::Tx& tx) { reserve(tx, reservation_of(customer, "r1", {})); });
      } catch (const Refusal& refusal) {
        return refusal.code;
      }
      return Code::internal_error;
    };
    database.write([&](store::Tx& tx) { REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", {}))); });
    CHECK(reserve_again() == Code::idempotency_in_progress);
    database.write([&](store::Tx& tx) { CHECK(subscription_quota(tx, customer).reserved == Decimal(1)); });
    database.write([&](store::Tx& tx) { REQUIRE(settle(tx, run_of(customer, "r1"))); });
    CHECK(reserve_again() == Code::idempotency_in_progress);
    database.write([&](store::Tx& tx) { CHECK(subscription_quota(tx, customer).reserved.is_zero()); });
  });
}

TEST_CASE("settling a request twice changes nothing") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    database.write([&](store::Tx& tx) {
      REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", {})));
      CHECK(settle(tx, run_of(customer, "r1")));
    });
    database.write([&](store::Tx& tx) {
      CHECK_FALSE(settle(tx, run_of(customer, "r1", Decimal(7))));
      CHECK_FALSE(append_usage(tx, run_of(customer, "r1", Decimal(7))));
      CHECK(subscription_quota(tx, customer).used == Decimal(1));
      CHECK(organization_quota(tx, customer).used == Decimal(1));
    });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("the same request id of two organizations is two requests") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer a;
    const Customer b;
    database.write([&](store::Tx& tx) {
      CHECK(settle(tx, run_of(a, "r1")));
      CHECK(settle(tx, run_of(b, "r1")));
    });
  });
}

TEST_CASE("an orphan is released after its expiry with a row of status 503") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    const Customer customer;
    database.write([&](store::Tx& tx) { REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", {}))); });
    clock.set(test::kStart + seconds(60) - 1);
    database.write([&](store::Tx& tx) { CHECK(release_orphans(tx) == 0); });
    clock.advance(1);
    database.write([&](store::Tx& tx) { CHECK(release_orphans(tx) == 1); });
    database.write([&](store::Tx& tx) {
      CHECK(subscription_quota(tx, customer).reserved.is_zero());
      CHECK(subscription_quota(tx, customer).used.is_zero());
      const Scope scope = identity::system_scope(customer.organization, "test");
      const UsagePage page = list_usage(scope, tx, {});
      REQUIRE(page.items.size() == 1);
      CHECK(page.items.front().status == 503);
      CHECK(page.items.front().units.is_zero());
      CHECK(page.items.front().request_id == "r1");
      CHECK(page.items.front().subscription == customer.subscription);
      CHECK_FALSE(settle(tx, run_of(customer, "r1")));
      CHECK(subscription_quota(tx, customer).used.is_zero());
      CHECK(release_orphans(tx) == 0);
    });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("a run that ends in the next month gives its reservation back to the first") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    const Customer customer;
    const Cycle april{2026, 4};
    database.write([&](store::Tx& tx) { REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", {}))); });
    clock.set(start_of(april) + seconds(1));
    database.write([&](store::Tx& tx) {
      UsageRecord record = run_of(customer, "r1");
      record.occurred_at = tx.now();
      record.cycle = april;
      CHECK(settle(tx, record));
      CHECK(subscription_quota(tx, customer).reserved.is_zero());
      CHECK(subscription_quota(tx, customer).used.is_zero());
      CHECK(subscription_quota(tx, customer, april).used == Decimal(1));
    });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("an adjustment gives units back and is no run") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    database.write([&](store::Tx& tx) {
      REQUIRE(settle(tx, run_of(customer, "r1", Decimal(5))));
      UsageRecord adjustment = run_of(customer, "a1", Decimal(-5));
      adjustment.kind = UsageKind::adjustment;
      CHECK(append_usage(tx, adjustment));
      CHECK(subscription_quota(tx, customer).used.is_zero());
      CHECK(organization_quota(tx, customer).used == Decimal(1));
      UsageRecord test_run = run_of(customer, "t1", Decimal(1));
      test_run.kind = UsageKind::test;
      CHECK(append_usage(tx, test_run));
      CHECK(organization_quota(tx, customer).used == Decimal(1));
      CHECK(key_quota(tx, customer).used.is_zero());
    });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("records and reservations that cannot be right are refused") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    const auto settling = [&](const UsageRecord& record) { database.write([&](store::Tx& tx) { settle(tx, record); }); };
    const auto reserving = [&](const Reservation& r) { database.write([&](store::Tx& tx) { reserve(tx, r); }); };
    CHECK_THROWS_AS(settling(run_of(customer, "")), std::logic_error);
    CHECK_THROWS_AS(settling(run_of(customer, std::string(256, 'x'))), std::logic_error);
    CHECK_THROWS_AS(settling(run_of(customer, "r1", Decimal(-1))), std::logic_error);
    CHECK_THROWS_AS(reserving(reservation_of(customer, "r1", {}, Decimal(-1))), std::logic_error);
    Reservation twice = reservation_of(customer, "r1", {});
    twice.limits.push_back(twice.limits.front());
    CHECK_THROWS_AS(reserving(twice), std::logic_error);
    Reservation foreign = reservation_of(customer, "r1", {});
    foreign.limits.back().id = random_uuid();
    CHECK_THROWS_AS(reserving(foreign), std::logic_error);
    settling(run_of(customer, std::string(255, 'x')));
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("releasing more than is reserved is an error, not a negative counter") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    database.write([&](store::Tx& tx) {
      REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r1", {})));
      tx.execute("UPDATE quota_counter SET reserved_micro = 0");
    });
    CHECK_THROWS_AS(database.write([&](store::Tx& tx) { settle(tx, run_of(customer, "r1")); }), std::logic_error);
    database.read(
        [&](store::Tx& tx) { CHECK(list_usage(identity::system_scope(customer.organization, "test"), tx, {}).total == 0); });
  });
}

TEST_CASE("200 parallel reservations of a quota of 50 admit exactly 50") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    constexpr int kThreads = 8;
    constexpr int kEach = 25;
    std::atomic<int> admitted = 0;
    std::atomic<int> full = 0;
    std::vector<std::thread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kEach; ++i) {
          const std::string id = "r" + std::to_string(t) + "-" + std::to_string(i);
          const Reservation reservation = reservation_of(customer, id, {std::nullopt, Decimal(50), std::nullopt});
          try {
            const auto refused = database.write([&](store::Tx& tx) { return reserve(tx, reservation); });
            ++(refused ? full : admitted);
          } catch (const std::exception& error) {
            MESSAGE(error.what());
          }
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    CHECK(admitted == 50);
    CHECK(full == kThreads * kEach - 50);
    database.read([&](store::Tx& tx) { CHECK(subscription_quota(tx, customer).reserved == Decimal(50)); });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

}  // namespace guildhall::billing
