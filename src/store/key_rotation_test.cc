// Rotation of the master key: every step, every crash between them (contracts/identity-and-security.md §16).
#include "store/key_rotation.h"

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "base/errors.h"
#include "base/hash.h"
#include "support/databases.h"
#include "test_folder.h"

namespace guildhall::store {
namespace {

const std::vector<std::string_view> kNames{"pepper", "tokens"};

/// Two organizations with a secret each, and what the installation derived.
struct Vault {
  OrganizationId first = OrganizationId::random();
  OrganizationId second = OrganizationId::random();
  std::string sealed_first;
  std::string sealed_second;
  std::string pepper;

  SealedPlace place(OrganizationId organization) const { return {organization, "helpdesk", "row-1", "token"}; }

  void fill(Database& database, const MasterKey& master) {
    database.write([&](Tx& tx) {
      sealed_first = seal(tx, master, place(first), Secret("first"));
      sealed_second = seal(tx, master, place(second), Secret("second"));
      pepper = installation_secret(tx, master, "pepper").reveal();
    });
  }
  bool opens(Database& database, const MasterKey& master) const {
    return database.read([&](Tx& tx) {
      return unseal(tx, master, place(first), sealed_first).reveal() == "first" &&
             unseal(tx, master, place(second), sealed_second).reveal() == "second" &&
             installation_secret(tx, master, "pepper").reveal() == pepper;
    });
  }
};

std::int64_t rewrapped(Database& database, const MasterKey& master) {
  return database.write([&](Tx& tx) { return rewrap_all(tx, master, kNames); });
}

std::int64_t unopened(Database& database, const MasterKey& master) {
  return database.read([&](Tx& tx) { return count_unopened(tx, master); });
}

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

MasterKey alone(const Secret& key) {
  return MasterKey::from_text(Secret(to_hex(key.reveal())));
}

std::optional<Code> refused_code(const std::function<void()>& act) {
  try {
    act();
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return std::nullopt;
}

TEST_CASE("after every step of a rotation the key file opens every secret, and beginning again finishes it") {
  for (int crash = 0; crash <= 3; ++crash) {
    CAPTURE(crash);
    test::for_each_database([&](Database& database, ManualClock&) {
      const TestFolder folder;
      const std::string path = folder.file("master.key");
      const MasterKey before = MasterKey::from_file(path);
      Vault vault;
      vault.fill(database, before);
      const auto steps = [&](int count) {
        if (count > 0) add_master_key(path);
        CHECK(vault.opens(database, MasterKey::from_file(path)));
        if (count > 1) rewrapped(database, MasterKey::from_file(path));
        CHECK(vault.opens(database, MasterKey::from_file(path)));
        if (count > 2) keep_first_master_key(path);
        CHECK(vault.opens(database, MasterKey::from_file(path)));
      };
      steps(crash);
      if (crash < 3) steps(3);
      const MasterKey after = MasterKey::from_file(path);
      CHECK(after.size() == 1);
      CHECK(after.id() != before.id());
      CHECK(unopened(database, after) == 0);
      // Two data keys and two installation secrets, none of which the old key opens.
      CHECK(unopened(database, before) == 4);
      CHECK(vault.opens(database, after));
      CHECK(refused_code([&] { vault.opens(database, before); }) == Code::internal_error);
      CHECK(refused_code([&] { database.read([&](Tx& tx) { installation_secret(tx, before, "pepper"); }); }) ==
            Code::invalid_request);
    });
  }
}

TEST_CASE("what is sealed between the steps opens after them") {
  test::for_each_database([](Database& database, ManualClock&) {
    const TestFolder folder;
    const std::string path = folder.file("master.key");
    Vault vault;
    vault.fill(database, MasterKey::from_file(path));
    const MasterKey both = add_master_key(path);
    const OrganizationId late = OrganizationId::random();
    const std::string sealed = database.write([&](Tx& tx) { return seal(tx, both, vault.place(late), Secret("late")); });
    CHECK(rewrapped(database, both) == 5);
    CHECK(rewrapped(database, both) == 5);
    const MasterKey after = keep_first_master_key(path);
    database.read([&](Tx& tx) { CHECK(unseal(tx, after, vault.place(late), sealed).reveal() == "late"); });
    CHECK(vault.opens(database, after));
  });
}

TEST_CASE("a rotation changes nothing when one secret does not open") {
  test::for_each_database([](Database& database, ManualClock&) {
    const TestFolder folder;
    const std::string path = folder.file("master.key");
    const MasterKey before = MasterKey::from_file(path);
    Vault vault;
    vault.fill(database, before);
    const MasterKey stranger = MasterKey::from_text(Secret(std::string(64, 'e')));
    const OrganizationId foreign = OrganizationId::random();
    database.write([&](Tx& tx) { seal(tx, stranger, vault.place(foreign), Secret("foreign")); });
    const MasterKey both = add_master_key(path);
    CHECK(refused_code([&] { rewrapped(database, both); }) == Code::internal_error);
    CHECK(vault.opens(database, before));
    CHECK(unopened(database, before) == 1);
    database.read([](Tx& tx) { CHECK(tx.query("SELECT name FROM installation_secret").empty()); });
  });
}

TEST_CASE("a key file holds the new key before the old one, for its owner alone, and the former file stays") {
  const TestFolder folder;
  const std::string path = folder.file("master.key");
  std::ofstream(path, std::ios::binary) << std::string(32, '\x5a');
  const MasterKey before = MasterKey::from_file(path);
  const MasterKey both = add_master_key(path);
  CHECK(both.size() == 2);
  CHECK((both.oldest().reveal() == before.bytes()));
  CHECK(both.with_id(before.id()) != nullptr);
  CHECK(both.with_id("00000000") == nullptr);
  CHECK(alone(both.keys().front()).id() == both.id());
  CHECK(add_master_key(path).id() == both.id());
  CHECK(content_of(path + ".former-" + before.id()) == to_hex(before.bytes()) + "\n");
  CHECK(content_of(path) == to_hex(both.bytes()) + "\n" + to_hex(before.bytes()) + "\n");
  CHECK(keep_first_master_key(path).size() == 1);
  CHECK(keep_first_master_key(path).id() == both.id());
  for (const auto& entry : std::filesystem::directory_iterator(std::filesystem::path(path).parent_path())) {
    CHECK(entry.path().extension() != ".partial");
    struct stat status{};
    REQUIRE(stat(entry.path().c_str(), &status) == 0);
    if (entry.path() == path) CHECK((status.st_mode & 0777) == 0600);
  }
}

TEST_CASE("several master keys are read with white space or commas between them, at most eight") {
  const std::string a(64, 'a');
  const std::string b(64, 'b');
  for (const std::string& text : {a + "," + b, a + "\n" + b + "\n", " " + a + " ,\r\n" + to_base64(std::string(32, '\xbb'))}) {
    const MasterKey keys = MasterKey::from_text(Secret(text));
    CHECK(keys.size() == 2);
    CHECK((keys.bytes() == std::string(32, '\xaa')));
    CHECK((keys.oldest().reveal() == std::string(32, '\xbb')));
  }
  std::string eight = a;
  for (int i = 1; i < 8; ++i) eight += "," + a;
  CHECK(MasterKey::from_text(Secret(eight)).size() == 8);
  for (const std::string& bad : {std::string(","), a + ",b", a + b, eight + "," + a}) {
    CHECK(refused_code([&] { MasterKey::from_text(Secret(bad)); }) == Code::invalid_request);
  }
}

}  // namespace
}  // namespace guildhall::store
