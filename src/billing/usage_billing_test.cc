// Usage on invoices and in totals, derived from the ledger (contracts/cmp.md §9.4, contracts/registry.md §11 L4).
#include <doctest/doctest.h>

#include "base/errors.h"
#include "billing_shop.h"
#include "component_totals.h"
#include "usage_row.h"

namespace guildhall::billing {

using namespace samples;
using market::BillingType;
using Lines = std::vector<std::string>;

TEST_CASE("B14: a total reported again replaces the first, in one item") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-10");
    const auto offering = shop.sell({component_of("cpu", BillingType::usage)}, {plan_of("p", {{"cpu", Decimal(3)}})});
    const SubscriptionId subscription = shop.order(offering, "p");
    shop.append(shop.usage(subscription, "r1", Decimal(10), "cpu"));
    CHECK(shop.lines() == Lines{"10, 30.00"});
    shop.append(shop.usage(subscription, "r2", Decimal(5), "cpu"));
    CHECK(shop.lines() == Lines{"15, 45.00"});
    CHECK(shop.running().items.front().start == parse_timestamp("2018-01-10").value());
  });
}

TEST_CASE("B16: usage keeps the price of the plan it was made under") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    market::Plan dear = plan_of("new", {{"cpu", Decimal(5)}});
    dear.terms.price_minor = 1;
    const auto offering = shop.sell({component_of("cpu", BillingType::usage)}, {plan_of("old", {{"cpu", Decimal(3)}}), dear});
    const SubscriptionId subscription = shop.order(offering, "old");
    shop.go_to("2018-01-10");
    shop.append(shop.usage(subscription, "r1", Decimal(10), "cpu"));
    shop.go_to("2018-01-15");
    shop.switch_plan(subscription, offering, "new");
    shop.go_to("2018-01-16");
    shop.append(shop.usage(subscription, "r2", Decimal(10), "cpu"));
    CHECK(shop.lines() == Lines{"10, 30.00", "10, 50.00"});
  });
}

TEST_CASE("G11: a total is rounded once, on the month's sum") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    market::Component tokens = component_of("tokens_input", BillingType::usage);
    tokens.unit_factor = 1000;
    const auto offering =
        shop.sell({component_of("api_calls", BillingType::usage), tokens}, {plan_of("p", {{"tokens_input", Decimal(1)}})});
    const SubscriptionId subscription = shop.order(offering, "p");
    for (int i = 0; i < 10; ++i) {
      UsageRecord record = shop.usage(subscription, "r" + std::to_string(i), Decimal(1));
      record.tokens_input = i == 0 ? 1'234'561 - 9 * 7 : 7;
      shop.append(record);
    }
    CHECK(shop.lines() == Lines{"10, 0.00", "1234.57, 1234.57"});
  });
}

TEST_CASE("units above the quota of a plan that bills overage are their own component") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    market::Plan plan = plan_of("p", {{"api_calls_overage", Decimal::of("0.05")}});
    plan.terms.bills_overage = true;
    plan.terms.monthly_quota = 10;
    const auto offering =
        shop.sell({component_of("api_calls", BillingType::usage), component_of("api_calls_overage", BillingType::usage)}, {plan});
    const SubscriptionId subscription = shop.order(offering, "p");
    shop.append(shop.usage(subscription, "r1", Decimal(10)));
    CHECK(shop.lines() == Lines{"10, 0.00"});
    shop.append(shop.usage(subscription, "r2", Decimal(7)));
    CHECK(shop.lines() == Lines{"10, 0.00", "7, 0.35"});
    const auto totals =
        database.read([&](store::Tx& tx) { return component_totals(tx, shop.customer_id(), subscription, Cycle{2018, 1}); });
    REQUIRE(totals.size() == 2);
    CHECK(totals[1].component == "api_calls_overage");
    CHECK(totals[1].amount == Decimal(7));
  });
}

TEST_CASE("totals of a subscription, its days and its agent come from the ledger") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01T10:00:00Z");
    const auto offering = shop.sell({component_of("api_calls", BillingType::usage)}, {plan_of("p", {})});
    const SubscriptionId subscription = shop.order(offering, "p");
    for (int i = 1; i <= 20; ++i) {
      UsageRecord record = shop.usage(subscription, "r" + std::to_string(i), Decimal(1));
      record.response_time_ms = 10 * i;
      record.tokens_input = 2;
      record.tokens_output = 3;
      record.cost_minor = Decimal::of("0.5");
      if (i == 20) record.status = 503;
      if (i > 15) record.occurred_at = clock.now() + days(1);
      shop.append(record);
    }
    UsageRecord adjustment = shop.usage(subscription, "a1", Decimal(-4));
    adjustment.kind = UsageKind::adjustment;
    shop.append(adjustment);
    UsageRecord test_run = shop.usage(subscription, "t1", Decimal(1));
    test_run.kind = UsageKind::test;
    shop.append(test_run);
    const Cycle cycle{2018, 1};
    database.read([&](store::Tx& tx) {
      const UsageTotals totals = subscription_totals(shop.customer(), tx, subscription, cycle);
      CHECK(totals.calls == 20);
      CHECK(totals.successful == 19);
      CHECK(totals.failed == 1);
      CHECK(totals.units == Decimal(16));
      CHECK(totals.tokens_input == 40);
      CHECK(totals.tokens_output == 60);
      CHECK(totals.response_time_ms_avg == 105);
      CHECK(totals.response_time_ms_p95 == 190);
      CHECK(totals.cost_minor == Decimal(10));
      const auto by_day = subscription_days(shop.customer(), tx, subscription, cycle);
      REQUIRE(by_day.size() == 2);
      CHECK(by_day[0].date == Date{2018, 1, 1});
      CHECK(by_day[0].totals.calls == 15);
      CHECK(by_day[0].totals.units == Decimal(11));
      CHECK(by_day[0].totals.response_time_ms_p95 == 150);
      CHECK(by_day[1].totals.calls == 5);
      CHECK(by_day[1].totals.response_time_ms_p95 == 200);
      const Scope provider = Shop::scope_of(shop.provider_id());
      CHECK(agent_totals(provider, tx, shop.agent(), start_of(cycle), end_of(cycle)).calls == 20);
      CHECK(agent_totals(provider, tx, shop.agent(), start_of(cycle), start_of(cycle) + days(1)).calls == 15);
      CHECK(agent_totals(shop.customer(), tx, shop.agent(), start_of(cycle), end_of(cycle)).calls == 0);
      CHECK_THROWS_AS(subscription_totals(provider, tx, subscription, cycle), Refusal);
      CHECK_THROWS_AS(subscription_days(shop.customer(), tx, SubscriptionId::random(), cycle), Refusal);
    });
  });
}

TEST_CASE("reconcile finds invoiced usage that differs from the ledger") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const auto offering = shop.sell({component_of("cpu", BillingType::usage)}, {plan_of("p", {{"cpu", Decimal(3)}})});
    const SubscriptionId subscription = shop.order(offering, "p");
    shop.append(shop.usage(subscription, "r1", Decimal(10), "cpu"));
    CHECK(reconcile(database, std::nullopt).empty());
    // What closing an invoice leaves without its usage.
    database.write([&](store::Tx& tx) { tx.execute("UPDATE invoice SET state = 'created'"); });
    const auto differences = reconcile(database, Cycle{2018, 1});
    REQUIRE(differences.size() == 1);
    CHECK(differences.front().what.starts_with("invoiced usage of cpu"));
    CHECK(differences.front().stored == "0");
    CHECK(differences.front().recomputed == "10");
  });
}

}  // namespace guildhall::billing
