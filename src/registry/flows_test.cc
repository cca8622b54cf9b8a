// Working copies: names, endpoints, revisions, and bytes that live as long as anybody needs them.
#include <doctest/doctest.h>

#include "store/blobs.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

std::string flow_with(std::string_view name, std::string_view endpoint, std::string_view variant = "one") {
  json::Object flow{{"name", name},
                    {"endpoint_name", endpoint},
                    {"data",
                     {{"nodes", {test::node("I", "ChatInput", {{"input_value", test::field(json::Value(variant))}})}},
                      {"edges", json::Array()}}}};
  return json::write(flow);
}

template <class Body>
void with_provider(Body&& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    database.write([&](store::Tx& tx) {
      const World world = test::make_world(tx);
      body(world, tx, identity::default_project(world.selling, tx).id);
    });
  });
}

TEST_CASE("names that are taken get a number, wanted ids are kept when free") {
  with_provider([](const World& world, store::Tx& tx, ProjectId project) {
    const FlowId wanted = FlowId::random();
    const Flow first = import_flow(world.selling, tx, project, wanted, flow_with("Help", ""));
    CHECK(first.id == wanted);
    CHECK(first.name == "Help");
    const Flow second = import_flow(world.selling, tx, project, wanted, flow_with("Help", ""));
    CHECK(second.id != wanted);
    CHECK(second.name == "Help (1)");
    CHECK(import_flow(world.selling, tx, project, std::nullopt, flow_with("Help", "")).name == "Help (2)");
    CHECK(import_flow(world.selling, tx, project, std::nullopt, flow_with("Help (1)", "")).name == "Help (1) (1)");
    CHECK(list_flows(world.selling, tx).size() == 4);
    // The number is ours: replacing the bytes under the old name keeps it.
    CHECK(replace_flow(world.selling, tx, second.id, flow_with("Help", "", "two"), std::nullopt).name == "Help (1)");
    CHECK(replace_flow(world.selling, tx, second.id, flow_with("Sales", "", "two"), std::nullopt).name == "Sales");
  });
}

TEST_CASE("an endpoint name belongs to one flow of an organization, which is found by it") {
  with_provider([](const World& world, store::Tx& tx, ProjectId project) {
    const Flow flow = import_flow(world.selling, tx, project, std::nullopt, flow_with("A", "ask"));
    CHECK(find_flow(world.selling, tx, "ask").id == flow.id);
    CHECK(find_flow(world.selling, tx, flow.id.text()).id == flow.id);
    CHECK(
        test::names_field(test::refusal_of([&] { import_flow(world.selling, tx, project, std::nullopt, flow_with("B", "ask")); }),
                          "endpoint_name"));
    CHECK(test::refusal_of([&] { import_flow(world.selling, tx, project, std::nullopt, flow_with("B", "a b")); }).code ==
          Code::validation_failed);
    const Flow other = import_flow(world.selling, tx, project, std::nullopt, flow_with("B", "tell"));
    CHECK(test::names_field(
        test::refusal_of([&] { replace_flow(world.selling, tx, other.id, flow_with("B", "ask", "two"), std::nullopt); }),
        "endpoint_name"));
    CHECK(test::refusal_of([&] { find_flow(world.selling, tx, ""); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { find_flow(world.selling, tx, "nobody"); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { find_flow(world.buying, tx, "ask"); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { get_flow(world.buying, tx, flow.id); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { flow_bytes(world.buying, tx, flow.id); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { delete_flow(world.buying, tx, flow.id); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { import_flow(world.buying, tx, world.project, std::nullopt, flow_with("C", "")); }).code ==
          Code::permission_denied);
    CHECK(test::refusal_of([&] { import_flow(world.selling, tx, world.project, std::nullopt, flow_with("C", "")); }).code ==
          Code::not_found);
  });
}

TEST_CASE("bytes stay as they came, a revision counts changes, a stale base is a conflict") {
  with_provider([](const World& world, store::Tx& tx, ProjectId project) {
    const std::string text = " " + flow_with("A", "") + "\n";
    const Flow flow = import_flow(world.selling, tx, project, std::nullopt, text);
    CHECK(flow_bytes(world.selling, tx, flow.id) == text);
    CHECK(flow.revision == 1);
    CHECK(replace_flow(world.selling, tx, flow.id, text, flow.sha256).revision == 1);
    const Flow changed = replace_flow(world.selling, tx, flow.id, flow_with("A", "", "two"), flow.sha256);
    CHECK(changed.revision == 2);
    CHECK(changed.sha256 != flow.sha256);
    CHECK(!store::get_blob(tx, world.provider, flow.sha256));
    const Refusal stale =
        test::refusal_of([&] { replace_flow(world.selling, tx, flow.id, flow_with("A", "", "three"), flow.sha256); });
    CHECK(stale.code == Code::sync_conflict);
    CHECK(json::text_of(stale.details, "sha256") == changed.sha256);
  });
}

TEST_CASE("bytes that two flows or a version share go with the last of them") {
  with_provider([](const World& world, store::Tx& tx, ProjectId project) {
    const std::string text = flow_with("A", "");
    const Flow one = import_flow(world.selling, tx, project, std::nullopt, text);
    const Flow two = import_flow(world.selling, tx, project, std::nullopt, text);
    CHECK(one.sha256 == two.sha256);
    delete_flow(world.selling, tx, one.id);
    CHECK(flow_bytes(world.selling, tx, two.id) == text);
    delete_flow(world.selling, tx, two.id);
    CHECK(!store::get_blob(tx, world.provider, two.sha256));

    const Agent agent = test::published_agent(world, tx);
    const std::string frozen = get_flow(world.selling, tx, agent.flow).sha256;
    CHECK(test::refusal_of([&] { delete_flow(world.selling, tx, agent.flow); }).code == Code::conflict);
    replace_flow(world.selling, tx, agent.flow, test::good_flow("two"), std::nullopt);
    CHECK(store::get_blob(tx, world.provider, frozen));
    CHECK(load_version(tx, *agent.current_version).flow_bytes == test::good_flow());
  });
}

TEST_CASE("what is not a flow is not stored") {
  with_provider([](const World& world, store::Tx& tx, ProjectId project) {
    for (const char* text :
         {"", "{", "null", "[]", "\"flow\"", "{}", R"({"name":"x"})", R"({"name":"x","data":{}})",
          R"({"name":"x","data":{"nodes":{},"edges":[]}})", R"({"name":"x","data":{"nodes":[],"edges":[],"nodes":[]}})",
          R"({"name":"x","data":{"nodes":[{}],"edges":[]}})", R"({"name":"x","data":{"nodes":[1],"edges":[]}})"}) {
      CAPTURE(text);
      const Code code = test::refusal_of([&] { import_flow(world.selling, tx, project, std::nullopt, text); }).code;
      CHECK((code == Code::malformed_json || code == Code::validation_failed));
    }
    CHECK(test::count(tx, "SELECT COUNT(*) FROM flow") == 0);
    CHECK(test::count(tx, "SELECT COUNT(*) FROM blob") == 0);
  });
}

}  // namespace
}  // namespace guildhall::registry
