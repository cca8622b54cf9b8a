// Which version runs after a history of promotions (contracts/registry.md §4).
#include "promotions.h"

#include <doctest/doctest.h>

#include <string>

namespace guildhall::registry {
namespace {

/// "2.0.0!" is breaking, "1.2.0m" is migrated by hand, "1.3.0+" wants another host.
VersionStep step_named(const std::string& text) {
  VersionStep step;
  step.number = *parse_semver(text.substr(0, text.find_first_of("!m+")));
  step.is_breaking = text.find('!') != std::string::npos;
  step.migrates_by_hand = text.find('m') != std::string::npos;
  step.permissions = {{"hosts", json::Array{"api.example"}}};
  if (text.find('+') != std::string::npos) step.permissions["hosts"].as_array().emplace_back("other.example");
  step.id = AgentVersionId::random();
  return step;
}

struct History {
  std::vector<std::string> versions;    ///< the base first
  std::vector<std::size_t> promotions;  ///< after the base, by place in `versions`
  std::size_t runs;
};

TEST_CASE("a subscription follows what needs no consent, and every step back") {
  for (const History& history :
       std::vector<History>{// Nothing happened; the base again.
                            {{"1.0.0"}, {}, 0},
                            {{"1.0.0"}, {0, 0}, 0},
                            // Fixes and features are followed, one after the other or at once.
                            {{"1.0.0", "1.0.1", "1.1.0"}, {1, 2}, 2},
                            {{"1.0.0", "1.0.1", "1.1.0"}, {2}, 2},
                            // Breaking, migrated by hand, wider: each waits.
                            {{"1.0.0", "2.0.0!"}, {1}, 0},
                            {{"1.0.0", "1.1.0m"}, {1}, 0},
                            {{"1.0.0", "1.1.0+"}, {1}, 0},
                            // A greater major number that the provider declared harmless is followed.
                            {{"1.0.0", "2.0.0"}, {1}, 1},
                            // What is above something that waits waits too, even when that was never promoted.
                            {{"1.0.0", "2.0.0!", "2.1.0"}, {1, 2}, 0},
                            {{"1.0.0", "2.0.0!", "2.1.0"}, {2}, 0},
                            {{"1.0.0", "1.1.0m", "1.2.0"}, {2}, 0},
                            // Wider permissions in between do not matter when the target is not wider.
                            {{"1.0.0", "1.1.0+", "1.2.0"}, {2}, 2},
                            {{"1.0.0", "1.1.0+", "1.2.0+"}, {1, 2}, 0},
                            // The old line goes on while the new one waits.
                            {{"1.0.0", "1.0.1", "2.0.0!"}, {2, 1}, 1},
                            {{"1.0.0", "1.0.1", "2.0.0!"}, {1, 2}, 1},
                            // Steps back are followed, whatever lies in between.
                            {{"2.0.0!", "1.0.0"}, {1}, 1},
                            {{"1.1.0m", "1.0.0"}, {1}, 1},
                            {{"1.0.0", "1.1.0", "0.9.0"}, {1, 2}, 2},
                            // A step back to wider permissions than were ever agreed to waits.
                            {{"1.1.0", "1.0.0+"}, {1}, 0},
                            // Down and up again: what ran since the base needs no second consent.
                            {{"2.0.0!", "1.0.0"}, {1, 0}, 0},
                            {{"1.0.0+", "1.1.0"}, {1, 0}, 0},
                            {{"2.0.0!", "1.0.0", "3.0.0!"}, {1, 2}, 1},
                            {{"2.0.0!", "1.0.0", "2.0.1"}, {1, 2}, 1},
                            {{"1.0.0", "2.0.0!"}, {1, 0, 1, 0}, 0},
                            // Prereleases stand below their release.
                            {{"1.0.0", "1.1.0-rc.1", "1.1.0"}, {1, 2}, 2}}) {
    std::vector<VersionStep> versions;
    std::string shown;
    for (const std::string& text : history.versions) {
      versions.push_back(step_named(text));
      shown += " " + text;
    }
    std::vector<AgentVersionId> promotions;
    for (const std::size_t place : history.promotions) {
      promotions.push_back(versions[place].id);
      shown += " >" + history.versions[place];
    }
    CAPTURE(shown);
    CHECK(followed_version(versions, versions.front().id, promotions) == versions[history.runs].id);
  }
}

TEST_CASE("a version that waits says every reason") {
  const std::vector<VersionStep> versions{step_named("1.0.0"), step_named("1.1.0m"), step_named("2.0.0!"), step_named("2.1.0+")};
  using enum WaitReason;
  CHECK(reasons_to_wait(versions, versions[0], versions[1]) == std::vector{manual_migration});
  CHECK(reasons_to_wait(versions, versions[0], versions[3]) == std::vector{breaking, manual_migration, wider_permissions});
  CHECK(reasons_to_wait(versions, versions[2], versions[3]) == std::vector{wider_permissions});
  CHECK(reasons_to_wait(versions, versions[3], versions[0]).empty());
  CHECK(reasons_to_wait(versions, versions[1], versions[1]).empty());
}

TEST_CASE("permissions are wider when they grant anything more") {
  struct Row {
    const char* permissions;
    const char* than;
    bool is_wider;
  };
  for (const Row& row :
       {Row{"{}", "{}", false}, Row{R"({"tools":[]})", "{}", false},
        Row{R"({"tools":null,"data":"","mail":false,"egress":{"hosts":[]}})", "{}", false},
        Row{R"({"tools":["search"]})", "{}", true}, Row{R"({"tools":["search"]})", R"({"tools":["mail","search"]})", false},
        Row{R"({"tools":["mail","search"]})", R"({"tools":["search"]})", true}, Row{"{}", R"({"tools":["search"]})", false},
        Row{R"({"mail":true})", R"({"mail":false})", true}, Row{R"({"mail":true})", R"({"mail":true})", false},
        Row{R"({"mail":false})", R"({"mail":true})", false}, Row{R"({"calls":10})", R"({"calls":9})", true},
        Row{R"({"calls":9})", R"({"calls":10})", false}, Row{R"({"calls":0})", "{}", true},
        Row{R"({"data":"write"})", R"({"data":"read"})", true}, Row{R"({"data":"read"})", R"({"data":"read"})", false},
        Row{R"({"egress":{"hosts":["a"]}})", R"({"egress":{"hosts":["a"],"ports":[1]}})", false},
        Row{R"({"egress":{"hosts":["a"],"ports":[1]}})", R"({"egress":{"hosts":["a"]}})", true},
        Row{R"({"egress":["a"]})", R"({"egress":{"hosts":["a"]}})", true},
        Row{R"({"egress":"any"})", R"({"egress":["a"]})", true}}) {
    CAPTURE(row.permissions);
    CAPTURE(row.than);
    CHECK(is_wider(json::parse_or_refuse(row.permissions).as_object(), json::parse_or_refuse(row.than).as_object()) ==
          row.is_wider);
  }
}

}  // namespace
}  // namespace guildhall::registry
