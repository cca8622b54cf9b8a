// Immutable versions and their order (contracts/registry.md §4, acceptance X3).
#include <doctest/doctest.h>

#include "base/log.h"
#include "semver.h"
#include "support/databases.h"
#include "test_world.h"

namespace guildhall::registry {
namespace {

using test::World;

TEST_CASE("versions are ordered as SemVer 2.0.0 orders them") {
  // §11 of semver.org and its prerelease chain; each is below the next.
  const std::vector<std::string> ascending{"0.0.1",       "0.1.0",         "1.0.0-0",
                                           "1.0.0-1",     "1.0.0-2",       "1.0.0-11",
                                           "1.0.0-alpha", "1.0.0-alpha.1", "1.0.0-alpha.beta",
                                           "1.0.0-beta",  "1.0.0-beta.2",  "1.0.0-beta.11",
                                           "1.0.0-rc.1",  "1.0.0",         "1.0.1",
                                           "1.2.0",       "1.10.0",        "2.0.0",
                                           "10.0.0"};
  for (std::size_t i = 0; i < ascending.size(); ++i) {
    for (std::size_t j = 0; j < ascending.size(); ++j) {
      CAPTURE(ascending[i]);
      CAPTURE(ascending[j]);
      CHECK(compare(*parse_semver(ascending[i]), *parse_semver(ascending[j])) == (i <=> j));
    }
  }
  CHECK(compare(*parse_semver("1.0.0+build.1"), *parse_semver("1.0.0+zzz")) == 0);
  CHECK(compare(*parse_semver("1.0.0-99999999999999999999999"), *parse_semver("1.0.0-9")) > 0);
}

TEST_CASE("what is not SemVer is not a version") {
  for (const char* text :
       {"", "1", "1.0", "1.0.0.0", "v1.0.0", "1.0.0-", "1.0.0+", "01.0.0", "1.00.0", "1.0.0-01", "1.0.0-a..b", "1.0.0-a_b",
        "1.0.0 ", " 1.0.0", "1.0.x", "-1.0.0", "1.0.0+a+b", "99999999999999999999.0.0", "1.0.0-ü"}) {
    CAPTURE(text);
    CHECK(!parse_semver(text));
  }
  CHECK(!parse_semver("1.0.0-" + std::string(95, 'a')));
  CHECK(parse_semver("1.0.0-" + std::string(94, 'a')));
  CHECK(parse_semver("1.0.0-x-y-z.--+001.exp-sha"));
}

NewVersion version_of(const std::string& number, const std::string& variant) {
  NewVersion version;
  version.version = number;
  version.flow_bytes = test::good_flow(variant);
  return version;
}

template <class Body>
void with_agent(Body&& body) {
  guildhall::test::for_each_database([&](store::Database& database, ManualClock&) {
    database.write([&](store::Tx& tx) {
      const World world = test::make_world(tx);
      body(world, tx, test::published_agent(world, tx));
    });
  });
}

TEST_CASE("a version is greater than all before, or exactly one that exists") {
  with_agent([](const World& world, store::Tx& tx, const Agent& agent) {
    const auto add = [&](const NewVersion& version) {
      return add_version(world.selling, tx, world.publishing, agent.id, version);
    };
    const VersionResult first = add(version_of("1.1.0", "two"));
    CHECK(first.created);
    CHECK(first.promoted);
    CHECK(first.previous_version == "1.0.0");
    CHECK(first.version.change_type == "feature");
    const VersionResult again = add(version_of("1.1.0", "two"));
    CHECK(!again.created);
    CHECK(again.version.id == first.version.id);
    CHECK(test::refusal_of([&] { add(version_of("1.1.0", "three")); }).code == Code::version_exists);
    const Refusal lower = test::refusal_of([&] { add(version_of("1.0.9", "three")); });
    CHECK(lower.code == Code::version_not_greater);
    CHECK(json::text_of(lower.details, "highest") == "1.1.0");
    CHECK(test::refusal_of([&] { add(version_of("1.1.0-rc.1", "three")); }).code == Code::version_not_greater);
    CHECK(test::refusal_of([&] { add(version_of("1.1.0+x", "three")); }).code == Code::version_not_greater);
    CHECK(add(version_of("1.1.1", "three")).version.change_type == "fix");
    CHECK(add(version_of("2.0.0-beta.1", "four")).version.change_type == "breaking");
    std::vector<std::string> numbers;
    for (const AgentVersion& version : list_versions(world.selling, tx, agent.id)) numbers.push_back(version.version);
    CHECK(numbers == std::vector<std::string>{"2.0.0-beta.1", "1.1.1", "1.1.0", "1.0.0"});
  });
}

TEST_CASE("a step smaller than the declared change is refused") {
  struct Row {
    const char* version;
    const char* declared;
    bool fits;
  };
  with_agent([](const World& world, store::Tx& tx, const Agent& agent) {
    for (const Row& row : std::vector<Row>{{"1.0.1", "fix", true},
                                           {"1.0.2", "feature", false},
                                           {"1.0.2", "breaking", false},
                                           {"1.1.0", "fix", true},
                                           {"1.2.0", "feature", true},
                                           {"1.3.0", "breaking", false},
                                           {"2.0.0", "breaking", true}}) {
      CAPTURE(row.version);
      CAPTURE(row.declared);
      NewVersion version = version_of(row.version, row.version);
      version.change_type = row.declared;
      if (row.fits) {
        CHECK(add_version(world.selling, tx, world.publishing, agent.id, version).version.change_type == row.declared);
      } else {
        CHECK(test::refusal_of([&] { add_version(world.selling, tx, world.publishing, agent.id, version); }).code ==
              Code::semver_mismatch);
      }
    }
  });
}

TEST_CASE("promote and rollback move the current version, a yanked one takes no new pins") {
  with_agent([](const World& world, store::Tx& tx, const Agent& agent) {
    NewVersion waiting = version_of("1.1.0", "two");
    waiting.promote = false;
    CHECK(!add_version(world.selling, tx, world.publishing, agent.id, waiting).promoted);
    const auto current = [&] { return find_agent(world.selling, tx, agent.agent_id).current_version_number; };
    CHECK(current() == "1.0.0");
    promote_version(world.selling, tx, agent.id, "1.1.0");
    CHECK(current() == "1.1.0");
    promote_version(world.selling, tx, agent.id, "1.0.0");
    CHECK(current() == "1.0.0");
    CHECK(yank_version(world.selling, tx, agent.id, "1.1.0").is_yanked);
    CHECK(yank_version(world.selling, tx, agent.id, "1.1.0").is_yanked);
    CHECK(test::names_field(test::refusal_of([&] { promote_version(world.selling, tx, agent.id, "1.1.0"); }), "version"));
    yank_version(world.selling, tx, agent.id, "1.0.0");
    CHECK(current() == "1.0.0");
    CHECK(load_version(tx, *find_agent(world.selling, tx, agent.agent_id).current_version).flow_bytes == test::good_flow());
    CHECK(test::refusal_of([&] { promote_version(world.selling, tx, agent.id, "9.9.9"); }).code == Code::not_found);
    CHECK(test::refusal_of([&] { promote_version(world.buying, tx, agent.id, "1.0.0"); }).code == Code::not_found);
    test::step(world, tx, agent.id, AgentAction::retire);
    CHECK(test::refusal_of([&] { promote_version(world.selling, tx, agent.id, "1.1.0"); }).code == Code::invalid_transition);
    CHECK(test::refusal_of([&] { add_version(world.selling, tx, world.publishing, agent.id, version_of("3.0.0", "x")); }).code ==
          Code::invalid_transition);
  });
}

TEST_CASE("X3: tampered bytes, configuration or a missing blob never load, and the operator is told") {
  guildhall::test::for_each_database([](store::Database& database, ManualClock&) {
    for (const char* tampering :
         {"UPDATE agent_version SET config = '{\"model\":\"other\"}'",
          "UPDATE agent_version SET permissions = '{\"egress\":[\"*\"]}'", "UPDATE agent_version SET sha256 = 'ff'",
          "UPDATE agent_version SET flow_sha256 = 'ff'", "DELETE FROM blob"}) {
      CAPTURE(tampering);
      std::string logged;
      log::set_sink([&](std::string_view line) { logged.append(line); });
      const Refusal refusal = test::refusal_of([&] {
        database.write([&](store::Tx& tx) {
          const World world = test::make_world(tx);
          const Agent agent = test::published_agent(world, tx);
          CHECK(load_version(tx, *agent.current_version).version.version == "1.0.0");
          tx.execute(tampering);
          load_version(tx, *agent.current_version);
        });
      });
      log::set_sink({});
      CHECK(refusal.code == Code::runtime_unavailable);
      CHECK(logged.find("agent_version_tampered") != std::string::npos);
    }
  });
}

TEST_CASE("the working copy is synced against the hash the studio started from") {
  with_agent([](const World& world, store::Tx& tx, const Agent& agent) {
    const std::string base = get_flow(world.selling, tx, agent.flow).sha256;
    StudioSync request;
    request.flow_bytes = test::good_flow("two");
    request.base_sha256 = base;
    const StudioSynced synced = sync_from_studio(world.selling, tx, agent.id, request);
    CHECK(synced.changed);
    CHECK(synced.is_dirty);
    CHECK(synced.flow.revision == 2);
    CHECK(test::refusal_of([&] { sync_from_studio(world.selling, tx, agent.id, request); }).code == Code::sync_conflict);
    request.base_sha256.reset();
    CHECK(!sync_from_studio(world.selling, tx, agent.id, request).changed);
    request.flow_bytes = test::good_flow();
    const StudioSynced back = sync_from_studio(world.selling, tx, agent.id, request);
    CHECK(back.flow.revision == 3);
    CHECK(!back.is_dirty);
    CHECK(back.agent.current_version_number == "1.0.0");
  });
}

}  // namespace
}  // namespace guildhall::registry
