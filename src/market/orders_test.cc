// The life of orders and subscriptions (contracts/cmp.md §7.2, §7.3, §8).
#include <doctest/doctest.h>

#include "fixtures_for_test.h"
#include "identity/audit.h"
#include "support/databases.h"

using namespace guildhall;
using namespace guildhall::market;
using namespace guildhall::market::test;
using identity::Role;

namespace {

Subscription subscription_now(store::Tx& tx, SubscriptionId id) {
  return *subscription_by_id(tx, id);
}

Scope member_with(store::Tx& tx, const Market& market, Role role) {
  const identity::Account account = person(tx, "m" + AccountId::random().hex().substr(0, 10));
  const bool in_project = role == Role::project_admin || role == Role::project_manager || role == Role::project_member;
  identity::grant(market.buying, tx, account.id, role, in_project ? std::optional(market.project) : std::nullopt, {});
  return scope_of(tx, account, market.customer);
}

}  // namespace

TEST_CASE("an owner's order for an internal offering is done at once, in one transaction, and says so in order") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const auto [market, order] = database.write([](store::Tx& tx) {
      Market m = make_market(tx);
      NewOrder values = order_for(m, m.internal, "Starter");
      values.name = "Help desk";
      return std::pair(m, place_order(m.buying, tx, values));
    });
    database.read([&, m = market, o = order](store::Tx& tx) {
      CHECK(o.state == OrderState::done);
      CHECK(o.completed_at == tx.now());
      CHECK(o.consumer_reviewed_by == m.owner.id);
      const Subscription subscription = get_subscription(m.buying, tx, o.subscription);
      CHECK(subscription.state == SubscriptionState::ok);
      CHECK(subscription.activated_at == tx.now());
      CHECK(subscription.name == "Help desk");
      CHECK(subscription.slug == "help-desk");
      CHECK(subscription.agent == m.internal.agent);
      CHECK(subscription.provider == m.provider);
      CHECK(subscription.limits == std::map<std::string, std::int64_t>{{"seats", 1}});
      CHECK(subscription.creation_order == o.id);
      CHECK(plan_by_id(tx, o.plan).subscriptions_count == 1);
      const auto events = delivery::events_of(tx, m.customer, {}, 100);
      std::vector<std::string> types;
      for (const auto& stored : events) {
        if (!stored.event.type.starts_with("order.") && !stored.event.type.starts_with("subscription.")) continue;
        types.push_back(stored.event.type);
        CHECK(stored.event.payload.at("subscription").as_string() == o.subscription.text());
        CHECK(stored.event.payload.at("agent").as_string() == m.internal.agent->text());
        CHECK(stored.event.payload.at("plan").as_string() == o.plan.text());
        CHECK_FALSE(stored.event.payload.contains("attributes"));
      }
      std::sort(types.begin(), types.end());
      CHECK(types == std::vector<std::string>{"order.approved", "order.completed", "order.created", "subscription.activated"});
      CHECK_FALSE(identity::first_broken_audit_row(tx, m.customer).has_value());
    });
  });
}

TEST_CASE("who needs the customer's approval follows the contract's list, first match first") {
  struct Row {
    const char* name;
    Role role;
    bool is_private;
    OrderState expected;
  };
  const std::vector<Row> rows{
      {"owner", Role::customer_owner, false, OrderState::done},
      {"manager", Role::customer_manager, false, OrderState::pending_consumer},
      {"project admin", Role::project_admin, false, OrderState::pending_consumer},
      {"project manager", Role::project_manager, false, OrderState::pending_consumer},
      {"project member", Role::project_member, false, OrderState::pending_consumer},
      {"owner, private", Role::customer_owner, true, OrderState::done},
      {"manager, private", Role::customer_manager, true, OrderState::pending_consumer},
      {"project admin, private", Role::project_admin, true, OrderState::done},
      {"project manager, private", Role::project_manager, true, OrderState::done},
      {"project member, private", Role::project_member, true, OrderState::pending_consumer},
  };
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    const Market market = database.write([](store::Tx& tx) { return make_market(tx); });
    for (const Row& row : rows) {
      CAPTURE(row.name);
      try_out(database, [&](store::Tx& tx) {
        Market m = market;
        if (row.is_private) {
          register_provider(m.buying, tx, "Own", false);
          m.buying = scope_of(tx, m.owner, m.customer);
          m.internal = sold_offering(m.buying, tx, "Own", "Marketplace.Basic", true);
          m.internal.is_shared = false;
          m.internal = update_offering(m.buying, tx, m.internal);
        }
        const Order order = place_order(member_with(tx, m, row.role), tx, order_for(m, m.internal));
        CHECK(order.state == row.expected);
        const SubscriptionState state = row.expected == OrderState::done ? SubscriptionState::ok : SubscriptionState::creating;
        CHECK(subscription_now(tx, order.subscription).state == state);
      });
    }
    try_out(database, [&](store::Tx& tx) {
      const Scope viewer = member_with(tx, market, Role::customer_support);
      CHECK(refusal_of([&] { place_order(viewer, tx, order_for(market, market.internal)); }) == Code::permission_denied);
      const Scope staff = scope_of(tx, person(tx, "root", true), market.customer);
      CHECK(place_order(staff, tx, order_for(market, market.internal)).state == OrderState::done);
      CHECK(refusal_of([&] { place_order(market.selling, tx, order_for(market, market.internal)); }) == Code::not_found);
    });
    try_out(database, [&](store::Tx& tx) {
      Market m = market;
      register_provider(m.buying, tx, "Own", false);
      m.buying = scope_of(tx, m.owner, m.customer);
      m.internal = sold_offering(m.buying, tx, "Own", "Marketplace.Basic", true);
      m.internal.plugin_options["auto_approve_in_service_provider_projects"] = true;
      update_offering(m.buying, tx, m.internal);
      CHECK(place_order(member_with(tx, m, Role::project_member), tx, order_for(m, m.internal)).state == OrderState::done);
    });
  });
}

TEST_CASE(
    "an external Basic order waits for its provider and is done with the approval; disable_autoapprove makes an internal one "
    "wait") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      Market m = make_market(tx);
      Order order = place_order(m.buying, tx, order_for(m, m.basic));
      CHECK(order.state == OrderState::pending_provider);
      order = act_on_order(m.selling, tx, order.id, OrderAction::approve_by_provider, "");
      CHECK(order.state == OrderState::done);
      CHECK(order.provider_reviewed_by == m.provider_owner.id);
      CHECK(subscription_now(tx, order.subscription).state == SubscriptionState::ok);
      CHECK(refusal_of([&] { act_on_order(m.selling, tx, order.id, OrderAction::approve_by_provider, ""); }) ==
            Code::invalid_transition);
      m.internal.plugin_options["disable_autoapprove"] = true;
      update_offering(m.selling, tx, m.internal);
      order = place_order(m.buying, tx, order_for(m, m.internal));
      CHECK(order.state == OrderState::pending_provider);
      CHECK(act_on_order(m.selling, tx, order.id, OrderAction::approve_by_provider, "").state == OrderState::done);
    });
  });
}

TEST_CASE("a Slurm order executes until its provider ends it, and an erred one is tried again") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const Order order = place_order(m.buying, tx, order_for(m, m.slurm));
      CHECK(order.state == OrderState::pending_provider);
      CHECK(act_on_order(m.selling, tx, order.id, OrderAction::set_state_executing, "").state == OrderState::executing);
      const Order erred = act_on_order(m.selling, tx, order.id, OrderAction::set_state_erred, "no nodes");
      CHECK(erred.error_message == "no nodes");
      CHECK(subscription_now(tx, order.subscription).state == SubscriptionState::erred);
      CHECK(subscription_now(tx, order.subscription).error_message == "no nodes");
      CHECK(count_live_subscriptions_of_offering(tx, m.slurm.id) == 0);
      CHECK(act_on_order(m.selling, tx, order.id, OrderAction::set_state_executing, "").state == OrderState::executing);
      CHECK(subscription_now(tx, order.subscription).state == SubscriptionState::creating);
      CHECK(act_on_order(m.selling, tx, order.id, OrderAction::set_state_done, "").state == OrderState::done);
      CHECK(subscription_now(tx, order.subscription).state == SubscriptionState::ok);
      CHECK(subscription_now(tx, order.subscription).error_message.empty());
      CHECK(set_backend_id(m.selling, tx, order.subscription, "slurm-7").backend_id == "slurm-7");
      CHECK(refusal_of([&] { set_backend_id(m.buying, tx, order.subscription, "x"); }) == Code::not_found);
    });
  });
}

TEST_CASE("a refused, canceled or deleted Create order leaves a Terminated subscription") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const Scope member = member_with(tx, m, Role::project_member);
      const Order first = place_order(member, tx, order_for(m, m.internal));
      const Order rejected = act_on_order(m.buying, tx, first.id, OrderAction::reject_by_consumer, "too dear");
      CHECK(rejected.state == OrderState::rejected);
      CHECK(rejected.consumer_rejection_comment == "too dear");
      CHECK(subscription_now(tx, first.subscription).state == SubscriptionState::terminated);
      const Order second = place_order(m.buying, tx, order_for(m, m.basic));
      CHECK(act_on_order(m.selling, tx, second.id, OrderAction::reject_by_provider, "full").provider_rejection_comment == "full");
      CHECK(subscription_now(tx, second.subscription).state == SubscriptionState::terminated);
      const Order third = place_order(m.buying, tx, order_for(m, m.basic));
      CHECK(act_on_order(m.buying, tx, third.id, OrderAction::cancel, "").state == OrderState::canceled);
      const Order fourth = place_order(m.buying, tx, order_for(m, m.basic));
      CHECK(refusal_of([&] { delete_order(m.selling, tx, fourth.id); }) == Code::permission_denied);
      delete_order(m.buying, tx, fourth.id);
      CHECK(refusal_of([&] { get_order(m.buying, tx, fourth.id); }) == Code::not_found);
      CHECK(subscription_now(tx, fourth.subscription).state == SubscriptionState::terminated);
      const Order fifth = place_order(m.buying, tx, order_for(m, m.basic));
      CHECK(refusal_of([&] { unlink_order(m.buying, tx, fifth.id); }) == Code::permission_denied);
      unlink_order(identity::system_scope(m.customer, "t"), tx, fifth.id);
      CHECK(subscription_now(tx, fifth.subscription).state == SubscriptionState::creating);
      CHECK(event_types(tx, m.customer, "subscription.").empty());
      CHECK(refusal_of([&] { delete_order(m.buying, tx, second.id); }) == Code::invalid_transition);
    });
  });
}

TEST_CASE("terminating goes through the order's reviews, and a refused one returns to where it was") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const Order internal = place_order(m.buying, tx, order_for(m, m.internal));
      const Order ended = terminate(m.buying, tx, internal.subscription);
      CHECK(ended.state == OrderState::done);
      CHECK(ended.type == OrderType::terminate);
      CHECK_FALSE(ended.cost.has_value());
      CHECK(subscription_now(tx, internal.subscription).state == SubscriptionState::terminated);
      CHECK(subscription_now(tx, internal.subscription).terminated_at == tx.now());
      CHECK(event_types(tx, m.customer, "subscription.terminated").size() == 1);
      CHECK(refusal_of([&] { terminate(m.buying, tx, internal.subscription); }) == Code::invalid_transition);

      const Order external = place_order(m.buying, tx, order_for(m, m.slurm));
      CHECK(refusal_of([&] { terminate(m.buying, tx, external.subscription); }) == Code::validation_failed);
      act_on_order(m.selling, tx, external.id, OrderAction::approve_by_provider, "");
      act_on_order(m.selling, tx, external.id, OrderAction::set_state_done, "");
      const Order leaving = terminate(m.buying, tx, external.subscription);
      CHECK(leaving.state == OrderState::pending_provider);
      CHECK(subscription_now(tx, external.subscription).state == SubscriptionState::terminating);
      try {
        terminate(m.buying, tx, external.subscription);
        FAIL("a second order was accepted");
      } catch (const Refusal& refusal) {
        CHECK(refusal.message == "Pending order for resource already exists");
        CHECK(refusal.code == Code::validation_failed);
      }
      act_on_order(m.selling, tx, leaving.id, OrderAction::reject_by_provider, "");
      CHECK(subscription_now(tx, external.subscription).state == SubscriptionState::ok);
      const Order by_provider = terminate(m.selling, tx, external.subscription);
      CHECK(by_provider.consumer_reviewed_by == m.provider_owner.id);
      CHECK(by_provider.state == OrderState::pending_provider);
      act_on_order(m.selling, tx, by_provider.id, OrderAction::approve_by_provider, "");
      CHECK(act_on_order(m.selling, tx, by_provider.id, OrderAction::set_state_done, "").state == OrderState::done);
      CHECK(subscription_now(tx, external.subscription).state == SubscriptionState::terminated);
    });
  });
}

TEST_CASE("a provider who is not its owner asks the customer before terminating, and it works in a removed project") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const identity::Account seller = person(tx, "agent");
      identity::grant(m.selling, tx, seller.id, Role::provider, {}, {});
      const Order order = place_order(m.buying, tx, order_for(m, m.internal));
      const Order asked = terminate(scope_of(tx, seller, m.provider), tx, order.subscription);
      CHECK(asked.state == OrderState::pending_consumer);
      act_on_order(m.buying, tx, asked.id, OrderAction::reject_by_consumer, "");
      CHECK(subscription_now(tx, order.subscription).state == SubscriptionState::ok);
      CHECK(count_live_subscriptions_of_project(tx, m.customer, m.project) == 1);
      identity::remove_project(m.buying, tx, m.project);
      CHECK(terminate(m.buying, tx, order.subscription).state == OrderState::done);
      CHECK(count_live_subscriptions_of_project(tx, m.customer, m.project) == 0);
    });
  });
}

TEST_CASE("orders wait for their project's or their own start date and go on by the hourly job") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const auto [m, by_project, by_date] = database.write([](store::Tx& tx) {
      const Market market = make_market(tx);
      identity::Project project = identity::get_project(market.buying, tx, market.project);
      project.start_date = Date{2026, 3, 4};
      identity::update_project(market.buying, tx, project);
      const Order first = place_order(market.buying, tx, order_for(market, market.internal));
      project.start_date.reset();
      identity::update_project(market.buying, tx, project);
      NewOrder later = order_for(market, market.internal);
      later.start_date = Date{2026, 3, 3};
      const Order second = place_order(market.buying, tx, later);
      project.start_date = Date{2026, 3, 4};
      identity::update_project(market.buying, tx, project);
      return std::tuple(market, first, second);
    });
    CHECK(by_project.state == OrderState::pending_project);
    CHECK(by_date.state == OrderState::pending_start_date);
    CHECK(database.write([](store::Tx& tx) { return release_waiting_orders(tx); }) == 0);
    clock.advance(days(2));
    CHECK(database.write([](store::Tx& tx) { return release_waiting_orders(tx); }) == 2);
    database.read([&, market = m, a = by_project, b = by_date](store::Tx& tx) {
      CHECK(get_order(market.buying, tx, a.id).state == OrderState::done);
      CHECK(get_order(market.buying, tx, b.id).state == OrderState::done);
    });
    CHECK(database.write([](store::Tx& tx) { return release_waiting_orders(tx); }) == 0);
  });
}

TEST_CASE("an order that executes too long errs; without a backend id its subscription is Terminated") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    const auto [m, bare, named] = database.write([](store::Tx& tx) {
      const Market market = make_market(tx);
      const Order first = place_order(market.buying, tx, order_for(market, market.slurm));
      const Order second = place_order(market.buying, tx, order_for(market, market.slurm));
      act_on_order(market.selling, tx, first.id, OrderAction::approve_by_provider, "");
      act_on_order(market.selling, tx, second.id, OrderAction::approve_by_provider, "");
      set_backend_id(market.selling, tx, second.subscription, "node-1");
      return std::tuple(market, first, second);
    });
    const std::int64_t timeout_us = seconds(7200);
    clock.advance(timeout_us);
    CHECK(database.write([&](store::Tx& tx) { return expire_executing_orders(tx, timeout_us); }) == 0);
    clock.advance(1);
    CHECK(database.write([&](store::Tx& tx) { return expire_executing_orders(tx, timeout_us); }) == 2);
    database.write([&, market = m, a = bare, b = named](store::Tx& tx) {
      CHECK(get_order(market.buying, tx, a.id).state == OrderState::erred);
      CHECK(subscription_now(tx, a.subscription).state == SubscriptionState::terminated);
      CHECK(subscription_now(tx, b.subscription).state == SubscriptionState::erred);
      CHECK(refusal_of([&] { act_on_order(market.selling, tx, a.id, OrderAction::set_state_executing, ""); }) ==
            Code::validation_failed);
      CHECK(terminate(market.buying, tx, b.subscription).type == OrderType::terminate);
    });
  });
}

TEST_CASE("the cost of an order is that of G12, exactly") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      NewOrder values = order_for(m, m.internal, "Starter");
      values.limits = {{"seats", 5}};
      const Order order = place_order(m.buying, tx, values);
      CHECK(order.cost->text(10) == "120.0000000000");
      values.plan = plan_named(m.internal, "Free").id;
      const Order free = place_order(m.buying, tx, values);
      CHECK(free.cost->text(10) == "0.0000000000");
      const Order update = switch_plan(m.buying, tx, free.subscription, plan_named(m.internal, "Starter").id);
      CHECK(update.cost->text(10) == "70.0000000000");
      CHECK(update.old_plan == plan_named(m.internal, "Free").id);
    });
  });
}

TEST_CASE("orders and subscriptions of others are not found, and lists hold only one's own side") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const identity::Account eve = person(tx, "eve");
      const Scope stranger = scope_of(tx, eve, company(tx, eve, "Stranger"));
      std::vector<Order> orders;
      for (int i = 0; i < 12; ++i) {
        NewOrder values = order_for(m, i % 3 == 0 ? m.basic : m.internal, i % 2 == 0 ? "Free" : "Starter");
        values.name = "Sub_" + std::to_string(i) + "%";
        orders.push_back(place_order(m.buying, tx, values));
      }
      CHECK(refusal_of([&] { get_order(stranger, tx, orders[0].id); }) == Code::not_found);
      CHECK(refusal_of([&] { get_subscription(stranger, tx, orders[0].subscription); }) == Code::not_found);
      CHECK(refusal_of([&] { provided_subscription(stranger, tx, orders[0].subscription); }) == Code::not_found);
      CHECK(refusal_of([&] { provided_subscription(m.buying, tx, orders[0].subscription); }) == Code::not_found);
      CHECK(refusal_of([&] { get_subscription(m.selling, tx, orders[0].subscription); }) == Code::not_found);
      CHECK(provided_subscription(m.selling, tx, orders[0].subscription).id == orders[0].subscription);
      for (const OrderAction action : {OrderAction::cancel, OrderAction::approve_by_provider}) {
        CHECK(refusal_of([&] { act_on_order(stranger, tx, orders[0].id, action, ""); }) == Code::not_found);
      }
      CHECK(refusal_of([&] { terminate(stranger, tx, orders[1].subscription); }) == Code::not_found);
      CHECK(list_orders(stranger, tx, {}).total == 0);
      OrderFilter filter;
      filter.limit = 5;
      filter.offset = 10;
      const OrderPage page = list_orders(m.buying, tx, filter);
      CHECK(page.total == 12);
      CHECK(page.items.size() == 2);
      CHECK(list_orders(m.selling, tx, {}).total == 12);
      filter = {};
      filter.states = {OrderState::pending_provider, OrderState::rejected};
      CHECK(list_orders(m.selling, tx, filter).total == 4);
      filter = {};
      filter.order = "-cost";
      CHECK(list_orders(m.buying, tx, filter).items.front().cost == Decimal(112));
      filter.order = "cost";
      CHECK(list_orders(m.buying, tx, filter).items.front().cost == Decimal(0));
      filter.order = "cost; DROP TABLE market_order";
      CHECK(list_orders(m.buying, tx, filter).total == 12);
      SubscriptionFilter named;
      named.name = "sub_1";
      CHECK(list_subscriptions(m.buying, tx, named).total == 3);
      named.name = "%";
      CHECK(list_subscriptions(m.buying, tx, named).total == 12);
      named.name = "' OR 1=1 --";
      CHECK(list_subscriptions(m.buying, tx, named).total == 0);
      SubscriptionFilter provided;
      provided.as_provider = true;
      provided.states = {SubscriptionState::ok};
      CHECK(list_subscriptions(m.selling, tx, provided).total == 8);
      CHECK(refusal_of([&] { list_subscriptions(m.buying, tx, provided); }) == Code::permission_denied);
      CHECK(live_subscriptions_of_agent(tx, m.provider, *m.internal.agent).size() == 8);
    });
  });
}

TEST_CASE("a key of one subscription touches no other") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const Market m = make_market(tx);
      const Order mine = place_order(m.buying, tx, order_for(m, m.internal));
      const Order sibling = place_order(m.buying, tx, order_for(m, m.internal));
      Scope key = m.buying;
      key.subscription = mine.subscription;
      CHECK(get_subscription(key, tx, mine.subscription).id == mine.subscription);
      CHECK(refusal_of([&] { get_subscription(key, tx, sibling.subscription); }) == Code::wrong_agent);
      CHECK(refusal_of([&] { terminate(key, tx, sibling.subscription); }) == Code::wrong_agent);
      CHECK(refusal_of([&] { get_order(key, tx, sibling.id); }) == Code::not_found);
      CHECK(list_subscriptions(key, tx, {}).total == 1);
      CHECK(list_orders(key, tx, {}).total == 1);
    });
  });
}
