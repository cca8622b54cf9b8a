// Switching plans, prices of the future, the catalogue's lists, and what happens at the same time.
#include <doctest/doctest.h>

#include <atomic>
#include <set>
#include <thread>

#include "fixtures_for_test.h"
#include "order_flow.h"
#include "support/databases.h"

using namespace guildhall;
using namespace guildhall::market;
using namespace guildhall::market::test;

namespace {

struct Outcome {
  int succeeded = 0;
  std::vector<std::string> refusals;
};

/// Runs the body on `count` threads, each in a transaction of its own.
Outcome in_parallel(store::Database& database, int count, const std::function<void(store::Tx&)>& body) {
  std::mutex mutex;
  Outcome outcome;
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&] {
      std::string refusal;
      try {
        database.write([&](store::Tx& tx) { body(tx); });
      } catch (const Refusal& refused) {
        refusal = std::string(name(refused.code)) + " " + refused.message;
      }
      const std::lock_guard lock(mutex);
      if (refusal.empty()) {
        ++outcome.succeeded;
      } else {
        outcome.refusals.push_back(refusal);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  return outcome;
}

}  // namespace

TEST_CASE("an upgrade is more money, or as much quota for the same; custom is the highest") {
  const auto plan = [](std::int64_t price, std::optional<std::int64_t> quota, bool custom = false,
                       const char* period = "monthly") {
    Plan made = plan_of("P", price, quota);
    made.terms.custom_pricing = custom;
    made.terms.billing_period = period;
    return made;
  };
  CHECK(is_upgrade(plan(0, 100), plan(2900, 1000)));
  CHECK_FALSE(is_upgrade(plan(2900, 1000), plan(0, 100)));
  CHECK(is_upgrade(plan(2900, 1000), plan(2900, 1000)));
  CHECK(is_upgrade(plan(2900, 1000), plan(2900, 1001)));
  CHECK_FALSE(is_upgrade(plan(2900, 1000), plan(2900, 999)));
  CHECK(is_upgrade(plan(2900, 1000), plan(2900, std::nullopt)));
  CHECK_FALSE(is_upgrade(plan(2900, std::nullopt), plan(2900, 1000)));
  CHECK(is_upgrade(plan(9900, std::nullopt), plan(0, 1, true)));
  CHECK_FALSE(is_upgrade(plan(0, std::nullopt, true), plan(99'900, std::nullopt)));
  CHECK(is_upgrade(plan(1000, 1), plan(12'001, 1, false, "yearly")));
  CHECK_FALSE(is_upgrade(plan(1000, 1), plan(11'999, 1, false, "yearly")));
}

TEST_CASE("an upgrade acts at once, a downgrade waits for the first of the next month and can be taken back") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const auto [m, id] = database.write([](store::Tx& tx) {
      const Market market = make_market(tx);
      const SubscriptionId subscription = place_order(market.buying, tx, order_for(market, market.internal, "Free")).subscription;
      const PlanId free = plan_named(market.internal, "Free").id;
      const PlanId starter = plan_named(market.internal, "Starter").id;
      CHECK(switch_plan(market.buying, tx, subscription, starter).state == OrderState::done);
      CHECK(subscription_by_id(tx, subscription)->plan == starter);
      CHECK(event_types(tx, market.customer, "subscription.updated").size() == 1);
      CHECK(switch_plan(market.buying, tx, subscription, free).state == OrderState::done);
      CHECK(subscription_by_id(tx, subscription)->plan == starter);
      CHECK(subscription_by_id(tx, subscription)->pending_plan == free);
      CHECK(event_types(tx, market.customer, "subscription.updated").size() == 1);
      CHECK(refusal_of([&] { switch_plan(market.buying, tx, subscription, free); }) == Code::validation_failed);
      cancel_pending_plan(market.buying, tx, subscription);
      CHECK_FALSE(subscription_by_id(tx, subscription)->pending_plan.has_value());
      switch_plan(market.buying, tx, subscription, free);
      return std::pair(market, subscription);
    });
    CHECK(database.write([](store::Tx& tx) { return apply_pending_plans(tx, tx.now()); }) == 0);
    clock.set(start_of(Date{2026, 4, 1}) + seconds(300));
    CHECK(database.write([](store::Tx& tx) { return apply_pending_plans(tx, tx.now()); }) == 1);
    CHECK(database.write([](store::Tx& tx) { return apply_pending_plans(tx, tx.now()); }) == 0);
    database.write([&, market = m, subscription = id](store::Tx& tx) {
      CHECK(subscription_by_id(tx, subscription)->plan == plan_named(market.internal, "Free").id);
      const auto events = delivery::events_of(tx, market.customer, {}, 1000);
      json::Object last;
      for (const auto& stored : events) {
        if (stored.event.type == "subscription.updated" && stored.occurred_at == tx.now()) last = stored.event.payload;
      }
      CHECK(last.at("old_plan").as_string() == plan_named(market.internal, "Starter").id.text());
      CHECK(last.at("plan").as_string() == plan_named(market.internal, "Free").id.text());
      switch_plan(market.buying, tx, subscription, plan_named(market.internal, "Enterprise").id);
      switch_plan(market.buying, tx, subscription, plan_named(market.internal, "Free").id);
    });
    CHECK(database.write([](store::Tx& tx) { return apply_pending_plans(tx, tx.now()); }) == 0);
  });
}

TEST_CASE("an external plan switch changes nothing until its provider is done, and a refused one leaves the old plan") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const Order created = place_order(m.buying, tx, order_for(m, m.slurm));
      act_on_order(m.selling, tx, created.id, OrderAction::approve_by_provider, "");
      act_on_order(m.selling, tx, created.id, OrderAction::set_state_done, "");
      const Order refused = switch_plan(m.buying, tx, created.subscription, plan_named(m.slurm, "Starter").id);
      CHECK(subscription_by_id(tx, created.subscription)->state == SubscriptionState::updating);
      CHECK(refusal_of([&] { update_limits(m.buying, tx, created.subscription, {{"seats", 2}}); }) == Code::validation_failed);
      act_on_order(m.selling, tx, refused.id, OrderAction::reject_by_provider, "");
      CHECK(subscription_by_id(tx, created.subscription)->state == SubscriptionState::ok);
      CHECK(subscription_by_id(tx, created.subscription)->plan == plan_named(m.slurm, "Free").id);
      const Order limits = update_limits(m.buying, tx, created.subscription, {{"seats", 3}});
      CHECK(subscription_by_id(tx, created.subscription)->limits.at("seats") == 1);
      act_on_order(m.selling, tx, limits.id, OrderAction::approve_by_provider, "");
      act_on_order(m.selling, tx, limits.id, OrderAction::set_state_done, "");
      CHECK(subscription_by_id(tx, created.subscription)->limits.at("seats") == 3);
      const Order erring = update_limits(m.buying, tx, created.subscription, {{"seats", 4}});
      act_on_order(m.selling, tx, erring.id, OrderAction::approve_by_provider, "");
      act_on_order(m.selling, tx, erring.id, OrderAction::set_state_erred, "no room");
      CHECK(subscription_by_id(tx, created.subscription)->state == SubscriptionState::erred);
      CHECK(subscription_by_id(tx, created.subscription)->limits.at("seats") == 3);
      CHECK(refusal_of([&] { update_limits(m.buying, tx, created.subscription, {{"seats", 5}}); }) == Code::invalid_transition);
    });
  });
}

TEST_CASE("of parallel orders on the last place of a plan, one is accepted") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const auto [m, order] = database.write([](store::Tx& tx) {
      const Market market = make_market(tx);
      Plan plan = plan_named(market.internal, "Free");
      plan.max_amount = 2;
      update_plan(market.selling, tx, plan);
      place_order(market.buying, tx, order_for(market, market.internal));
      return std::pair(market, order_for(market, market.internal));
    });
    const Outcome outcome =
        in_parallel(database, 4, [&, market = m, values = order](store::Tx& tx) { place_order(market.buying, tx, values); });
    CHECK(outcome.succeeded == 1);
    REQUIRE(outcome.refusals.size() == 3);
    for (const std::string& refusal : outcome.refusals) CHECK(refusal.find("plan 'Free' is full") != std::string::npos);
  });
}

TEST_CASE("of parallel plan switches on one subscription one is accepted, internal and external") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const auto [m, internal, external] = database.write([](store::Tx& tx) {
      const Market market = make_market(tx);
      const Order one = place_order(market.buying, tx, order_for(market, market.internal));
      const Order two = place_order(market.buying, tx, order_for(market, market.basic));
      act_on_order(market.selling, tx, two.id, OrderAction::approve_by_provider, "");
      return std::tuple(market, one.subscription, two.subscription);
    });
    const Outcome instant = in_parallel(database, 2, [&, market = m, id = internal](store::Tx& tx) {
      switch_plan(market.buying, tx, id, plan_named(market.internal, "Starter").id);
    });
    CHECK(instant.succeeded == 1);
    REQUIRE(instant.refusals.size() == 1);
    CHECK(instant.refusals[0].starts_with("validation_failed"));
    const Outcome reviewed = in_parallel(database, 3, [&, market = m, id = external](store::Tx& tx) {
      switch_plan(market.buying, tx, id, plan_named(market.basic, "Starter").id);
    });
    CHECK(reviewed.succeeded == 1);
    for (const std::string& refusal : reviewed.refusals)
      CHECK(refusal == "validation_failed Pending order for resource already exists");
    const Outcome limits = in_parallel(
        database, 2, [&, market = m, id = internal](store::Tx& tx) { update_limits(market.buying, tx, id, {{"seats", 7}}); });
    CHECK(limits.succeeded == 1);
  });
}

TEST_CASE("prices of a plan in use wait for the next month, of an unused one they act at once") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const PlanId starter = plan_named(m.internal, "Starter").id;
      CHECK(update_prices(m.selling, tx, starter, {{"fee", Decimal(11)}}).prices.at("fee") == Decimal(11));
      place_order(m.buying, tx, order_for(m, m.internal, "Starter"));
      Plan plan = update_prices(m.selling, tx, starter, {{"fee", Decimal::of("12.345")}, {"calls", Decimal::of("0.0000000001")}});
      CHECK(plan.prices.at("fee") == Decimal(11));
      CHECK(plan.future_prices.at("fee") == Decimal::of("12.345"));
      CHECK_FALSE(plan.prices.contains("calls"));
      CHECK(apply_future_prices(tx) == 2);
      CHECK(apply_future_prices(tx) == 0);
      plan = plan_by_id(tx, starter);
      CHECK(plan.prices.at("fee") == Decimal::of("12.345"));
      CHECK(plan.prices.at("calls") == Decimal::of("0.0000000001"));
      CHECK(plan.future_prices.empty());
      CHECK(plan.quotas.at("fee") == 1);
      CHECK(update_quotas(m.selling, tx, starter, {{"fee", 4}}).quotas.at("fee") == 4);
    });
  });
}

TEST_CASE("a plan's terms come back as they went in") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      Plan values = plan_of("Pro Plan", 9900, 10'000);
      values.description = "Für Profis";
      values.unit = "day";
      values.max_amount = 5;
      values.terms.rate_limit_per_second = Decimal::of("0.5");
      values.terms.burst = 100;
      values.terms.bills_overage = true;
      values.terms.overage_price = Decimal::of("0.015");
      values.terms.features = {"branding", "öffnungszeiten"};
      values.terms.billing_period = "yearly";
      values.terms.billable_unit = "token";
      const Plan stored = plan_by_id(tx, add_plan(m.selling, tx, m.internal.id, values).id);
      CHECK(stored.terms.slug == "pro-plan");
      CHECK(stored.description == "Für Profis");
      CHECK(stored.max_amount == 5);
      CHECK(stored.terms.price_minor == 9900);
      CHECK(stored.terms.monthly_quota == 10'000);
      CHECK(stored.terms.rate_limit_per_second == Decimal::of("0.5"));
      CHECK(stored.terms.burst == 100);
      CHECK(stored.terms.bills_overage);
      CHECK(stored.terms.overage_price == Decimal::of("0.015"));
      CHECK(stored.terms.features == values.terms.features);
      CHECK(stored.terms.billing_period == "yearly");
      CHECK(stored.terms.billable_unit == "token");
      CHECK(get_offering(m.selling, tx, m.internal.id).plans.size() == 4);
    });
  });
}

TEST_CASE("anybody sees shared offerings that are Active or Paused, found by name, keyword, category, provider and state") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      Market m = make_market(tx);
      CHECK(list_categories(tx).size() == 6);
      ensure_categories(tx);
      CHECK(list_categories(tx).size() == 6);
      CHECK(get_category(tx, "CUSTOM").offering_count == 3);
      CHECK(refusal_of([&] { get_category(tx, "nothing"); }) == Code::not_found);
      create_offering(m.selling, tx, offering_of(tx, "A Draft"));
      CHECK(public_offerings(tx, {}).total == 3);
      CHECK(provider_offerings(m.selling, tx, {}).total == 4);
      CHECK(provider_offerings(m.buying, tx, {}).total == 0);
      CHECK(public_offering(tx, m.basic.id).organization_name == "Seller");
      m.basic.is_shared = false;
      m.basic.description = "Straße 100% günstig";
      update_offering(m.selling, tx, m.basic);
      CHECK(public_offerings(tx, {}).total == 2);
      CHECK(refusal_of([&] { public_offering(tx, m.basic.id); }) == Code::not_found);
      CHECK(refusal_of([&] { get_offering(m.buying, tx, m.basic.id); }) == Code::not_found);
      change_offering_state(m.selling, tx, m.slurm.id, OfferingState::paused, "holidays");
      OfferingFilter filter;
      filter.states = {OfferingState::paused};
      REQUIRE(public_offerings(tx, filter).total == 1);
      CHECK(public_offerings(tx, filter).items[0].paused_reason == "holidays");
      filter = {};
      filter.keyword = "STRASSE 100%";
      CHECK(provider_offerings(m.selling, tx, filter).total == 1);
      filter.keyword = "100_";
      CHECK(provider_offerings(m.selling, tx, filter).total == 0);
      filter = {};
      filter.name_exact = "Assistant";
      CHECK(public_offerings(tx, filter).total == 1);
      filter = {};
      filter.order = "name";
      filter.limit = 1;
      CHECK(public_offerings(tx, filter).items.at(0).name == "Assistant");
      CHECK(public_offerings(tx, filter).total == 2);
      filter.order = "-name";
      CHECK(public_offerings(tx, filter).items.at(0).name == "Cluster");
      filter = {};
      filter.category = get_category(tx, "sales").id;
      CHECK(public_offerings(tx, filter).total == 0);
      CHECK(offering_of_agent(tx, m.provider, *m.internal.agent)->id == m.internal.id);
      CHECK_FALSE(offering_of_agent(tx, m.customer, *m.internal.agent).has_value());
      Offering second = offering_of(tx, "Second");
      second.agent = m.internal.agent;
      CHECK(refusal_of([&] { create_offering(m.selling, tx, second); }) == Code::conflict);
    });
  });
}

TEST_CASE("every name on the wire reads back") {
  std::set<std::string_view> names;
  for (int i = 0; i < 9; ++i) {
    const auto state = static_cast<OrderState>(i);
    CHECK(parse_order_state(wire_name(state)) == state);
    names.insert(wire_name(state));
  }
  CHECK(names.size() == 9);
  for (int i = 0; i < 6; ++i) {
    const auto state = static_cast<SubscriptionState>(i);
    CHECK(parse_subscription_state(wire_name(state)) == state);
    CHECK_FALSE(registry_name(state).empty());
  }
  for (int i = 0; i < 5; ++i) CHECK(parse_billing_type(wire_name(static_cast<BillingType>(i))) == static_cast<BillingType>(i));
  for (int i = 0; i < 4; ++i)
    CHECK(parse_offering_state(wire_name(static_cast<OfferingState>(i))) == static_cast<OfferingState>(i));
  CHECK_FALSE(parse_order_state("Done").has_value());
  CHECK(registry_name(SubscriptionState::ok) == "OK");
}

TEST_CASE("a provider registers once, waits where approval is required, and accepts terms") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const identity::Account ada = person(tx, "ada");
      const OrganizationId id = company(tx, ada, "Acme");
      const Scope owner = scope_of(tx, ada, id);
      CHECK(refusal_of([&] { accept_terms(owner, tx); }) == Code::not_found);
      const ServiceProvider provider = register_provider(owner, tx, "We build.", true);
      CHECK(provider.state == ProviderState::pending);
      CHECK(provider.revenue_share == Decimal::of("0.70"));
      CHECK_FALSE(scope_of(tx, ada, id).may(Right::provide_agents));
      CHECK(refusal_of([&] { set_provider_state(owner, tx, provider.id, ProviderState::approved); }) == Code::permission_denied);
      set_provider_state(identity::system_scope(id, "t"), tx, provider.id, ProviderState::approved);
      CHECK(scope_of(tx, ada, id).may(Right::provide_agents));
      accept_terms(owner, tx);
      CHECK(get_provider(tx, provider.id).terms_accepted_at == tx.now());
      CHECK(list_providers(tx).size() == 1);
      CHECK(event_types(tx, id, "provider.registered").size() == 1);
      CHECK(refusal_of([&] { get_provider(tx, ServiceProviderId::random()); }) == Code::not_found);
    });
  });
}
