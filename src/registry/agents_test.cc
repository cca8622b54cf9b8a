// Agents as their provider edits them.
#include <doctest/doctest.h>

#include "identity/audit.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

NewAgent new_agent(const std::string& reference) {
  NewAgent values;
  values.agent_id = reference;
  values.name = "Agent " + reference;
  return values;
}

template <class Body>
void with_provider(Body&& body) {
  guildhall::test::for_each_database(
      [&](store::Database& database, ManualClock&) { database.write([&](store::Tx& tx) { body(test::make_world(tx), tx); }); });
}

TEST_CASE("an agent is found by its UUID and by its provider's own name, and by nobody else") {
  with_provider([](const World& world, store::Tx& tx) {
    const Agent agent = create_agent(world.selling, tx, new_agent("help"));
    CHECK(agent.state == AgentState::draft);
    CHECK(agent.row_version == 1);
    CHECK(!agent.offering);
    CHECK(find_agent(world.selling, tx, "help").id == agent.id);
    CHECK(find_agent(world.selling, tx, agent.id.text()).id == agent.id);
    CHECK(find_agent(world.operating, tx, agent.id.text()).id == agent.id);
    CHECK(agent_by_id(tx, agent.id)->agent_id == "help");
    CHECK(!agent_by_id(tx, AgentId::random()));
    for (const char* reference : {"", "nobody", "HELP", "help "}) {
      CHECK(test::refusal_of([&] { find_agent(world.selling, tx, reference); }).code == Code::not_found);
    }
    CHECK(test::refusal_of([&] { find_agent(world.buying, tx, "help"); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { find_agent(world.buying, tx, agent.id.text()); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { create_agent(world.buying, tx, new_agent("x")); }).code == Code::permission_denied);
    const Agent unnamed = create_agent(world.selling, tx, new_agent(""));
    CHECK(unnamed.agent_id == unnamed.id.text());
    CHECK(list_agents(world.selling, tx).size() == 2);
  });
}

TEST_CASE("an agent_id is taken once, and there is room for as many agents as the organization has") {
  with_provider([](const World& world, store::Tx& tx) {
    create_agent(world.selling, tx, new_agent("a0"));
    CHECK(test::refusal_of([&] { create_agent(world.selling, tx, new_agent("a0")); }).code == Code::agent_id_taken);
    for (int i = 1; i < 10; ++i) create_agent(world.selling, tx, new_agent("a" + std::to_string(i)));
    CHECK(test::refusal_of([&] { create_agent(world.selling, tx, new_agent("a10")); }).code == Code::agent_limit_reached);
    delete_agent(world.selling, tx, find_agent(world.selling, tx, "a0").id);
    CHECK(create_agent(world.selling, tx, new_agent("a0")).agent_id == "a0");
    test::step(world, tx, find_agent(world.selling, tx, "a1").id, AgentAction::retire);
    CHECK(create_agent(world.selling, tx, new_agent("a10")).agent_id == "a10");
  });
}

TEST_CASE("an update compares the row version and never touches state, version or agent_id") {
  with_provider([](const World& world, store::Tx& tx) {
    const Agent before = test::published_agent(world, tx);
    Agent values = before;
    values.name = "Renamed";
    values.agent_id = "other";
    values.state = AgentState::retired;
    values.current_version_number = "9.9.9";
    const Agent after = update_agent(world.selling, tx, values, before.row_version);
    CHECK(after.name == "Renamed");
    CHECK(after.slug == "renamed");
    CHECK(after.agent_id == before.agent_id);
    CHECK(after.state == AgentState::active);
    CHECK(after.current_version_number == "1.0.0");
    CHECK(after.row_version == before.row_version + 1);
    CHECK(test::refusal_of([&] { update_agent(world.selling, tx, values, before.row_version); }).code ==
          Code::precondition_failed);
    CHECK(test::refusal_of([&] { update_agent(world.buying, tx, values, std::nullopt); }).code == Code::not_found);
  });
}

TEST_CASE("only a DRAFT that nobody subscribed to is deleted, with everything it had") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    delivery::Subscribers subscribers;
    subscribe(subscribers);
    subscribers.attach(database);
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent sold = test::published_agent(world, tx);
      CHECK(test::refusal_of([&] { delete_agent(world.selling, tx, sold.id); }).code == Code::agent_not_draft);
      const SubscriptionId subscription = test::order(world, tx, sold);
      market::terminate(world.buying, tx, subscription);
      test::step(world, tx, sold.id, AgentAction::force_undeploy);
      CHECK(test::refusal_of([&] { delete_agent(world.selling, tx, sold.id); }).code == Code::agent_not_draft);

      StudioPublish request = test::studio_request();
      request.flow_id = "unsold";
      request.flow_bytes = test::good_flow("other");
      const Agent unsold = publish_from_studio(world.selling, tx, world.publishing, request).agent;
      test::step(world, tx, unsold.id, AgentAction::undeploy);
      delete_agent(world.selling, tx, unsold.id);
      CHECK(!agent_by_id(tx, unsold.id));
      CHECK(!market::offering_of_agent(tx, world.provider, unsold.id));
      CHECK(test::count(tx, "SELECT COUNT(*) FROM agent_version WHERE agent_id = $1", {unsold.id}) == 0);
      CHECK(test::count(tx, "SELECT COUNT(*) FROM agent_plan WHERE agent_id = $1", {unsold.id}) == 0);
      CHECK(get_flow(world.selling, tx, unsold.flow).id == unsold.flow);
    });
  });
}

TEST_CASE("an agent that is not valid is refused by the name of its field") {
  struct Row {
    const char* field;
    std::function<void(NewAgent&)> spoil;
  };
  const std::vector<Row> rows{
      {"agent_id", [](NewAgent& a) { a.agent_id = ".a"; }},
      {"agent_id", [](NewAgent& a) { a.agent_id = "a/b"; }},
      {"agent_id", [](NewAgent& a) { a.agent_id = "ä"; }},
      {"agent_id", [](NewAgent& a) { a.agent_id = std::string(101, 'a'); }},
      {"name", [](NewAgent& a) { a.name.clear(); }},
      {"name", [](NewAgent& a) { a.name = std::string(121, 'x'); }},
      {"description", [](NewAgent& a) { a.description = "\xff"; }},
      {"description", [](NewAgent& a) { a.description = std::string(65'537, 'x'); }},
      {"category", [](NewAgent& a) { a.category = ""; }},
      {"category", [](NewAgent& a) { a.category = "Weather"; }},
      {"system_prompt", [](NewAgent& a) { a.system_prompt = std::string(32'001, 'x'); }},
      {"tags", [](NewAgent& a) { a.tags = std::vector<std::string>(33, "x"); }},
      {"capabilities[1]", [](NewAgent& a) { a.capabilities = {"x", std::string(61, 'x')}; }},
      {"supported_languages[0]", [](NewAgent& a) { a.supported_languages = {" "}; }},
      {"config", [](NewAgent& a) { a.config["x"] = std::string(262'145, 'x'); }},
      {"permissions", [](NewAgent& a) { a.permissions["x"] = std::string(262'145, 'x'); }},
      {"max_concurrent_requests", [](NewAgent& a) { a.max_concurrent_requests = 0; }},
      {"max_concurrent_requests", [](NewAgent& a) { a.max_concurrent_requests = 1001; }},
      {"timeout_seconds", [](NewAgent& a) { a.timeout_seconds = 301; }},
      {"timeout_seconds", [](NewAgent& a) { a.timeout_seconds = -1; }},
  };
  with_provider([&](const World& world, store::Tx& tx) {
    for (const Row& row : rows) {
      CAPTURE(row.field);
      NewAgent values = new_agent("good");
      row.spoil(values);
      const Refusal refusal = test::refusal_of([&] { create_agent(world.selling, tx, values); });
      CHECK(refusal.code == Code::validation_failed);
      CHECK(test::names_field(refusal, row.field));
    }
    NewAgent foreign = new_agent("good");
    foreign.project = world.project;
    CHECK(test::refusal_of([&] { create_agent(world.selling, tx, foreign); }).code == Code::not_found);
    foreign.project.reset();
    foreign.flow = FlowId::random();
    CHECK(test::refusal_of([&] { create_agent(world.selling, tx, foreign); }).code == Code::not_found);
    CHECK(list_agents(world.selling, tx).empty());
  });
}

TEST_CASE("every mutation leaves an audit row and the chain stays whole") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    database.write([](store::Tx& tx) {
      const World world = test::make_world(tx);
      const Agent agent = test::published_agent(world, tx);
      test::step(world, tx, agent.id, AgentAction::pause);
      std::vector<std::string> actions;
      for (const auto& row : identity::audit_rows(world.selling, tx, 100)) {
        if (row.entry.object_type == "agent" || row.entry.object_type == "flow")
          actions.insert(actions.begin(), row.entry.action);
      }
      CHECK(actions == std::vector<std::string>{"flow.import", "agent.create", "agent.add_version", "agent.promote_version",
                                                "agent.deploy", "agent.publish", "agent.pause"});
      CHECK(!identity::first_broken_audit_row(tx, world.provider));
    });
  });
}

}  // namespace
}  // namespace guildhall::registry
