// Holding quota in memory: exact at the limit, free after settlement, remembered across a crash when the run was long.
#include "billing/open_runs.h"

#include <doctest/doctest.h>

#include <atomic>
#include <functional>
#include <stdexcept>
#include <thread>

#include "base/errors.h"
#include "billing_samples.h"

namespace guildhall::billing {

using namespace samples;

namespace {

bool settle_alone(store::Database& database, OpenRuns& runs, const UsageRecord& record) {
  return database.write([&](store::Tx& tx) { return runs.settle(tx, record); });
}

std::int64_t ledger_rows(store::Database& database, const Customer& customer) {
  return database.read([&](store::Tx& tx) {
    return tx.query("SELECT COUNT(*) FROM usage_record WHERE organization_id = $1", {customer.organization}).front().integer(0);
  });
}

void in_parallel(int threads, const std::function<void(int)>& body) {
  std::vector<std::jthread> all;
  for (int i = 0; i < threads; ++i) all.emplace_back([&body, i] { body(i); });
}

}  // namespace

TEST_CASE("a held unit keeps others out until it settles, and settled units stay used") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    OpenRuns runs(database);
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(2), std::nullopt};
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r1", limits)));
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r2", limits)));
    const auto full = runs.reserve(reservation_of(customer, "r3", limits));
    REQUIRE(full);
    CHECK(full->scope == QuotaScope::subscription);
    CHECK(full->limit == Decimal(2));
    CHECK(full->reserved == Decimal(2));
    CHECK(full->used.is_zero());
    CHECK(settle_alone(database, runs, run_of(customer, "r1", Decimal())));
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r3", limits)));
    CHECK(settle_alone(database, runs, run_of(customer, "r2")));
    CHECK(settle_alone(database, runs, run_of(customer, "r3")));
    const auto used_up = runs.reserve(reservation_of(customer, "r4", limits));
    REQUIRE(used_up);
    CHECK(used_up->used == Decimal(2));
    CHECK(used_up->reserved.is_zero());
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("the scope that is full is named: key before subscription before organization") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    OpenRuns runs(database);
    const std::pair<Limits, QuotaScope> cases[] = {{{Decimal(1), Decimal(1), Decimal(1)}, QuotaScope::key},
                                                   {{Decimal(2), Decimal(1), Decimal(1)}, QuotaScope::subscription},
                                                   {{Decimal(2), Decimal(2), Decimal(1)}, QuotaScope::organization}};
    for (const auto& [limits, scope] : cases) {
      const Customer customer;
      REQUIRE_FALSE(runs.reserve(reservation_of(customer, "r1", limits)));
      const auto full = runs.reserve(reservation_of(customer, "r2", limits));
      REQUIRE(full);
      CHECK(full->scope == scope);
    }
  });
}

TEST_CASE("an open request id is refused and its hold stays") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    OpenRuns runs(database);
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(2), std::nullopt};
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r1", limits)));
    try {
      runs.reserve(reservation_of(customer, "r1", limits));
      FAIL("the second reservation of an open request was taken");
    } catch (const Refusal& refusal) {
      CHECK(refusal.code == Code::idempotency_in_progress);
    }
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r2", limits)));
    CHECK(runs.reserve(reservation_of(customer, "r3", limits)));
  });
}

TEST_CASE("a settlement that is rolled back frees nothing") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    OpenRuns runs(database);
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(1), std::nullopt};
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r1", limits)));
    CHECK_THROWS(database.write([&](store::Tx& tx) {
      runs.settle(tx, run_of(customer, "r1"));
      throw std::runtime_error("no");
    }));
    CHECK(ledger_rows(database, customer) == 0);
    CHECK(settle_alone(database, runs, run_of(customer, "r1")));
    CHECK_FALSE(settle_alone(database, runs, run_of(customer, "r1")));
    CHECK(ledger_rows(database, customer) == 1);
    const auto full = runs.reserve(reservation_of(customer, "r2", limits));
    REQUIRE(full);
    CHECK(full->used == Decimal(1));
    CHECK(full->reserved.is_zero());
  });
}

TEST_CASE("many callers at once: exactly as many pass as there are units") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    OpenRuns runs(database);
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(50), std::nullopt};
    std::atomic<int> passed = 0;
    in_parallel(100, [&](int thread) {
      for (const std::string_view call : {"a", "b"}) {
        const std::string id = std::to_string(thread) + std::string(call);
        if (runs.reserve(reservation_of(customer, id, limits))) continue;
        ++passed;
        settle_alone(database, runs, run_of(customer, id));
      }
    });
    CHECK(passed == 50);
    CHECK(database.read([&](store::Tx& tx) { return subscription_quota(tx, customer).used; }) == Decimal(50));
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("a run open for a second survives a crash as a row of status 503, a shorter one leaves nothing on SQLite") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(2), std::nullopt};
    const bool is_sqlite = database.dialect() == store::Dialect::sqlite;
    {
      OpenRuns crashed(database);
      CHECK_FALSE(crashed.reserve(reservation_of(customer, "long", limits)));
      clock.advance(seconds(1));
      CHECK_FALSE(crashed.reserve(reservation_of(customer, "short", limits)));
      crashed.note_long_runs();
      crashed.note_long_runs();
      CHECK(crashed.reserve(reservation_of(customer, "third", limits)));
    }
    clock.advance(seconds(100));
    CHECK(database.write([](store::Tx& tx) { return release_orphans(tx); }) == (is_sqlite ? 1 : 2));
    const Scope scope = identity::system_scope(customer.organization, "test");
    const UsagePage page = database.read([&](store::Tx& tx) { return list_usage(scope, tx, {}); });
    REQUIRE(page.total == (is_sqlite ? 1 : 2));
    for (const UsageRecord& row : page.items) {
      CHECK(row.status == 503);
      CHECK(row.units.is_zero());
    }
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("a noted run settles once, and one that never settles stops holding after its expiry") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    OpenRuns runs(database);
    const Customer customer;
    const Limits limits{std::nullopt, Decimal(2), std::nullopt};
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r1", limits)));
    CHECK_FALSE(runs.reserve(reservation_of(customer, "lost", limits)));
    clock.advance(seconds(2));
    runs.note_long_runs();
    CHECK(settle_alone(database, runs, run_of(customer, "r1")));
    CHECK(ledger_rows(database, customer) == 1);
    CHECK(runs.reserve(reservation_of(customer, "r2", limits)));
    clock.advance(seconds(100));
    runs.note_long_runs();
    CHECK(database.write([](store::Tx& tx) { return release_orphans(tx); }) == 1);
    CHECK_FALSE(runs.reserve(reservation_of(customer, "r2", limits)));
    CHECK(ledger_rows(database, customer) == 2);
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

}  // namespace guildhall::billing
