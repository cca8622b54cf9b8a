// Publishing: everything at once, the same thing twice, and nothing at all when a part fails (contracts/registry.md §5, §13).
#include <doctest/doctest.h>

#include "flow_checks.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

StudioPublished publish(store::Database& database, const World& world, const StudioPublish& request) {
  return database.write([&](store::Tx& tx) { return publish_from_studio(world.selling, tx, world.publishing, request); });
}

World world_in(store::Database& database) {
  return database.write([](store::Tx& tx) { return test::make_world(tx); });
}

TEST_CASE("TC-000: the studio publishes, asks, goes live and adds a version") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const World world = world_in(database);
    const StudioPublished first = publish(database, world, test::studio_request());
    CHECK(first.created);
    CHECK(first.agent.agent_id == "flow-support-123");
    CHECK(first.agent.state == AgentState::deployed);
    CHECK(first.agent.category == "customer_support");
    CHECK(!first.agent.offering);
    CHECK(first.version.version == "1.0.0");
    CHECK(first.version.sha256.size() == 64);
    database.write([&](store::Tx& tx) {
      auto status = studio_status(world.selling, tx, "flow-support-123");
      REQUIRE(status);
      CHECK(!status->is_orderable);
      CHECK(!status->is_dirty);
      REQUIRE(status->plans.size() == 1);
      CHECK(status->plans[0].terms.price_minor == 2900);
      CHECK(!studio_status(world.selling, tx, "unknown"));

      TransitionRequest live;
      live.action = AgentAction::publish;
      live.activate = true;
      live.terms_accepted = true;
      const Transition moved = transition(world.selling, tx, world.publishing, first.agent.id, live);
      CHECK(moved.agent.state == AgentState::active);
      REQUIRE(moved.offering);
      const market::Offering offering = market::public_offering(tx, *moved.offering);
      CHECK(offering.state == market::OfferingState::active);
      CHECK(offering.components.size() == 4);
      REQUIRE(offering.plans.size() == 1);
      CHECK(offering.plans[0].prices.at("plan_fee") == Decimal(29));
      CHECK(offering.plans[0].prices.at("api_calls") == Decimal());
      CHECK(offering.backend_id == first.agent.id.text());

      NewVersion next;
      next.version = "1.1.0";
      next.flow_bytes = test::good_flow("two");
      CHECK(add_version(world.selling, tx, world.publishing, first.agent.id, next).promoted);
      status = studio_status(world.selling, tx, "flow-support-123");
      CHECK(status->agent.current_version_number == "1.1.0");
      CHECK(status->is_orderable);
      CHECK(!status->is_dirty);
    });
  });
}

TEST_CASE("a replayed publish creates nothing") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const World world = world_in(database);
    StudioPublish request = test::studio_request();
    request.auto_publish = true;
    const StudioPublished first = publish(database, world, request);
    CHECK(first.agent.state == AgentState::active);
    const auto before = test::row_counts(database);
    for (int i = 0; i < 3; ++i) {
      const StudioPublished again = publish(database, world, request);
      CHECK(!again.created);
      CHECK(again.agent.id == first.agent.id);
      CHECK(again.version.id == first.version.id);
      CHECK(again.agent.state == AgentState::active);
      CHECK(again.agent.row_version == first.agent.row_version);
    }
    CHECK(test::row_counts(database) == before);
  });
}

TEST_CASE("a publish of a live agent with other words refreshes its listing") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const World world = world_in(database);
    StudioPublish request = test::studio_request();
    request.auto_publish = true;
    const StudioPublished first = publish(database, world, request);
    request.name = "Your Agent";
    request.description = "Answers better.";
    request.category = "sales";
    const StudioPublished second = publish(database, world, request);
    CHECK(!second.created);
    database.read([&](store::Tx& tx) {
      const market::Offering offering = market::public_offering(tx, *first.agent.offering);
      CHECK(offering.name == "Your Agent");
      CHECK(offering.description == "Answers better.");
      CHECK(offering.category == market::get_category(tx, "sales").id);
      CHECK(offering.state == market::OfferingState::active);
    });
    request.version = "1.0.1";
    request.flow_bytes = test::good_flow("two");
    const StudioPublished third = publish(database, world, request);
    CHECK(third.created);
    CHECK(third.agent.current_version_number == "1.0.1");
    CHECK(third.agent.state == AgentState::active);
    request.flow_bytes = test::good_flow("three");
    const auto before = test::row_counts(database);
    CHECK(test::refusal_of([&] { publish(database, world, request); }).code == Code::version_exists);
    CHECK(test::row_counts(database) == before);
  });
}

TEST_CASE("known plans are updated by slug, new ones added, others kept; a price in use gets a successor") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    const World world = world_in(database);
    StudioPublish request = test::studio_request();
    request.auto_publish = true;
    request.plans = {test::plan_of("Free", 0, 100), test::plan_of("Starter", 2900, 1000)};
    const Agent agent = publish(database, world, request).agent;
    const SubscriptionId subscription = database.write([&](store::Tx& tx) { return test::order(world, tx, agent); });

    market::Plan starter = test::plan_of("Starter", 3900, 1000);
    starter.terms.bills_overage = true;
    starter.terms.overage_price = Decimal::of("0.05");
    request.plans = {starter, test::plan_of("Pro", 9900, 10'000)};
    publish(database, world, request);
    publish(database, world, request);
    database.read([&](store::Tx& tx) {
      const auto plans = plans_of_agent(world.selling, tx, agent.id);
      REQUIRE(plans.size() == 4);
      std::int64_t live = 0;
      for (const market::Plan& plan : plans) {
        live += plan.is_archived ? 0 : 1;
        if (plan.name == "Starter") CHECK(plan.is_archived == (plan.terms.price_minor == 2900));
        if (plan.terms.price_minor == 3900) CHECK(plan.prices.at("api_calls_overage") == Decimal::of("0.05"));
      }
      CHECK(live == 3);
      const market::Plan kept = market::plan_by_id(tx, market::subscription_by_id(tx, subscription)->plan);
      CHECK(kept.terms.price_minor == 2900);
    });
  });
}

TEST_CASE("an agent's plans are changed in place until somebody subscribes") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      const market::Plan plan = plans_of_agent(world.selling, tx, agent.id).at(0);
      const PlanChange change = change_agent_plan(world.selling, tx, agent.id, plan.id, test::plan_of("Starter", 1900, 500));
      CHECK(!change.is_successor);
      CHECK(change.plan.id == plan.id);
      CHECK(change.plan.prices.at("plan_fee") == Decimal(19));
      market::Plan yearly = test::plan_of("Yearly", 12'000, 500);
      yearly.terms.billing_period = "yearly";
      CHECK(add_agent_plan(world.selling, tx, agent.id, yearly).prices.at("plan_fee") == Decimal(10));
      CHECK(add_agent_plan(world.selling, tx, agent.id, test::plan_of("Starter", 1, 1)).terms.slug == "starter-2");
      for (const market::Plan& other : plans_of_agent(world.selling, tx, agent.id)) {
        if (other.id != plan.id) deactivate_agent_plan(world.selling, tx, agent.id, other.id);
      }
      CHECK(test::refusal_of([&] { deactivate_agent_plan(world.selling, tx, agent.id, plan.id); }).code == Code::plan_required);
      CHECK(test::refusal_of([&] { deactivate_agent_plan(world.selling, tx, agent.id, PlanId::random()); }).code ==
            Code::not_found);
      CHECK(test::refusal_of([&] { plans_of_agent(world.buying, tx, agent.id); }).code == Code::not_found);
    });
  });
}

struct FailingPublish {
  const char* name;
  Code code;
  const char* field;
  std::function<void(StudioPublish&)> spoil;
};

const std::vector<FailingPublish>& failing_publishes() {
  using test::field;
  using test::flow_text;
  using test::node;
  static const std::vector<FailingPublish> rows{
      {"refused node", Code::flow_invalid, "", [](StudioPublish& r) { r.flow_bytes = flow_text({node("X-1", "Nonsense")}); }},
      {"not JSON", Code::malformed_json, "", [](StudioPublish& r) { r.flow_bytes = "{"; }},
      {"no nodes member", Code::flow_invalid, "", [](StudioPublish& r) { r.flow_bytes = R"({"name":"x","data":{"edges":[]}})"; }},
      {"an array", Code::flow_invalid, "", [](StudioPublish& r) { r.flow_bytes = "[]"; }},
      {"no input", Code::validation_failed, "flow",
       [](StudioPublish& r) { r.flow_bytes = flow_text({node("O", "ChatOutput")}); }},
      {"no output", Code::validation_failed, "flow",
       [](StudioPublish& r) { r.flow_bytes = flow_text({node("I", "ChatInput")}); }},
      {"two inputs", Code::flow_invalid, "",
       [](StudioPublish& r) {
         r.flow_bytes = flow_text({node("I", "ChatInput"), node("J", "ChatInput"), node("O", "ChatOutput")});
       }},
      {"a secret", Code::validation_failed, "flow",
       [](StudioPublish& r) {
         json::Object secret = field("sk-live-1");
         secret["password"] = true;
         r.flow_bytes = flow_text({node("I", "ChatInput", {{"api_key", secret}}), node("O", "ChatOutput")});
       }},
      {"no description", Code::validation_failed, "description", [](StudioPublish& r) { r.description = " "; }},
      {"no plan", Code::plan_required, "plans", [](StudioPublish& r) { r.plans.clear(); }},
      {"no terms", Code::terms_required, "", [](StudioPublish& r) { r.terms_accepted = false; }},
      {"empty name", Code::validation_failed, "name", [](StudioPublish& r) { r.name.clear(); }},
      {"long name", Code::validation_failed, "name", [](StudioPublish& r) { r.name = std::string(121, 'x'); }},
      {"name not text", Code::validation_failed, "name", [](StudioPublish& r) { r.name = "\xc3\x28"; }},
      {"unknown category", Code::validation_failed, "category", [](StudioPublish& r) { r.category = "weather"; }},
      {"bad id", Code::validation_failed, "flow.id", [](StudioPublish& r) { r.flow_id = "-x"; }},
      {"id with space", Code::validation_failed, "flow.id", [](StudioPublish& r) { r.flow_id = "a b"; }},
      {"long id", Code::validation_failed, "flow.id", [](StudioPublish& r) { r.flow_id = std::string(101, 'a'); }},
      {"version not SemVer", Code::validation_failed, "version", [](StudioPublish& r) { r.version = "1.0"; }},
      {"version with v", Code::validation_failed, "version", [](StudioPublish& r) { r.version = "v1.0.0"; }},
      {"no version", Code::validation_failed, "version", [](StudioPublish& r) { r.version.clear(); }},
      {"timeout 0", Code::validation_failed, "timeout_seconds", [](StudioPublish& r) { r.timeout_seconds = 0; }},
      {"timeout 301", Code::validation_failed, "timeout_seconds", [](StudioPublish& r) { r.timeout_seconds = 301; }},
      {"concurrency 0", Code::validation_failed, "max_concurrent_requests",
       [](StudioPublish& r) { r.max_concurrent_requests = 0; }},
      {"too many tags", Code::validation_failed, "tags", [](StudioPublish& r) { r.tags = std::vector<std::string>(33, "x"); }},
      {"empty tag", Code::validation_failed, "tags[0]", [](StudioPublish& r) { r.tags = {""}; }},
      {"long changelog", Code::validation_failed, "changelog", [](StudioPublish& r) { r.changelog = std::string(65'537, 'x'); }},
      {"large config", Code::validation_failed, "config", [](StudioPublish& r) { r.config["x"] = std::string(262'145, 'x'); }},
      {"plan price", Code::validation_failed, "plans[0].price_cents",
       [](StudioPublish& r) { r.plans[0].terms.price_minor = -1; }},
      {"second plan price", Code::validation_failed, "plans[1].price_cents",
       [](StudioPublish& r) { r.plans.push_back(test::plan_of("Pro", -5, 1)); }},
      {"plan name", Code::validation_failed, "plans[0].name", [](StudioPublish& r) { r.plans[0].name.clear(); }},
      {"plan twice", Code::validation_failed, "plans[1].slug", [](StudioPublish& r) { r.plans.push_back(r.plans[0]); }},
      {"plan currency", Code::validation_failed, "plans[0].currency",
       [](StudioPublish& r) { r.plans[0].terms.currency = "euro"; }},
      {"plan quota", Code::validation_failed, "plans[0].monthly_quota",
       [](StudioPublish& r) { r.plans[0].terms.monthly_quota = -1; }},
      {"plan rate", Code::validation_failed, "plans[0].rate_limit_per_second",
       [](StudioPublish& r) { r.plans[0].terms.rate_limit_per_second = Decimal(); }},
      {"plan burst", Code::validation_failed, "plans[0].burst", [](StudioPublish& r) { r.plans[0].terms.burst = 0; }},
      {"plan unit", Code::validation_failed, "plans[0].billable_unit",
       [](StudioPublish& r) { r.plans[0].terms.billable_unit = "hour"; }},
      {"plan period", Code::validation_failed, "plans[0].billing_period",
       [](StudioPublish& r) { r.plans[0].terms.billing_period = "weekly"; }},
      {"plan overage", Code::validation_failed, "plans[0].overage_price",
       [](StudioPublish& r) { r.plans[0].terms.overage_price = Decimal(-1); }},
  };
  return rows;
}

TEST_CASE("a publish that fails in any part leaves nothing") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const World world = world_in(database);
    const auto before = test::row_counts(database);
    for (const FailingPublish& row : failing_publishes()) {
      CAPTURE(row.name);
      StudioPublish request = test::studio_request();
      request.auto_publish = true;
      row.spoil(request);
      const Refusal refusal = test::refusal_of([&] { publish(database, world, request); });
      CHECK_MESSAGE(refusal.code == row.code, refusal.message);
      if (*row.field != '\0') CHECK(test::names_field(refusal, row.field));
      if (row.code == Code::flow_invalid) CHECK(refusal.details.contains("nodes"));
      CHECK(test::row_counts(database) == before);
    }
  });
}

TEST_CASE("the answer to a failing publish names every check") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const World world = world_in(database);
    StudioPublish request = test::studio_request();
    request.auto_publish = true;
    request.description.clear();
    request.plans.clear();
    const Refusal refusal = test::refusal_of([&] { publish(database, world, request); });
    CHECK(refusal.code == Code::validation_failed);
    REQUIRE(refusal.details.contains("checks"));
    std::vector<std::string> failed;
    for (const json::Value& check : refusal.details.at("checks").as_array()) {
      if (!json::bool_of(check, "passed")) failed.emplace_back(json::text_of(check, "check"));
    }
    CHECK(failed == std::vector<std::string>{"description", "plan"});
  });
}

TEST_CASE("a private agent is not in the catalogue until it is published for all") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = publish_from_studio(world.selling, tx, world.publishing, test::studio_request()).agent;
      TransitionRequest request;
      request.action = AgentAction::publish;
      request.activate = true;
      request.terms_accepted = true;
      request.is_shared = false;
      const OfferingId offering = *transition(world.selling, tx, world.publishing, agent.id, request).offering;
      CHECK(test::refusal_of([&] { market::public_offering(tx, offering); }).code == Code::not_found);
      request.is_shared.reset();
      transition(world.selling, tx, world.publishing, agent.id, request);
      CHECK(test::refusal_of([&] { market::public_offering(tx, offering); }).code == Code::not_found);
      request.is_shared = true;
      CHECK(!transition(world.selling, tx, world.publishing, agent.id, request).changed);
      CHECK(market::public_offering(tx, offering).state == market::OfferingState::active);
    });
  });
}

TEST_CASE("who is not an approved provider publishes nothing") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const World world = database.write([](store::Tx& tx) { return test::make_world(tx, false); });
    StudioPublish request = test::studio_request();
    request.auto_publish = true;
    const auto before = test::row_counts(database);
    CHECK(test::refusal_of([&] { publish(database, world, request); }).code == Code::provider_not_approved);
    CHECK(test::row_counts(database) == before);
    database.write([&](store::Tx& tx) {
      CHECK(test::refusal_of([&] { publish_from_studio(world.buying, tx, world.publishing, request); }).code ==
            Code::permission_denied);
    });
  });
}

TEST_CASE("secrets are literals in password fields; names of variables are none") {
  json::Object literal = test::field("hunter2");
  literal["password"] = true;
  json::Object variable = literal;
  variable["load_from_db"] = true;
  json::Object empty = test::field("");
  empty["password"] = true;
  const auto secrets = [](json::Object fields) {
    return secrets_in(flow::parse_document(flow::read_flow(test::flow_text({test::node("N", "ChatInput", std::move(fields))}))));
  };
  CHECK(secrets({{"token", literal}}) == std::vector<std::string>{"N.token"});
  CHECK(secrets({{"token", variable}}).empty());
  CHECK(secrets({{"token", empty}}).empty());
  CHECK(secrets({{"openai_api_key", test::field("sk-1")}}) == std::vector<std::string>{"N.openai_api_key"});
  CHECK(secrets({{"text", test::field("hunter2")}}).empty());
}

}  // namespace
}  // namespace guildhall::registry
