// The worked cases of contracts/cmp.md §9.8, from an order to the invoice.
#include "billing/invoices.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "billing_shop.h"
#include "invoice_rows.h"

namespace guildhall::billing {

using namespace samples;
using market::BillingType;
using Lines = std::vector<std::string>;

namespace {

market::Plan dearer(market::Plan plan) {
  plan.terms.price_minor = 10'000;
  return plan;
}

}  // namespace

TEST_CASE("B5: a fixed component is charged from its first day to the month's end") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2014-02-27");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed)}, {plan_of("p", {{"fee", Decimal(7)}})});
    shop.order(offering, "p");
    CHECK(shop.lines() == Lines{"0.08, 0.56"});
    const Invoice invoice = shop.running();
    CHECK(invoice.number == 100'001);
    CHECK(invoice.state == InvoiceState::pending);
    CHECK(invoice.items.front().unit == "month");
    CHECK(invoice.items.front().end == start_of(Cycle{2014, 3}) - 1);
    CHECK(invoice.total().text() == "0.56");
  });
}

TEST_CASE("B6: a plan switch charges its day twice") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed)},
                                    {plan_of("old", {{"fee", Decimal(100)}}), dearer(plan_of("new", {{"fee", Decimal(200)}}))});
    const SubscriptionId subscription = shop.order(offering, "old");
    CHECK(shop.lines() == Lines{"1, 100.00"});
    shop.go_to("2018-01-15");
    shop.switch_plan(subscription, offering, "new");
    CHECK(shop.lines() == Lines{"0.49, 49.00", "0.55, 110.00"});
    CHECK(shop.running().price().text(2) == "159.00");
  });
}

TEST_CASE("B7: a subscription ended at once costs a day, after two days three") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2014-02-07");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed)}, {plan_of("p", {{"fee", Decimal(7)}})});
    shop.end(shop.order(offering, "p"));
    CHECK(shop.lines() == Lines{"0.04, 0.28"});
    const SubscriptionId second = shop.order(offering, "p");
    shop.go_to("2014-02-09");
    shop.end(second);
    CHECK(shop.lines() == Lines{"0.04, 0.28", "0.11, 0.77"});
  });
}

TEST_CASE("B8, G1: limits charged by day and by month, ended early") {
  struct Case {
    const char* from;
    const char* to;
    const char* unit;
    std::int64_t price;
    std::int64_t limit;
    const char* line;
  };
  const Case cases[] = {{"2019-09-10", "2019-09-18", "day", 1, 3, "24, 24.00"},
                        {"2026-04-01", "2026-04-11", "month", 10, 4, "4, 40.00"},
                        {"2026-04-01", "2026-04-11", "day", 10, 4, "40, 400.00"}};
  for (const Case& one : cases) {
    CAPTURE(one.line);
    test::for_each_database([&](store::Database& database, ManualClock& clock) {
      Shop shop(database, clock, one.from);
      const auto offering = shop.sell({component_of("seats", BillingType::limit, "month")},
                                      {plan_of("p", {{"seats", Decimal(one.price)}}, one.unit)});
      const SubscriptionId subscription = shop.order(offering, "p", {{"seats", one.limit}});
      shop.go_to(one.to);
      shop.end(subscription);
      CHECK(shop.lines() == Lines{one.line});
    });
  }
}

TEST_CASE("G2, G3, G4: monthly limits that change within the month") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2017-01-01");
    const auto offering =
        shop.sell({component_of("seats", BillingType::limit, "month")}, {plan_of("p", {{"seats", Decimal(2)}})});
    const SubscriptionId up = shop.order(offering, "p", {{"seats", 10}});
    const SubscriptionId down = shop.order(offering, "p", {{"seats", 20}});
    const SubscriptionId both = shop.order(offering, "p", {{"seats", 10}});
    const SubscriptionId ended = shop.order(offering, "p", {{"seats", 4}});
    shop.go_to("2017-01-10");
    shop.set_limits(up, {{"seats", 20}});
    shop.set_limits(down, {{"seats", 10}});
    shop.set_limits(both, {{"seats", 5}});
    shop.set_limits(both, {{"seats", 20}});
    shop.go_to("2017-01-11");
    shop.set_limits(ended, {{"seats", 8}});
    shop.go_to("2017-01-21");
    shop.end(ended);
    CHECK(shop.lines() == Lines{"17.0967741935, 34.20", "13.2258064516, 26.46", "17.0967741935, 34.20", "6, 12.00"});
  });
}

TEST_CASE("G5: on a plan switch both months of a limit are prorated") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const auto offering = shop.sell({component_of("seats", BillingType::limit, "month")},
                                    {plan_of("old", {{"seats", Decimal(10)}}), dearer(plan_of("new", {{"seats", Decimal(20)}}))});
    const SubscriptionId subscription = shop.order(offering, "old", {{"seats", 4}});
    shop.go_to("2018-01-15");
    shop.switch_plan(subscription, offering, "new");
    CHECK(shop.lines() == Lines{"1.96, 19.60", "2.2, 44.00"});
  });
}

TEST_CASE("B9, B10, B11: a total limit is charged once and then by its differences") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const auto offering =
        shop.sell({component_of("space", BillingType::limit, "total")}, {plan_of("p", {{"space", Decimal(5)}})});
    const SubscriptionId up = shop.order(offering, "p", {{"space", 10}});
    shop.go_to("2018-01-05");
    shop.set_limits(up, {{"space", 20}});
    CHECK(shop.lines() == Lines{"10, 50.00", "10, 50.00"});
    shop.end(up);
    const SubscriptionId down = shop.order(offering, "p", {{"space", 10}});
    shop.set_limits(down, {{"space", 5}});
    CHECK(shop.lines() == Lines{"10, 50.00", "10, 50.00", "10, 50.00", "5, -25.00"});
    shop.go_to("2018-02-01");
    database.write([&](store::Tx& tx) { open_invoice(tx, shop.customer_id(), Cycle{2018, 2}); });
    CHECK(shop.lines().empty());
    shop.set_limits(down, {{"space", 6}});
    CHECK(shop.lines() == Lines{"1, 5.00"});
  });
}

TEST_CASE("one is charged with the first order, few with each change of plan") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const std::map<std::string, Decimal> prices{{"setup", Decimal(100)}, {"move", Decimal(50)}};
    const auto offering = shop.sell({component_of("setup", BillingType::one), component_of("move", BillingType::few)},
                                    {plan_of("old", prices), dearer(plan_of("new", prices))});
    const SubscriptionId subscription = shop.order(offering, "old");
    CHECK(shop.lines() == Lines{"1, 100.00"});
    shop.go_to("2018-01-15");
    shop.switch_plan(subscription, offering, "new");
    CHECK(shop.lines() == Lines{"1, 100.00", "1, 50.00"});
    shop.go_to("2018-02-03");
    CHECK(shop.lines().empty());
  });
}

TEST_CASE("B12: the next month's invoice has the whole month, computed and stored alike") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2017-01-15");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed)}, {plan_of("p", {{"fee", Decimal(100)}})});
    shop.order(offering, "p");
    CHECK(shop.lines() == Lines{"0.55, 55.00"});
    shop.go_to("2017-02-10");
    const Invoice draft = shop.running();
    CHECK(draft.number == 0);
    CHECK(draft.price().text(2) == "100.00");
    const auto list = database.read([&](store::Tx& tx) { return list_invoices(shop.customer(), tx); });
    REQUIRE(list.size() == 2);
    CHECK(list[0].id == draft.id);
    CHECK(list[1].price().text(2) == "55.00");
    const Invoice stored = database.write([&](store::Tx& tx) { return open_invoice(tx, shop.customer_id(), Cycle{2017, 2}); });
    CHECK(stored.id == draft.id);
    CHECK(stored.number == 100'002);
    CHECK(stored.price() == draft.price());
    CHECK(database.write([&](store::Tx& tx) { return open_invoice(tx, shop.customer_id(), Cycle{2017, 2}); }).number == 100'002);
    const Invoice found = database.read([&](store::Tx& tx) { return get_invoice(shop.customer(), tx, draft.id); });
    CHECK(found.number == 100'002);
  });
}

TEST_CASE("an order that opens the month late registers the other subscriptions from its start") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2017-01-15");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed), component_of("setup", BillingType::one)},
                                    {plan_of("p", {{"fee", Decimal(100)}, {"setup", Decimal(10)}})});
    shop.order(offering, "p");
    shop.go_to("2017-02-15");
    const SubscriptionId second = shop.order(offering, "p");
    CHECK(shop.lines() == Lines{"1, 100.00", "0.5, 50.00", "1, 10.00"});
    shop.go_to("2017-03-16");
    shop.end(second);
    CHECK(shop.lines() == Lines{"1, 100.00", "0.52, 52.00"});
  });
}

TEST_CASE("a plan switch that opens the month charges the old plan from its start") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2017-12-01");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed)},
                                    {plan_of("old", {{"fee", Decimal(100)}}), dearer(plan_of("new", {{"fee", Decimal(200)}}))});
    const SubscriptionId subscription = shop.order(offering, "old");
    shop.go_to("2018-01-15");
    shop.switch_plan(subscription, offering, "new");
    CHECK(shop.lines() == Lines{"0.49, 49.00", "0.55, 110.00"});
  });
}

TEST_CASE("a plan that counts from the month's start replaces what the month had begun with") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const auto offering = shop.sell({component_of("fee", BillingType::fixed)},
                                    {plan_of("old", {{"fee", Decimal(100)}}), dearer(plan_of("new", {{"fee", Decimal(200)}}))});
    const SubscriptionId subscription = shop.order(offering, "old");
    database.set_listener({});
    shop.switch_plan(subscription, offering, "new");
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    shop.go_to("2018-01-03");
    database.write([&](store::Tx& tx) {
      delivery::emit(tx, {.type = "subscription.updated",
                          .organization = shop.customer_id(),
                          .subject = subscription.uuid,
                          .payload = {{"old_plan", Shop::plan_named(offering, "old").text()},
                                      {"effective_at", start_of(Cycle{2018, 1}).us}}});
    });
    CHECK(shop.lines() == Lines{"1, 200.00"});
  });
}

TEST_CASE("no item for a limit of nothing, an offering that is not billable, or another's invoice") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    const std::vector components{component_of("fee", BillingType::fixed), component_of("seats", BillingType::limit, "month")};
    const auto free_offering = shop.sell(components, {plan_of("p", {{"fee", Decimal(100)}})}, false);
    shop.order(free_offering, "p", {{"seats", 3}});
    CHECK(shop.lines().empty());
    const auto offering = shop.sell(components, {plan_of("p", {{"fee", Decimal(0)}, {"seats", Decimal(1)}})});
    shop.order(offering, "p", {{"seats", 0}});
    CHECK(shop.lines() == Lines{"1, 0.00"});
    const InvoiceId id = shop.running().id;
    const auto reading = [&](const Scope& scope) { database.read([&](store::Tx& tx) { get_invoice(scope, tx, id); }); };
    CHECK_NOTHROW(reading(shop.customer()));
    CHECK_THROWS_AS(reading(Shop::scope_of(shop.provider_id())), Refusal);
    Scope powerless = shop.customer();
    powerless.rights = {};
    CHECK_THROWS_AS(reading(powerless), Refusal);
    CHECK_THROWS_AS(database.read([&](store::Tx& tx) { return running_invoice(shop.customer(), tx, Cycle{2017, 6}); }), Refusal);
  });
}

TEST_CASE("the amount of a fixed component multiplies its price") {
  test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop(database, clock, "2018-01-01");
    market::Plan plan = plan_of("p", {{"fee", Decimal(7)}});
    plan.quotas = {{"fee", 3}};
    shop.order(shop.sell({component_of("fee", BillingType::fixed)}, {plan}), "p");
    CHECK(shop.lines() == Lines{"1, 21.00"});
  });
}

}  // namespace guildhall::billing
