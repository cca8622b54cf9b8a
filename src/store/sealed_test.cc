// Sealed secrets: what opens, and everything that must not.
#include "store/sealed.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "base/errors.h"
#include "base/hash.h"
#include "support/databases.h"
#include "test_folder.h"

namespace guildhall::store {
namespace {

MasterKey master_of(char digit) {
  return MasterKey::from_text(Secret(std::string(64, digit)));
}

/// The code of the refusal, or nullopt when `body` does not refuse.
template <class Body>
std::optional<Code> refused(Body&& body) {
  try {
    body();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return std::nullopt;
}

struct Sample {
  OrganizationId organization = OrganizationId::random();
  SealedPlace place{organization, "helpdesk", "row-1", "token"};
  MasterKey master = master_of('a');
};

TEST_CASE("what is sealed opens again in its place and looks different every time") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Sample s;
    const auto [first, second] = database.write([&](Tx& tx) {
      return std::pair(seal(tx, s.master, s.place, Secret("tök\0en")), seal(tx, s.master, s.place, Secret("tök\0en")));
    });
    CHECK(first != second);
    CHECK(first.starts_with("v1."));
    CHECK(first.find("tök") == std::string::npos);
    database.read([&](Tx& tx) {
      CHECK(unseal(tx, s.master, s.place, first).reveal() == "tök");
      CHECK(unseal(tx, s.master, s.place, second).reveal() == "tök");
      CHECK(tx.query("SELECT key_id FROM data_key").size() == 1);
    });
  });
}

TEST_CASE("empty and long values and the installation's own are sealed too") {
  test::for_each_database([](Database& database, ManualClock&) {
    const MasterKey master = master_of('b');
    const SealedPlace place{OrganizationId{}, "setting", "smtp", "password"};
    for (const std::string& value : {std::string(), std::string(64 * 1024, 'x')}) {
      database.write(
          [&](Tx& tx) { CHECK((unseal(tx, master, place, seal(tx, master, place, Secret(value))).reveal() == value)); });
    }
    const auto seal_too_much = [&](Tx& tx) { seal(tx, master, place, Secret(std::string(64 * 1024 + 1, 'x'))); };
    CHECK(refused([&] { database.write(seal_too_much); }) == Code::payload_too_large);
  });
}

TEST_CASE("a sealed value that was moved to another place does not open") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Sample s;
    const std::string sealed = database.write([&](Tx& tx) { return seal(tx, s.master, s.place, Secret("token")); });
    const auto opens_at = [&](const SealedPlace& place) {
      return !refused([&] { database.read([&](Tx& tx) { unseal(tx, s.master, place, sealed); }); });
    };
    CHECK(opens_at({s.organization, "helpdesk", "row-1", "token"}));
    CHECK_FALSE(opens_at({s.organization, "helpdesk", "row-2", "token"}));
    CHECK_FALSE(opens_at({s.organization, "helpdesk", "row-1", "secret"}));
    CHECK_FALSE(opens_at({s.organization, "helpdes", "krow-1", "token"}));
    CHECK_FALSE(opens_at({OrganizationId::random(), "helpdesk", "row-1", "token"}));
  });
}

TEST_CASE("a sealed value of which any character was changed does not open") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Sample s;
    const std::string sealed = database.write([&](Tx& tx) { return seal(tx, s.master, s.place, Secret("token")); });
    for (std::size_t i = 0; i < sealed.size(); ++i) {
      std::string changed = sealed;
      changed[i] = changed[i] == 'A' ? 'B' : 'A';
      CHECK(refused([&] { database.read([&](Tx& tx) { unseal(tx, s.master, s.place, changed); }); }) == Code::internal_error);
    }
    for (const std::string& bad : {std::string(), std::string("v1"), std::string("v1.."), sealed + ".x", sealed.substr(0, 40)}) {
      CHECK(refused([&] { database.read([&](Tx& tx) { unseal(tx, s.master, s.place, bad); }); }) == Code::internal_error);
    }
  });
}

TEST_CASE("another master key opens nothing and seals nothing over the old") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Sample s;
    const std::string sealed = database.write([&](Tx& tx) { return seal(tx, s.master, s.place, Secret("token")); });
    const MasterKey other = master_of('c');
    CHECK(refused([&] { database.read([&](Tx& tx) { unseal(tx, other, s.place, sealed); }); }) == Code::internal_error);
    CHECK(refused([&] { database.write([&](Tx& tx) { seal(tx, other, s.place, Secret("x")); }); }) == Code::internal_error);
  });
}

TEST_CASE("shredding an organization's key makes its secrets unreadable and nobody else's") {
  test::for_each_database([](Database& database, ManualClock&) {
    const Sample s;
    const Sample neighbour;
    const std::string gone = database.write([&](Tx& tx) { return seal(tx, s.master, s.place, Secret("token")); });
    const std::string kept = database.write([&](Tx& tx) { return seal(tx, s.master, neighbour.place, Secret("theirs")); });
    database.write([&](Tx& tx) { shred(tx, s.organization); });
    CHECK(refused([&] { database.read([&](Tx& tx) { unseal(tx, s.master, s.place, gone); }); }) == Code::internal_error);
    database.read([&](Tx& tx) { CHECK(unseal(tx, s.master, neighbour.place, kept).reveal() == "theirs"); });
    database.write(
        [&](Tx& tx) { CHECK(unseal(tx, s.master, s.place, seal(tx, s.master, s.place, Secret("new"))).reveal() == "new"); });
    CHECK(refused([&] { database.read([&](Tx& tx) { unseal(tx, s.master, s.place, gone); }); }) == Code::internal_error);
  });
}

TEST_CASE("a master key is read as hexadecimal or base64 of 32 bytes and nothing else") {
  const std::string bytes(32, '\x5a');
  CHECK((MasterKey::from_text(Secret(to_hex(bytes))).bytes() == bytes));
  CHECK((MasterKey::from_text(Secret(to_base64(bytes) + "\n")).bytes() == bytes));
  CHECK(MasterKey::from_text(Secret(to_hex(bytes))).id() == to_hex(bytes_of(sha256(bytes))).substr(0, 8));
  for (const std::string& bad : {std::string(), std::string(63, 'a'), std::string(64, 'g'), to_base64(std::string(31, 'x'))}) {
    CHECK(refused([&] { MasterKey::from_text(Secret(bad)); }) == Code::invalid_request);
  }
}

TEST_CASE("a missing key file is made once, for its owner alone") {
  const TestFolder folder;
  const std::string path = folder.file("master.key");
  const std::string id = MasterKey::from_file(path).id();
  CHECK(MasterKey::from_file(path).id() == id);
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0600);
  CHECK(std::distance(std::filesystem::directory_iterator(std::filesystem::path(path).parent_path()), {}) == 1);
  std::ofstream(path) << "not a key";
  CHECK(refused([&] { MasterKey::from_file(path); }) == Code::invalid_request);
  CHECK(refused([&] { MasterKey::from_file("/nowhere/at/all"); }) == Code::invalid_request);
  CHECK(refused([&] { MasterKey::from_file("/"); }) == Code::invalid_request);
}

}  // namespace
}  // namespace guildhall::store
