// The ledger: rows, filters, late rows, snapshots, and the proof that stored sums equal it (contracts/registry.md §11).
#include "billing/ledger.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "billing_samples.h"

namespace guildhall::billing {

using namespace samples;

namespace {

Scope ledger_scope(const Customer& customer) {
  return identity::system_scope(customer.organization, "test");
}

}  // namespace

TEST_CASE("a row comes back as it was appended") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    UsageRecord record = run_of(customer, "r1", Decimal::of("1.234567"));
    record.id = UsageRecordId::random();
    record.project = ProjectId::random();
    record.version = AgentVersionId::random();
    record.plan = PlanId::random();
    record.conversation = ConversationId::random();
    record.billable_unit = "token";
    record.unit_price = Decimal::of("0.0000000001");
    record.cost_minor = Decimal::of("12.000001");
    record.kind = UsageKind::external;
    database.write([&](store::Tx& tx) { REQUIRE(append_usage(tx, record)); });
    database.read([&](store::Tx& tx) {
      const UsagePage page = list_usage(ledger_scope(customer), tx, {});
      CHECK(page.total == 1);
      REQUIRE(page.items.size() == 1);
      const UsageRecord& stored = page.items.front();
      CHECK(stored.id == record.id);
      CHECK(stored.kind == UsageKind::external);
      CHECK(stored.project == record.project);
      CHECK(stored.version == record.version);
      CHECK(stored.plan == record.plan);
      CHECK(stored.conversation == record.conversation);
      CHECK(stored.billable_unit == "token");
      CHECK(stored.units == record.units);
      CHECK(stored.unit_price == record.unit_price);
      CHECK(stored.cost_minor == record.cost_minor);
      CHECK(stored.occurred_at == record.occurred_at);
      CHECK(stored.cycle == kCycle);
      CHECK_FALSE(stored.late_for);
    });
  });
}

TEST_CASE("runs are counted by version, those of one subscription since a moment, and only runs") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    const AgentVersionId stable = AgentVersionId::random();
    const AgentVersionId canary = AgentVersionId::random();
    database.write([&](store::Tx& tx) {
      int number = 0;
      const auto add = [&](AgentVersionId version, int status, std::int64_t at_s, auto&& change) {
        UsageRecord record = run_of(customer, "r" + std::to_string(number++));
        record.version = version;
        record.status = status;
        record.occurred_at = test::kStart + seconds(at_s);
        change(record);
        append_usage(tx, record);
      };
      const auto as_it_is = [](UsageRecord&) {};
      add(stable, 500, 9, as_it_is);
      for (const int status : {200, 429, 499, 500, 503}) add(canary, status, 10, as_it_is);
      add(stable, 200, 20, as_it_is);
      add(stable, 503, 30, [](UsageRecord& record) { record.kind = UsageKind::test; });
      add(stable, 503, 30, [](UsageRecord& record) { record.subscription = SubscriptionId::random(); });
    });
    database.read([&](store::Tx& tx) {
      const auto counts = runs_by_version(tx, customer.organization, customer.subscription, test::kStart + seconds(10));
      REQUIRE(counts.size() == 2);
      const bool is_canary_first = counts[0].version == canary;
      CHECK(counts[is_canary_first ? 0 : 1].runs == 5);
      CHECK(counts[is_canary_first ? 0 : 1].failed == 2);
      CHECK(counts[is_canary_first ? 1 : 0].version == stable);
      CHECK(counts[is_canary_first ? 1 : 0].runs == 1);
      CHECK(counts[is_canary_first ? 1 : 0].failed == 0);
      CHECK(runs_by_version(tx, OrganizationId::random(), customer.subscription, test::kStart).empty());
    });
  });
}

TEST_CASE("the list is newest first, filtered, paged, and of one organization") {
  test::for_each_database([](store::Database& database, ManualClock&) {
    const Customer customer;
    const Customer other;
    database.write([&](store::Tx& tx) {
      for (int i = 0; i < 5; ++i) {
        UsageRecord record = run_of(customer, "r" + std::to_string(i));
        record.occurred_at = test::kStart + seconds(i);
        if (i == 4) record.subscription = SubscriptionId::random();
        append_usage(tx, record);
      }
      append_usage(tx, run_of(other, "r0"));
    });
    database.read([&](store::Tx& tx) {
      const Scope scope = ledger_scope(customer);
      UsageFilter filter;
      CHECK(list_usage(scope, tx, filter).items.front().request_id == "r4");
      filter.subscription = customer.subscription;
      filter.limit = 2;
      filter.offset = 1;
      UsagePage page = list_usage(scope, tx, filter);
      CHECK(page.total == 4);
      REQUIRE(page.items.size() == 2);
      CHECK(page.items[0].request_id == "r2");
      CHECK(page.items[1].request_id == "r1");
      UsageFilter window;
      window.agent = customer.agent;
      window.cycle = kCycle;
      window.from = test::kStart + seconds(1);
      window.to = test::kStart + seconds(3);
      page = list_usage(scope, tx, window);
      CHECK(page.total == 2);
      Scope key_scope = scope;
      key_scope.subscription = customer.subscription;
      CHECK(list_usage(key_scope, tx, {}).total == 4);
      Scope project_scope = scope;
      project_scope.project = ProjectId::random();
      CHECK(list_usage(project_scope, tx, {}).total == 0);
      Scope powerless = scope;
      powerless.rights = {};
      CHECK_THROWS_AS(list_usage(powerless, tx, {}), Refusal);
    });
  });
}

TEST_CASE("a row of a finalized month joins the open one") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    const Customer customer;
    const Cycle april{2026, 4};
    database.write([&](store::Tx& tx) {
      REQUIRE(settle(tx, run_of(customer, "r1")));
      CHECK_THROWS_AS(finalize_cycle(tx, customer.organization, kCycle), Refusal);
    });
    clock.set(start_of(april) + seconds(300));
    database.write([&](store::Tx& tx) {
      CHECK(settle(tx, run_of(customer, "still open")));
      CHECK_FALSE(is_finalized(tx, customer.organization, kCycle));
      const Snapshot snapshot = finalize_cycle(tx, customer.organization, kCycle);
      CHECK(snapshot.is_finalized);
      CHECK(snapshot.calls == 2);
      CHECK(snapshot.tokens_input == 30);
      CHECK(snapshot.tokens_output == 90);
      CHECK(snapshot.cost_minor == Decimal::of("0.5"));
      CHECK(snapshot.finalized_at == tx.now());
      CHECK(snapshot.usage_by_agent.contains(customer.agent.text()));
    });
    clock.advance(seconds(1));
    database.write([&](store::Tx& tx) {
      CHECK(is_finalized(tx, customer.organization, kCycle));
      CHECK(settle(tx, run_of(customer, "late")));
      CHECK(subscription_quota(tx, customer).used == Decimal(2));
      CHECK(subscription_quota(tx, customer, april).used == Decimal(1));
      UsageFilter filter;
      filter.cycle = april;
      const UsagePage page = list_usage(ledger_scope(customer), tx, filter);
      REQUIRE(page.items.size() == 1);
      CHECK(page.items.front().late_for == kCycle);
      const Snapshot again = finalize_cycle(tx, customer.organization, kCycle);
      CHECK(again.calls == 2);
      CHECK(again.finalized_at == tx.now() - seconds(1));
    });
    CHECK(reconcile(database, std::nullopt).empty());
  });
}

TEST_CASE("a month is finalized per organization") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    const Customer a;
    const Customer b;
    clock.set(start_of(Cycle{2026, 4}));
    database.write([&](store::Tx& tx) {
      finalize_cycle(tx, a.organization, kCycle);
      CHECK_FALSE(is_finalized(tx, b.organization, kCycle));
      CHECK(settle(tx, run_of(b, "r1")));
      CHECK(subscription_quota(tx, b).used == Decimal(1));
    });
  });
}

TEST_CASE("reconcile finds every planted difference of the counters and snapshots") {
  struct Plant {
    const char* sql;
    const char* found;
  };
  const Plant plants[] = {
      {"UPDATE quota_counter SET used_micro = used_micro + 1 WHERE scope = 'key'", "used of key"},
      {"UPDATE quota_counter SET used_micro = used_micro - 1000000 WHERE scope = 'subscription'", "used of subscription"},
      {"DELETE FROM quota_counter WHERE scope = 'organization'", "used of organization"},
      {"UPDATE quota_counter SET reserved_micro = 0 WHERE scope = 'subscription'", "reserved of subscription"},
      {"DELETE FROM quota_reservation", "reserved of key"},
      {"UPDATE usage_snapshot SET calls = calls + 1", "snapshot of organization"},
      {"UPDATE usage_snapshot SET usage_by_agent = '{}'", "snapshot of organization"},
      {"DELETE FROM usage_record WHERE request_id = 'r1'", "snapshot of organization"},
  };
  for (const Plant& plant : plants) {
    CAPTURE(plant.sql);
    test::for_each_database([&](store::Database& database, ManualClock& clock) {
      const Customer customer;
      clock.set(start_of(Cycle{2026, 4}));
      database.write([&](store::Tx& tx) {
        REQUIRE(settle(tx, run_of(customer, "r1")));
        REQUIRE_FALSE(reserve(tx, reservation_of(customer, "r2", {})));
        finalize_cycle(tx, customer.organization, kCycle);
      });
      REQUIRE(reconcile(database, kCycle).empty());
      database.write([&](store::Tx& tx) { REQUIRE(tx.execute(plant.sql) > 0); });
      bool is_found = false;
      for (const Difference& difference : reconcile(database, kCycle)) {
        CHECK(difference.stored != difference.recomputed);
        if (difference.what.starts_with(plant.found)) is_found = true;
      }
      CHECK(is_found);
      CHECK(reconcile(database, Cycle{2026, 5}).empty());
    });
  }
}

}  // namespace guildhall::billing
