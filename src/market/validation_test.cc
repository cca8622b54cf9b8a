// What offerings, components, plans and orders may not say, case by case (contracts/cmp.md §4, §8).
#include <doctest/doctest.h>

#include "fixtures_for_test.h"
#include "support/databases.h"

using namespace guildhall;
using namespace guildhall::market;
using namespace guildhall::market::test;

namespace {

/// The field a refusal names; "-" for one without fields; "accepted" when nothing was refused.
std::string refused_field(const std::function<void()>& action) {
  try {
    action();
  } catch (const Refusal& refusal) {
    if (refusal.code != Code::validation_failed) return "code " + std::string(name(refusal.code));
    return refusal.fields.empty() ? "-" : refusal.fields.front().path;
  }
  return "accepted";
}

struct OfferingCase {
  const char* field;
  std::function<void(Offering&)> spoil;
};
const std::vector<OfferingCase> kOfferingCases{
    {"accepted", [](Offering&) {}},
    {"name", [](Offering& o) { o.name = ""; }},
    {"name", [](Offering& o) { o.name = " \t"; }},
    {"name", [](Offering& o) { o.name = std::string(151, 'x'); }},
    {"accepted", [](Offering& o) { o.name = std::string(150, 'x'); }},
    {"name", [](Offering& o) { o.name = "\xc3\x28"; }},
    {"name", [](Offering& o) { o.name = std::string("a\0b", 3); }},
    {"description", [](Offering& o) { o.description = std::string(4001, 'x'); }},
    {"full_description", [](Offering& o) { o.full_description = std::string(65'537, 'x'); }},
    {"type", [](Offering& o) { o.type = "Marketplace.Booking"; }},
    {"type", [](Offering& o) { o.type = ""; }},
    {"type",
     [](Offering& o) {
       o.type = "Marketplace.Slurm";
       o.agent = AgentId::random();
     }},
    {"category", [](Offering& o) { o.category = CategoryId::random(); }},
    {"attributes", [](Offering& o) { o.attributes["big"] = std::string(70'000, 'x'); }},
    {"type", [](Offering& o) { o.components = {component_of("with space", BillingType::usage)}; }},
    {"type", [](Offering& o) { o.components = {component_of("", BillingType::usage)}; }},
    {"type", [](Offering& o) { o.components = {component_of("a", BillingType::usage), component_of("a", BillingType::fixed)}; }},
    {"accepted", [](Offering& o) { o.components = {component_of("a/b:c-d_9", BillingType::usage)}; }},
    {"limit_period",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::limit)};
       o.components[0].limit_period = "week";
     }},
    {"unit_factor",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::usage)};
       o.components[0].unit_factor = 0;
     }},
    {"limit_amount",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::limit)};
       o.components[0].limit_amount = -1;
     }},
    {"max_value",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::limit)};
       o.components[0].min_value = 5;
       o.components[0].max_value = 4;
     }},
    {"default_limit",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::limit)};
       o.components[0].max_value = 4;
       o.components[0].default_limit = 5;
     }},
    {"name", [](Offering& o) { o.plans = {plan_of("")}; }},
    {"unit",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].unit = "week";
     }},
    {"max_amount",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].max_amount = 0;
     }},
    {"prices",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].prices = {{"unknown", Decimal(1)}};
     }},
    {"prices",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::usage)};
       o.plans = {plan_of("P")};
       o.plans[0].prices = {{"a", Decimal(-1)}};
     }},
    {"quotas",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::usage)};
       o.plans = {plan_of("P")};
       o.plans[0].quotas = {{"a", 1}};
     }},
    {"quotas",
     [](Offering& o) {
       o.components = {component_of("a", BillingType::fixed)};
       o.plans = {plan_of("P")};
       o.plans[0].quotas = {{"a", -1}};
     }},
    {"price_cents", [](Offering& o) { o.plans = {plan_of("P", -1)}; }},
    {"currency",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.currency = "eur";
     }},
    {"billing_period",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.billing_period = "weekly";
     }},
    {"billable_unit",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.billable_unit = "smile";
     }},
    {"monthly_quota", [](Offering& o) { o.plans = {plan_of("P", 0, -1)}; }},
    {"rate_limit_per_second",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.rate_limit_per_second = Decimal(0);
     }},
    {"rate_limit_per_second",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.rate_limit_per_second = Decimal::of("100.1");
     }},
    {"burst",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.burst = 0;
     }},
    {"overage_cap_percent",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.overage_cap_percent = 99;
     }},
    {"features",
     [](Offering& o) {
       o.plans = {plan_of("P")};
       o.plans[0].terms.features.assign(51, "f");
     }},
    {"slug",
     [](Offering& o) {
       o.plans = {plan_of("P"), plan_of("Q")};
       o.plans[0].terms.slug = o.plans[1].terms.slug = "same";
     }},
    {"accepted", [](Offering& o) { o.plans = {plan_of("Same"), plan_of("Same")}; }},
    {"components",
     [](Offering& o) {
       for (int i = 0; i < 51; ++i) o.components.push_back(component_of("c" + std::to_string(i), BillingType::usage));
     }},
    {"plans",
     [](Offering& o) {
       for (int i = 0; i < 51; ++i) o.plans.push_back(plan_of("P" + std::to_string(i)));
     }},
};

struct OrderCase {
  const char* outcome;
  std::function<void(store::Tx&, Market&, NewOrder&)> spoil;
};
void set_options(store::Tx& tx, Market& m, const char* text) {
  m.internal.options = json::parse_or_refuse(text).as_object();
  update_offering(m.selling, tx, m.internal);
}

const std::vector<OrderCase> kOrderCases{
    {"accepted", [](store::Tx&, Market&, NewOrder&) {}},
    {"code not_found", [](store::Tx&, Market&, NewOrder& o) { o.project = ProjectId::random(); }},
    {"code not_found", [](store::Tx&, Market&, NewOrder& o) { o.offering = OfferingId::random(); }},
    {"code not_found",
     [](store::Tx& tx, Market& m, NewOrder&) { change_offering_state(m.selling, tx, m.internal.id, OfferingState::draft, {}); }},
    {"code not_found", [](store::Tx& tx, Market& m,
                          NewOrder&) { change_offering_state(m.selling, tx, m.internal.id, OfferingState::archived, {}); }},
    {"code not_found",
     [](store::Tx& tx, Market& m, NewOrder&) {
       m.internal.is_shared = false;
       update_offering(m.selling, tx, m.internal);
     }},
    {"offering", [](store::Tx& tx, Market& m,
                    NewOrder&) { change_offering_state(m.selling, tx, m.internal.id, OfferingState::paused, "x"); }},
    {"plan", [](store::Tx&, Market&, NewOrder& o) { o.plan = PlanId::random(); }},
    {"plan", [](store::Tx&, Market& m, NewOrder& o) { o.plan = plan_named(m.basic, "Free").id; }},
    {"plan", [](store::Tx& tx, Market& m, NewOrder& o) { archive_plan(m.selling, tx, o.plan); }},
    {"plan",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       Plan plan = plan_named(m.internal, "Free");
       plan.max_amount = 1;
       update_plan(m.selling, tx, plan);
       place_order(m.buying, tx, o);
     }},
    {"customer", [](store::Tx& tx, Market& m,
                    NewOrder&) { identity::set_organization_active(identity::system_scope(m.customer, "t"), tx, false, "x"); }},
    {"customer",
     [](store::Tx& tx, Market& m, NewOrder&) {
       identity::Organization o = identity::get_organization(m.buying, tx);
       o.is_archived = true;
       identity::update_organization(identity::system_scope(m.customer, "t"), tx, o);
     }},
    {"project",
     [](store::Tx& tx, Market& m, NewOrder&) {
       identity::Project p = identity::get_project(m.buying, tx, m.project);
       p.end_date = Date{2026, 3, 1};
       identity::update_project(m.buying, tx, p);
     }},
    {"accepted",
     [](store::Tx& tx, Market& m, NewOrder&) {
       identity::Project p = identity::get_project(m.buying, tx, m.project);
       p.end_date = Date{2026, 3, 2};
       identity::update_project(m.buying, tx, p);
     }},
    {"code not_found", [](store::Tx& tx, Market& m, NewOrder&) { identity::remove_project(m.buying, tx, m.project); }},
    {"name", [](store::Tx&, Market&, NewOrder& o) { o.name = std::string(151, 'x'); }},
    {"request_comment", [](store::Tx&, Market&, NewOrder& o) { o.request_comment = std::string(2001, 'x'); }},
    {"attributes", [](store::Tx&, Market&, NewOrder& o) { o.attributes["big"] = std::string(70'000, 'x'); }},
    {"callback_url", [](store::Tx&, Market&, NewOrder& o) { o.callback_url = "ftp://example.org/"; }},
    {"callback_url", [](store::Tx&, Market&, NewOrder& o) { o.callback_url = "https://"; }},
    {"callback_url", [](store::Tx&, Market&, NewOrder& o) { o.callback_url = "https://user@example.org/"; }},
    {"callback_url", [](store::Tx&, Market&, NewOrder& o) { o.callback_url = "https://example.org/a b"; }},
    {"accepted", [](store::Tx&, Market&, NewOrder& o) { o.callback_url = "https://example.org/done?x=1"; }},
    {"limits.seats", [](store::Tx&, Market&, NewOrder& o) { o.limits = {{"seats", 0}}; }},
    {"limits.seats", [](store::Tx&, Market&, NewOrder& o) { o.limits = {{"seats", 11}}; }},
    {"limits.seats", [](store::Tx&, Market&, NewOrder& o) { o.limits = {{"seats", -1}}; }},
    {"accepted", [](store::Tx&, Market&, NewOrder& o) { o.limits = {{"seats", 10}}; }},
    {"limits.calls", [](store::Tx&, Market&, NewOrder& o) { o.limits = {{"calls", 5}}; }},
    {"limits.unknown", [](store::Tx&, Market&, NewOrder& o) { o.limits = {{"unknown", 5}}; }},
    {"limits.gpu",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       Component c = component_of("gpu", BillingType::limit);
       c.is_boolean = true;
       add_component(m.selling, tx, m.internal.id, c);
       o.limits = {{"gpu", 2}};
     }},
    {"limits.disk",
     [](store::Tx& tx, Market& m, NewOrder&) {
       Component c = component_of("disk", BillingType::limit);
       c.min_value = 1;
       add_component(m.selling, tx, m.internal.id, c);
     }},
    {"limits.disk",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       Component c = component_of("disk", BillingType::limit);
       c.limit_amount = 7;
       add_component(m.selling, tx, m.internal.id, c);
       o.limits = {{"disk", 8}};
     }},
    {"limits.disk",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       Component c = component_of("disk", BillingType::limit);
       c.max_available_limit = 7;
       add_component(m.selling, tx, m.internal.id, c);
       o.limits = {{"disk", 4}};
       place_order(m.buying, tx, o);
     }},
    {"code terms_required",
     [](store::Tx& tx, Market& m, NewOrder&) {
       m.internal.terms_of_service = "Be nice.";
       update_offering(m.selling, tx, m.internal);
     }},
    {"accepted",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       m.internal.terms_of_service = "Be nice.";
       update_offering(m.selling, tx, m.internal);
       o.accepts_terms = true;
     }},
    {"attributes.host", [](store::Tx& tx, Market& m,
                           NewOrder&) { set_options(tx, m, R"({"options":{"host":{"type":"string","required":true}}})"); }},
    {"attributes.host",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"host":{"type":"string","required":true}}})");
       o.attributes["host"] = "";
     }},
    {"attributes.n",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"n":{"type":"integer","min":1,"max":3}}})");
       o.attributes["n"] = 4;
     }},
    {"attributes.n",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"n":{"type":"integer"}}})");
       o.attributes["n"] = "4";
     }},
    {"attributes.os",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"os":{"type":"select_string","choices":["a","b"]}}})");
       o.attributes["os"] = "c";
     }},
    {"attributes.os",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"os":{"type":"select_string_multi","choices":["a","b"]}}})");
       o.attributes["os"] = json::Array{"a", "c"};
     }},
    {"attributes.on",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"on":{"type":"boolean"}}})");
       o.attributes["on"] = 1;
     }},
    {"attributes.day",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"day":{"type":"date"}}})");
       o.attributes["day"] = "2026-02-30";
     }},
    {"attributes.sum",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(tx, m, R"({"options":{"sum":{"type":"money"}}})");
       o.attributes["sum"] = "ten";
     }},
    {"accepted",
     [](store::Tx& tx, Market& m, NewOrder& o) {
       set_options(
           tx, m,
           R"({"options":{"n":{"type":"integer","required":true},"os":{"type":"select_string","choices":["a"]},"sum":{"type":"money"}}})");
       o.attributes = {{"n", 1}, {"os", "a"}, {"sum", "10.50"}};
     }},
};

}  // namespace

TEST_CASE("an offering's values are checked") {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    const Market market = database.write([](store::Tx& tx) { return make_market(tx); });
    for (std::size_t i = 0; i < kOfferingCases.size(); ++i) {
      CAPTURE(i);
      try_out(database, [&](store::Tx& tx) {
        Offering values = offering_of(tx, "Checked");
        kOfferingCases[i].spoil(values);
        CHECK(refused_field([&] { create_offering(market.selling, tx, values); }) == kOfferingCases[i].field);
      });
    }
  });
}

TEST_CASE("an order's values are checked") {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    const Market made = database.write([](store::Tx& tx) { return make_market(tx); });
    for (std::size_t i = 0; i < kOrderCases.size(); ++i) {
      CAPTURE(i);
      try_out(database, [&](store::Tx& tx) {
        Market market = made;
        NewOrder order = order_for(market, market.internal);
        kOrderCases[i].spoil(tx, market, order);
        CHECK(refused_field([&] { place_order(market.buying, tx, order); }) == kOrderCases[i].outcome);
      });
    }
  });
}

TEST_CASE("changes of plans, components and subscriptions are checked") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      Market m = make_market(tx);
      const Order order = place_order(m.buying, tx, order_for(m, m.internal, "Starter"));
      const Plan starter = plan_named(m.internal, "Starter");
      CHECK(refused_field([&] { update_plan(m.selling, tx, starter); }) == "-");
      CHECK(refused_field([&] { remove_component(m.selling, tx, m.internal.id, m.internal.components[0].id); }) == "-");
      CHECK(refused_field([&] { remove_component(m.selling, tx, m.internal.id, ComponentId::random()); }) == "code not_found");
      CHECK(refused_field([&] { update_prices(m.selling, tx, starter.id, {{"unknown", Decimal(1)}}); }) == "prices");
      CHECK(refused_field([&] { update_prices(m.buying, tx, starter.id, {{"fee", Decimal(1)}}); }) == "code not_found");
      CHECK(refused_field([&] { update_quotas(m.selling, tx, starter.id, {{"seats", 1}}); }) == "quotas");
      archive_plan(m.selling, tx, plan_named(m.internal, "Enterprise").id);
      CHECK(refused_field([&] { archive_plan(m.selling, tx, plan_named(m.internal, "Enterprise").id); }) == "-");
      Component changed = m.internal.components[0];
      changed.billing_type = BillingType::usage;
      CHECK(refused_field([&] { update_component(m.selling, tx, changed); }) == "type");
      Offering other = m.internal;
      other.type = "Marketplace.Slurm";
      CHECK(refused_field([&] { update_offering(m.selling, tx, other); }) == "type");
      CHECK(refused_field([&] { switch_plan(m.buying, tx, order.subscription, starter.id); }) == "plan");
      CHECK(refused_field([&] { switch_plan(m.buying, tx, order.subscription, plan_named(m.basic, "Free").id); }) == "plan");
      CHECK(refused_field([&] { switch_plan(m.buying, tx, order.subscription, plan_named(m.internal, "Enterprise").id); }) ==
            "plan");
      CHECK(refused_field([&] { switch_plan(m.selling, tx, order.subscription, starter.id); }) == "code not_found");
      CHECK(refused_field([&] { update_limits(m.buying, tx, order.subscription, {{"seats", 1}}); }) == "limits");
      CHECK(refused_field([&] { update_limits(m.buying, tx, order.subscription, {{"seats", 11}}); }) == "limits.seats");
      CHECK(refused_field([&] { update_limits(m.buying, tx, order.subscription, {{"fee", 1}}); }) == "limits.fee");
      CHECK(refused_field([&] { rename_subscription(m.buying, tx, order.subscription, "", ""); }) == "name");
      CHECK(refused_field([&] { cancel_pending_plan(m.buying, tx, order.subscription); }) == "code not_found");
      CHECK(refused_field([&] { register_provider(m.selling, tx, "again", false); }) == "customer");
      change_offering_state(m.selling, tx, m.internal.id, OfferingState::archived, {});
      CHECK(refused_field([&] { update_offering(m.selling, tx, m.internal); }) == "-");
      CHECK(refused_field([&] { add_plan(m.selling, tx, m.internal.id, plan_of("New")); }) == "-");
      CHECK(refused_field([&] { add_component(m.selling, tx, m.internal.id, component_of("new", BillingType::usage)); }) == "-");
      CHECK(refused_field([&] { update_limits(m.buying, tx, order.subscription, {{"seats", 2}}); }) == "offering");
    });
  });
}
