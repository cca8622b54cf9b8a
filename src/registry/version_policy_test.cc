// What a subscription runs, pins and tries (contracts/registry.md §4).
#include "registry/version_policy.h"

#include <doctest/doctest.h>

#include <map>

#include "policy_rows.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

struct Shop {
  World world;
  Agent agent;
  SubscriptionId subscription;

  void add(store::Tx& tx, const std::string& number, bool promote = true, json::Object permissions = {},
           const std::string& migration = "auto") const {
    NewVersion version;
    version.version = number;
    version.flow_bytes = test::good_flow(number);
    version.permissions = std::move(permissions);
    version.migration = migration;
    version.promote = promote;
    add_version(world.selling, tx, world.publishing, agent.id, version);
  }
  void promote(store::Tx& tx, const std::string& number) const { promote_version(world.selling, tx, agent.id, number); }
  SubscriptionVersion change(store::Tx& tx, const VersionChange& change) const {
    return change_subscription_version(world.buying, tx, subscription, change);
  }
  Refusal refusal(store::Tx& tx, const VersionChange& change) const {
    return test::refusal_of([&] { this->change(tx, change); });
  }
  SubscriptionVersion now(store::Tx& tx) const { return subscription_version(world.buying, tx, subscription); }
  std::string runs(store::Tx& tx) const {
    const auto found = running_version(tx, *market::subscription_by_id(tx, subscription), *agent_by_id(tx, agent.id));
    return found ? found->number : "nothing";
  }
};

/// An agent at 1.0.0 with one subscription.
template <class Body>
void with_shop(Body&& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock& clock) {
    const Shop shop = database.write([&](store::Tx& tx) {
      Shop made{.world = test::make_world(tx), .agent = {}, .subscription = {}};
      made.agent = test::published_agent(made.world, tx);
      made.subscription = test::order(made.world, tx, made.agent);
      return made;
    });
    clock.advance(seconds(1));
    database.write([&](store::Tx& tx) { body(shop, tx); });
  });
}

VersionChange to_version(const std::string& number, std::optional<VersionPolicy> policy = std::nullopt) {
  return {.policy = policy, .version = number, .canary = {}, .ends_canary = false};
}
VersionChange to_policy(VersionPolicy policy) {
  return {.policy = policy, .version = {}, .canary = {}, .ends_canary = false};
}
VersionChange to_canary(const std::string& number, std::int64_t percent) {
  return {.policy = {}, .version = {}, .canary = CanaryWish{number, percent}, .ends_canary = false};
}

TEST_CASE("without a decision a subscription follows, and what needs consent waits with its reason") {
  with_shop([](const Shop& shop, store::Tx& tx) {
    CHECK(shop.runs(tx) == "1.0.0");
    CHECK(shop.now(tx).policy == VersionPolicy::automatic);
    CHECK(!shop.now(tx).pending);
    shop.add(tx, "1.1.0");
    CHECK(shop.runs(tx) == "1.1.0");
    shop.add(tx, "2.0.0");
    CHECK(shop.runs(tx) == "1.1.0");
    SubscriptionVersion now = shop.now(tx);
    CHECK(now.latest.version == "2.0.0");
    REQUIRE(now.pending);
    CHECK(now.pending->version.change_type == "breaking");
    CHECK(now.pending->reasons == std::vector{WaitReason::breaking});
    shop.promote(tx, "1.0.0");
    CHECK(shop.runs(tx) == "1.0.0");
    CHECK(!shop.now(tx).pending);
    shop.promote(tx, "2.0.0");
    now = shop.change(tx, to_version("2.0.0"));
    CHECK(now.running.number == "2.0.0");
    CHECK(now.policy == VersionPolicy::automatic);
    CHECK(!now.pending);
    shop.add(tx, "2.0.1");
    CHECK(shop.runs(tx) == "2.0.1");
    shop.add(tx, "2.1.0", true, {{"hosts", json::Array{"api.example"}}});
    CHECK(shop.now(tx).pending->reasons == std::vector{WaitReason::wider_permissions});
    CHECK(shop.runs(tx) == "2.0.1");
  });
}

TEST_CASE("a subscription begins with what is current when it is ordered, breaking or not") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    Shop shop = database.write([](store::Tx& tx) {
      Shop made{.world = test::make_world(tx), .agent = {}, .subscription = {}};
      made.agent = test::published_agent(made.world, tx);
      return made;
    });
    for (const char* number : {"1.1.0", "2.0.0", "3.0.0"}) {
      clock.advance(seconds(1));
      shop.subscription = database.write([&](store::Tx& tx) { return test::order(shop.world, tx, shop.agent); });
      CHECK(database.read([&](store::Tx& tx) { return shop.runs(tx); }) ==
            database.read([&](store::Tx& tx) { return agent_by_id(tx, shop.agent.id)->current_version_number; }));
      clock.advance(seconds(1));
      database.write([&](store::Tx& tx) { shop.add(tx, number); });
    }
    database.write([&](store::Tx& tx) {
      CHECK(shop.runs(tx) == "2.0.0");
      // An installation that kept no promotions: the current version counts as the first.
      tx.execute("DELETE FROM agent_promotion");
      CHECK(shop.runs(tx) == "nothing");
      tx.execute(
          "INSERT INTO agent_promotion (organization_id, agent_id, sequence, version_id, promoted_at)"
          " SELECT organization_id, agent_id, 1, current_version_id, created_at FROM agent WHERE current_version_id IS NOT NULL");
      CHECK(shop.runs(tx) == "3.0.0");
    });
  });
}

TEST_CASE("manual stays, and automatic again takes up what stands") {
  with_shop([](const Shop& shop, store::Tx& tx) {
    CHECK(shop.change(tx, to_policy(VersionPolicy::manual)).running.number == "1.0.0");
    shop.add(tx, "1.1.0");
    CHECK(shop.runs(tx) == "1.0.0");
    CHECK(shop.now(tx).pending->reasons == std::vector{WaitReason::manual_policy});
    CHECK(shop.change(tx, to_version("1.1.0")).running.number == "1.1.0");
    CHECK(shop.change(tx, to_version("1.0.0")).running.number == "1.0.0");
    shop.add(tx, "2.0.0");
    CHECK(shop.now(tx).pending->reasons == std::vector{WaitReason::manual_policy, WaitReason::breaking});
    CHECK(shop.change(tx, to_policy(VersionPolicy::automatic)).running.number == "1.0.0");
    CHECK(shop.now(tx).pending->reasons == std::vector{WaitReason::breaking});
    shop.promote(tx, "1.1.0");
    CHECK(shop.runs(tx) == "1.1.0");
    // Staying behind what would be followed at once is a manual decision.
    const Refusal refusal = shop.refusal(tx, to_version("1.0.0"));
    CHECK(test::names_field(refusal, "version"));
    CHECK(refusal.fields.front().message.find("1.1.0") != std::string::npos);
    CHECK(shop.change(tx, to_version("1.0.0", VersionPolicy::manual)).running.number == "1.0.0");
    CHECK(shop.change(tx, to_policy(VersionPolicy::automatic)).running.number == "1.1.0");
  });
}

TEST_CASE("unknown versions are not found and yanked ones take no new pins") {
  with_shop([](const Shop& shop, store::Tx& tx) {
    shop.add(tx, "1.1.0", false);
    shop.add(tx, "1.2.0", false);
    CHECK(shop.refusal(tx, to_version("9.9.9")).code == Code::not_found);
    CHECK(shop.refusal(tx, to_version("not semver")).code == Code::not_found);
    CHECK(shop.refusal(tx, to_canary("9.9.9", 10)).code == Code::not_found);
    CHECK(shop.change(tx, to_version("1.1.0", VersionPolicy::manual)).running.number == "1.1.0");
    shop.change(tx, to_canary("1.2.0", 10));
    yank_version(shop.world.selling, tx, shop.agent.id, "1.1.0");
    yank_version(shop.world.selling, tx, shop.agent.id, "1.2.0");
    // Those that run go on, also when they are named again.
    CHECK(shop.runs(tx) == "1.1.0");
    CHECK(shop.change(tx, to_version("1.1.0")).running.number == "1.1.0");
    CHECK(shop.change(tx, to_canary("1.2.0", 20)).running.canary->percent == 20);
    CHECK(shop.change(tx, to_policy(VersionPolicy::automatic)).running.number == "1.0.0");
    CHECK(test::names_field(shop.refusal(tx, to_version("1.1.0", VersionPolicy::manual)), "version"));
    shop.change(tx, {.policy = {}, .version = {}, .canary = {}, .ends_canary = true});
    CHECK(test::names_field(shop.refusal(tx, to_canary("1.2.0", 10)), "canary.version"));
    yank_version(shop.world.selling, tx, shop.agent.id, "1.0.0");
    CHECK(test::names_field(shop.refusal(tx, to_policy(VersionPolicy::manual)), "version"));
  });
}

TEST_CASE("a canary takes its share of the conversations, each always the same") {
  with_shop([](const Shop& shop, store::Tx& tx) {
    shop.add(tx, "1.1.0", false);
    CHECK(test::names_field(shop.refusal(tx, to_canary("1.1.0", 101)), "canary.percent"));
    CHECK(test::names_field(shop.refusal(tx, to_canary("1.1.0", -1)), "canary.percent"));
    CHECK(test::names_field(shop.refusal(tx, to_canary("1.0.0", 10)), "canary.version"));
    for (const std::int64_t percent : {0, 1, 20, 50, 100}) {
      const RunningVersion running = shop.change(tx, to_canary("1.1.0", percent)).running;
      REQUIRE(running.canary);
      CHECK(running.number == "1.0.0");
      std::map<AgentVersionId, int> conversations;
      for (int i = 0; i < 10'000; ++i) {
        const std::string session = "session-" + std::to_string(i);
        const AgentVersionId version = version_of_conversation(running, session);
        CHECK_MESSAGE(version == version_of_conversation(running, session), session);
        ++conversations[version];
      }
      CAPTURE(percent);
      CHECK(conversations[running.canary->version] >= percent * 100 - (percent % 100 == 0 ? 0 : 150));
      CHECK(conversations[running.canary->version] <= percent * 100 + (percent % 100 == 0 ? 0 : 150));
    }
    CHECK(shop.change(tx, {.policy = {}, .version = {}, .canary = {}, .ends_canary = true}).running.canary == std::nullopt);
    // Taking the canary's version ends the canary.
    shop.change(tx, to_canary("1.1.0", 30));
    CHECK(!shop.change(tx, to_version("1.1.0", VersionPolicy::manual)).running.canary);
    CHECK(open_canaries(tx).empty());
  });
}

TEST_CASE("a canary ends with its reason in the audit, once, and not when it is another by now") {
  with_shop([](const Shop& shop, store::Tx& tx) {
    shop.add(tx, "1.1.0", false);
    shop.add(tx, "1.2.0", false);
    shop.change(tx, to_canary("1.1.0", 20));
    OpenCanary open = open_canaries(tx).at(0);
    CHECK(!open.is_adopted);
    OpenCanary other = open;
    other.since = open.since + 1;
    CHECK(!end_canary(tx, other, "errors", {}));
    CHECK(shop.now(tx).running.canary);
    CHECK(end_canary(tx, open, "errors", {{"runs", 50}}));
    CHECK(!end_canary(tx, open, "errors", {}));
    CHECK(!shop.now(tx).running.canary);
    CHECK(test::count(tx, "SELECT COUNT(*) FROM audit_row WHERE action = 'subscription.end_canary'") == 1);
    CHECK(test::count(tx, "SELECT COUNT(*) FROM outbox_event WHERE type = 'subscription.canary_ended'") == 1);
    shop.change(tx, to_canary("1.2.0", 20));
    shop.promote(tx, "1.2.0");
    CHECK(!shop.now(tx).running.canary);
    CHECK(open_canaries(tx).at(0).is_adopted);
    forget_canary(tx, shop.world.customer, shop.subscription);
    CHECK(open_canaries(tx).empty());
  });
}

TEST_CASE("only who may configure the subscription changes its version, and nothing is written when nothing changes") {
  with_shop([](const Shop& shop, store::Tx& tx) {
    shop.add(tx, "1.1.0", false);
    CHECK(test::refusal_of([&] { change_subscription_version(shop.world.selling, tx, shop.subscription, {}); }).code ==
          Code::not_found);
    CHECK(test::refusal_of([&] { subscription_version(shop.world.selling, tx, shop.subscription); }).code == Code::not_found);
    Scope reading = shop.world.buying;
    reading.rights = Rights{Right::read_subscriptions};
    CHECK(subscription_version(reading, tx, shop.subscription).running.number == "1.0.0");
    CHECK(test::refusal_of([&] { change_subscription_version(reading, tx, shop.subscription, to_version("1.1.0")); }).code ==
          Code::permission_denied);
    const auto rows = [&] { return test::count(tx, "SELECT COUNT(*) FROM audit_row"); };
    const std::int64_t before = rows();
    shop.change(tx, {});
    shop.change(tx, to_policy(VersionPolicy::automatic));
    shop.change(tx, to_version("1.0.0"));
    CHECK(rows() == before);
    shop.change(tx, to_policy(VersionPolicy::manual));
    CHECK(rows() == before + 1);
    CHECK(test::count(tx, "SELECT COUNT(*) FROM outbox_event WHERE type = 'subscription.version_changed'") == 1);
  });
}

}  // namespace
}  // namespace guildhall::registry
