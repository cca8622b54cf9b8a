// contracts/registry.md §3, acceptance X1: every state and action with its exact answer.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "identity/audit.h"
#include "lifecycle_table.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

constexpr AgentState kStates[] = {AgentState::draft,  AgentState::deployed, AgentState::listed,
                                  AgentState::active, AgentState::paused,   AgentState::retired};
constexpr AgentAction kActions[] = {AgentAction::deploy,    AgentAction::undeploy, AgentAction::publish,
                                    AgentAction::activate,  AgentAction::pause,    AgentAction::resume,
                                    AgentAction::unpublish, AgentAction::retire,   AgentAction::force_undeploy};

/// What §3 says, written out by hand: the new state, "=" for 200 with changed false, "409" for invalid_transition.
/// Columns: deploy undeploy publish activate pause resume unpublish retire force_undeploy. PAUSED came from ACTIVE.
constexpr const char* kExpected[6][9] = {
    {"DEPLOYED", "=", "409", "409", "409", "409", "409", "RETIRED", "="},
    {"=", "DRAFT", "LISTED", "409", "409", "409", "=", "RETIRED", "DRAFT"},
    {"409", "409", "=", "ACTIVE", "PAUSED", "409", "DEPLOYED", "RETIRED", "DRAFT"},
    {"409", "409", "=", "=", "PAUSED", "=", "DEPLOYED", "RETIRED", "DRAFT"},
    {"409", "409", "409", "ACTIVE", "=", "ACTIVE", "DEPLOYED", "RETIRED", "DRAFT"},
    {"409", "409", "409", "409", "409", "409", "409", "=", "409"},
};

const std::vector<AgentAction>& way_to(AgentState state) {
  static const std::vector<std::vector<AgentAction>> ways{
      {},
      {AgentAction::deploy},
      {AgentAction::deploy, AgentAction::publish},
      {AgentAction::deploy, AgentAction::publish, AgentAction::activate},
      {AgentAction::deploy, AgentAction::publish, AgentAction::activate, AgentAction::pause},
      {AgentAction::retire}};
  return ways.at(static_cast<std::size_t>(state));
}

/// A new agent with a plan, led to the state.
Agent agent_in(const World& world, store::Tx& tx, AgentState state, const std::string& reference) {
  NewAgent values;
  values.agent_id = reference;
  values.name = "Agent " + reference;
  values.description = "Answers.";
  values.flow =
      import_flow(world.selling, tx, identity::default_project(world.selling, tx).id, std::nullopt, test::good_flow()).id;
  const Agent agent = create_agent(world.selling, tx, values);
  add_agent_plan(world.selling, tx, agent.id, test::plan_of("Starter", 2900, 1000));
  for (const AgentAction action : way_to(state)) test::step(world, tx, agent.id, action);
  return find_agent(world.selling, tx, reference);
}

std::size_t state_events(store::Tx& tx, OrganizationId organization) {
  std::size_t found = 0;
  for (const auto& stored : delivery::events_of(tx, organization, Timestamp{}, 10'000)) {
    found += stored.event.type == "agent.state_changed" ? 1 : 0;
  }
  return found;
}

void check_pair(const World& world, store::Tx& tx, const Agent& agent, AgentAction action, std::string_view expected) {
  CAPTURE(wire_name(agent.state));
  CAPTURE(wire_name(action));
  const std::size_t events_before = state_events(tx, world.provider);
  if (expected == "409") {
    const Refusal refusal = test::refusal_of([&] { test::step(world, tx, agent.id, action); });
    CHECK(refusal.code == Code::invalid_transition);
    CHECK(json::text_of(refusal.details, "from") == wire_name(agent.state));
    CHECK(json::text_of(refusal.details, "action") == wire_name(action));
    REQUIRE(refusal.details.contains("allowed"));
    CHECK(refusal.details.at("allowed").as_array().size() == allowed_actions(agent.state).size());
    CHECK(find_agent(world.selling, tx, agent.agent_id).state == agent.state);
    CHECK(state_events(tx, world.provider) == events_before);
    return;
  }
  const Transition moved = test::step(world, tx, agent.id, action);
  const bool stays = expected == "=";
  CHECK(moved.changed == !stays);
  CHECK(wire_name(moved.agent.state) == (stays ? wire_name(agent.state) : expected));
  CHECK(find_agent(world.selling, tx, agent.agent_id).state == moved.agent.state);
  CHECK(state_events(tx, world.provider) == events_before + (stays ? 0 : 1));
}

/// contracts/cmp.md §1.
void check_offering(store::Tx& tx, const Agent& agent) {
  const auto offering = market::offering_of_agent(tx, agent.organization, agent.id);
  REQUIRE(offering);
  const std::string_view states[] = {"Draft", "Draft", "Paused", "Active", "Paused", "Archived"};
  CHECK(market::wire_name(offering->state) == states[static_cast<std::size_t>(agent.state)]);
  if (agent.state == AgentState::listed) CHECK(offering->paused_reason == "listed");
}

TEST_CASE("X1: every state and action has the answer of the table, and the offering goes along") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    database.write([](store::Tx& tx) {
      World world = test::make_world(tx);
      tx.execute("UPDATE organization SET agents_max = 1000 WHERE organization_id = $1", {world.provider});
      for (const AgentState state : kStates) {
        for (const AgentAction action : kActions) {
          const std::string reference = std::string(wire_name(state)) + "-" + std::string(wire_name(action));
          const Agent agent = agent_in(world, tx, state, reference);
          REQUIRE(agent.state == state);
          check_offering(tx, agent);
          check_pair(world, tx, agent, action, kExpected[static_cast<std::size_t>(state)][static_cast<std::size_t>(action)]);
          check_offering(tx, find_agent(world.selling, tx, reference));
        }
      }
    });
  });
}

TEST_CASE("resume goes back to where the pause began, activate always to ACTIVE") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    database.write([&](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = agent_in(world, tx, AgentState::listed, "a");
      const Transition paused = test::step(world, tx, agent.id, AgentAction::pause);
      CHECK(paused.agent.paused_from == AgentState::listed);
      CHECK(paused.agent.grace_until == clock.now() + days(30));
      const Transition resumed = test::step(world, tx, agent.id, AgentAction::resume);
      CHECK(resumed.agent.state == AgentState::listed);
      CHECK(!resumed.agent.paused_from);
      CHECK(!resumed.agent.grace_until);
      test::step(world, tx, agent.id, AgentAction::pause);
      CHECK(test::step(world, tx, agent.id, AgentAction::activate).agent.state == AgentState::active);

      TransitionRequest pause;
      pause.action = AgentAction::pause;
      pause.grace_until = clock.now() - seconds(1);
      CHECK(test::names_field(test::refusal_of([&] { transition(world.selling, tx, world.publishing, agent.id, pause); }),
                              "grace_until"));
      pause.grace_without_end = true;
      pause.grace_until.reset();
      CHECK(!transition(world.selling, tx, world.publishing, agent.id, pause).agent.grace_until);
    });
  });
}

TEST_CASE("guards answer with their own codes") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      CHECK(agent.state == AgentState::active);
      test::order(world, tx, agent);
      // Subscribers keep it deployed, and alive until confirmed.
      test::step(world, tx, agent.id, AgentAction::unpublish);
      CHECK(test::refusal_of([&] { test::step(world, tx, agent.id, AgentAction::undeploy); }).code == Code::has_subscribers);
      CHECK(test::refusal_of([&] { test::step(world, tx, agent.id, AgentAction::retire); }).code == Code::confirmation_required);
      TransitionRequest retire;
      retire.action = AgentAction::retire;
      retire.confirm = "My Agent";
      CHECK(test::refusal_of([&] { transition(world.selling, tx, world.publishing, agent.id, retire); }).code ==
            Code::confirmation_required);
      // Only an operator with a reason pulls the switch.
      TransitionRequest force;
      force.action = AgentAction::force_undeploy;
      force.reason = "abuse";
      CHECK(test::refusal_of([&] { transition(world.selling, tx, world.publishing, agent.id, force); }).code ==
            Code::permission_denied);
      force.reason = " ";
      CHECK(test::names_field(test::refusal_of([&] { transition(world.operating, tx, world.publishing, agent.id, force); }),
                              "reason"));
      CHECK(test::refusal_of([&] { transition(world.buying, tx, world.publishing, agent.id, force); }).code == Code::not_found);
      CHECK(test::refusal_of([&] { test::step(world, tx, AgentId::random(), AgentAction::pause); }).code == Code::not_found);
      TransitionRequest pause;
      pause.action = AgentAction::pause;
      CHECK(test::refusal_of([&] { transition(world.buying, tx, world.publishing, agent.id, pause); }).code == Code::not_found);
    });
  });
}

TEST_CASE("a retired agent ends its subscriptions after thirty days, once") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    const auto [world, agent, subscription] = database.write([](store::Tx& tx) {
      World made = test::make_world(tx);
      Agent published = test::published_agent(made, tx);
      const SubscriptionId ordered = test::order(made, tx, published);
      TransitionRequest retire;
      retire.action = AgentAction::retire;
      retire.confirm = published.agent_id;
      published = transition(made.selling, tx, made.publishing, published.id, retire).agent;
      return std::tuple(made, published, ordered);
    });
    CHECK(agent.retire_at == clock.now() + days(30));
    const auto advance = [&] { return database.write([](store::Tx& tx) { return advance_agents(tx); }); };
    const auto state = [&, id = subscription] {
      return database.read([&](store::Tx& tx) { return market::subscription_by_id(tx, id)->state; });
    };
    clock.advance(days(30) - 1);
    CHECK(advance() == 0);
    CHECK(state() == market::SubscriptionState::ok);
    clock.advance(1);
    CHECK(advance() == 1);
    CHECK(state() == market::SubscriptionState::terminated);
    CHECK(advance() == 0);
    database.read([&, &w = world, id = subscription](store::Tx& tx) {
      for (const AccessKey& key : list_keys(w.buying, tx, id)) CHECK(key.status == KeyStatus::revoked);
    });
  });
}

TEST_CASE("the end of a grace is told once") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      test::step(world, tx, agent.id, AgentAction::pause);
    });
    const auto advance = [&] { return database.write([](store::Tx& tx) { return advance_agents(tx); }); };
    CHECK(advance() == 0);
    clock.advance(days(30));
    CHECK(advance() == 1);
    CHECK(advance() == 0);
  });
}

TEST_CASE("an agent follows its offering when the marketplace moves it, and refuses where it cannot") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      const OfferingId offering = *agent.offering;
      const auto state = [&] { return find_agent(world.selling, tx, agent.agent_id).state; };
      market::change_offering_state(world.selling, tx, offering, market::OfferingState::paused, "holidays");
      CHECK(state() == AgentState::paused);
      market::change_offering_state(world.selling, tx, offering, market::OfferingState::active, "");
      CHECK(state() == AgentState::active);
      market::change_offering_state(world.selling, tx, offering, market::OfferingState::draft, "");
      CHECK(state() == AgentState::deployed);
      CHECK(test::refusal_of([&] {
              market::change_offering_state(world.selling, tx, offering, market::OfferingState::active, "");
            }).code == Code::invalid_transition);
    });
    database.write([](store::Tx& tx) {
      // The refusal above was caught inside its transaction: only a whole one leaves nothing behind.
      CHECK(test::count(tx, "SELECT COUNT(*) FROM agent WHERE state = 'DEPLOYED'") == 1);
    });
  });
}

TEST_CASE("archiving the offering retires the agent for good") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock& clock) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    const auto [world, agent] = database.write([](store::Tx& tx) {
      World made = test::make_world(tx);
      Agent published = test::published_agent(made, tx);
      market::change_offering_state(made.selling, tx, *published.offering, market::OfferingState::archived, "");
      return std::pair(made, published);
    });
    const auto stored = [&, id = agent.id] { return database.read([&](store::Tx& tx) { return *agent_by_id(tx, id); }); };
    CHECK(stored().state == AgentState::retired);
    CHECK(stored().retire_at == clock.now() + days(30));
    const Refusal refusal = test::refusal_of([&, &w = world, &a = agent] {
      database.write(
          [&](store::Tx& tx) { market::change_offering_state(w.selling, tx, *a.offering, market::OfferingState::draft, ""); });
    });
    CHECK(refusal.code == Code::invalid_transition);
    database.read([&, &a = agent](store::Tx& tx) {
      CHECK(market::offering_by_id(tx, *a.offering).state == market::OfferingState::archived);
    });
  });
}

TEST_CASE("an operator acts on any agent, and the provider's audit trail keeps it") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      const Scope elsewhere = test::signed_in(tx, world.operator_account, world.customer);
      TransitionRequest force;
      force.action = AgentAction::force_undeploy;
      force.reason = "abuse";
      const Transition moved = transition(elsewhere, tx, world.publishing, agent.id, force);
      CHECK(moved.agent.state == AgentState::draft);
      CHECK(moved.agent.runtime_endpoint.empty());
      CHECK(market::offering_by_id(tx, *agent.offering).state == market::OfferingState::draft);
      bool is_kept = false;
      for (const auto& row : identity::audit_rows(world.selling, tx, 10)) {
        is_kept =
            is_kept || (row.entry.action == "agent.force_undeploy" && json::text_of(row.entry.details, "reason") == "abuse");
      }
      CHECK(is_kept);
      CHECK(test::step(world, tx, agent.id, AgentAction::deploy).agent.state == AgentState::deployed);
    });
  });
}

TEST_CASE("of two who move an agent at once the table decides for the second as well") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    const auto [world, agent] = database.write([](store::Tx& tx) {
      World made = test::make_world(tx);
      Agent published = test::published_agent(made, tx);
      return std::pair(made, published);
    });
    const std::int64_t before = agent.row_version;
    std::atomic<int> changed{0};
    std::atomic<int> failed{0};
    std::vector<std::thread> people;
    for (int i = 0; i < 6; ++i) {
      people.emplace_back([&, &w = world, id = agent.id] {
        try {
          const bool moved = database.write([&](store::Tx& tx) { return test::step(w, tx, id, AgentAction::pause).changed; });
          changed += moved ? 1 : 0;
        } catch (const Refusal&) {
          ++failed;
        }
      });
    }
    for (std::thread& one : people) one.join();
    CHECK(changed == 1);
    CHECK(failed == 0);
    database.read([&, &w = world](store::Tx& tx) {
      CHECK(find_agent(w.selling, tx, "flow-support-123").state == AgentState::paused);
      CHECK(find_agent(w.selling, tx, "flow-support-123").row_version == before + 1);
    });
  });
}

TEST_CASE("a publish that needs a review waits, approval completes it and rejection ends it") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      World world = test::make_world(tx);
      world.publishing.review_required = true;
      StudioPublish request = test::studio_request();
      request.auto_publish = true;
      const Agent waiting = publish_from_studio(world.selling, tx, world.publishing, request).agent;
      CHECK(waiting.state == AgentState::deployed);
      CHECK(waiting.review_state == "PENDING");
      CHECK(test::refusal_of([&] { review_agent(world.selling, tx, world.publishing, waiting.id, true, ""); }).code ==
            Code::permission_denied);
      CHECK(test::names_field(
          test::refusal_of([&] { review_agent(world.operating, tx, world.publishing, waiting.id, false, ""); }), "reason"));
      CHECK(review_agent(world.operating, tx, world.publishing, waiting.id, false, "no terms").agent.review_state == "REJECTED");
      CHECK(test::refusal_of([&] { review_agent(world.operating, tx, world.publishing, waiting.id, true, ""); }).code ==
            Code::conflict);
      CHECK(test::step(world, tx, waiting.id, AgentAction::publish).changed == false);
      const Transition approved = review_agent(world.operating, tx, world.publishing, waiting.id, true, "fine");
      CHECK(approved.changed);
      CHECK(approved.agent.state == AgentState::listed);
      CHECK(approved.agent.review_state == "APPROVED");
    });
  });
}

}  // namespace
}  // namespace guildhall::registry
