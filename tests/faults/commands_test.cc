// The command line, with the real program: backup under load, restore, and every command's exit code and words.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <thread>

#include "database_view.h"
#include "store/key_rotation.h"
#include "store/sealed.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

std::string example_path(const std::string& path) {
  example_text("flows/passthrough.json");
  return std::string(std::getenv("GUILDHALL_SOURCE_DIR")) + "/examples/" + path;
}

/// Chats until told to stop, and says how many runs were acknowledged.
class Load {
 public:
  Load(std::uint16_t port, const std::string& key) {
    for (int client = 0; client < 3; ++client) threads_.emplace_back([this, port, key] { converse(port, key); });
  }
  ~Load() { stop(); }
  void stop() {
    is_over_ = true;
    for (auto& thread : threads_) thread.join();
    threads_.clear();
  }
  void await(int runs) {
    std::unique_lock lock(mutex_);
    const int goal = runs_ + runs;
    REQUIRE(grew_.wait_for(lock, std::chrono::seconds(60), [&] { return runs_ >= goal || !failures_.empty(); }));
    for (const auto& failure : failures_) FAIL_CHECK(failure);
  }
  int runs() {
    const std::lock_guard lock(mutex_);
    return runs_;
  }
  std::vector<std::string> failures() {
    const std::lock_guard lock(mutex_);
    return failures_;
  }

 private:
  void converse(std::uint16_t port, const std::string& key) {
    Wire wire(port);
    try {
      while (!is_over_) {
        const Reply reply = wire.send("POST", "/api/v1/chat", bearer(key), R"({"message":"How long does shipping take?"})");
        const std::lock_guard lock(mutex_);
        if (reply.status == 200)
          ++runs_;
        else if (reply.status != 429)
          failures_.push_back(std::to_string(reply.status) + " " + reply.body);
        grew_.notify_all();
      }
    } catch (const std::exception& failure) {
      const std::lock_guard lock(mutex_);
      failures_.emplace_back(failure.what());
      grew_.notify_all();
    }
  }

  std::vector<std::thread> threads_;
  std::atomic<bool> is_over_ = false;
  std::mutex mutex_;
  std::condition_variable grew_;
  int runs_ = 0;
  std::vector<std::string> failures_;
};

bool has(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

/// The id of the master key, as doctor says it.
std::string master_key_id(const Place& place, const ChildEnvironment& environment = {}) {
  const auto doctor = run_program({"doctor", "--data", place.data.string()}, environment);
  const std::string before = "ok    master key: id ";
  const auto at = doctor.out.find(before);
  REQUIRE_MESSAGE(at != std::string::npos, doctor.out);
  return doctor.out.substr(at + before.size(), 8);
}

/// A secret sealed in the place's database with the keys of its file, and whether it opens.
struct SealedSample {
  OrganizationId organization = OrganizationId::random();
  std::string sealed;

  store::SealedPlace where() const { return {organization, "sample", "row-1", "token"}; }
  store::MasterKey master(const Place& place) const { return store::MasterKey::from_file((place.data / "master.key").string()); }
  void put(const Place& place) {
    sealed = open_view(place)->write(
        [&](store::Tx& tx) { return store::seal(tx, master(place), where(), Secret("kept through every rotation")); });
  }
  bool opens(const Place& place) const {
    return open_view(place)->read([&](store::Tx& tx) {
      return store::unseal(tx, master(place), where(), sealed).reveal() == "kept through every rotation";
    });
  }
};

}  // namespace

TEST_CASE("a backup taken under load restores to a house whose books are clean and whose keys work") {
  const ScratchPath folder;
  const Place place{.data = folder.path() / "data", .database_url = {}};
  const std::string copy = (folder.path() / "copy.db").string();
  ServerProcess server(place.data, "");
  server.start();
  Wire wire(server.port());
  const Seller seller = make_seller(wire, seller_named("seller"));
  const Buyer buyer = make_buyer(wire, "buyer", seller);
  teach(wire, buyer, "How long does shipping take?", "Shipping takes seven days with us.");
  await_indexed(wire, buyer);
  Load load(server.port(), buyer.key);
  load.await(20);
  const auto backup = run_program({"backup", copy, "--data", place.data.string()});
  CHECK_MESSAGE(backup.exit_code == 0, backup.err);
  CHECK(has(backup.out, "master key is not in it"));
  load.await(20);
  load.stop();
  CHECK(load.failures().empty());
  wire.close();

  const auto again = run_program({"backup", copy, "--data", place.data.string()});
  CHECK(again.exit_code == 1);
  CHECK(has(again.err, "exists; choose another name"));
  CHECK(server.stop() == 0);
  const auto onto = run_program({"restore", copy, "--data", place.data.string()});
  CHECK(onto.exit_code == 1);
  CHECK(has(onto.err, "exists; move it away first"));

  const Place restored{.data = folder.path() / "restored", .database_url = {}};
  const auto restore = run_program({"restore", copy, "--data", restored.data.string()});
  REQUIRE_MESSAGE(restore.exit_code == 0, restore.err);
  std::filesystem::copy_file(place.data / "master.key", restored.data / "master.key");
  const auto books = run_program({"reconcile", "--data", restored.data.string()});
  CHECK_MESSAGE(books.exit_code == 0, books.out, books.err);
  const auto chain = run_program({"audit", "verify", "--data", restored.data.string()});
  CHECK_MESSAGE(chain.exit_code == 0, chain.out, chain.err);
  ServerProcess second(restored.data, "");
  second.start();
  Wire other(second.port());
  const auto answer =
      ask(other, "POST", "/api/v1/chat", buyer.key, json::Object{{"message", "How long does shipping take?"}}, 200);
  CHECK(has(text_at(answer, "response"), "seven days"));
  Person person = buyer.person;
  sign_in(other, person);
  const auto rows = ask(other, "GET", "/api/v1/usage", person.token);
  CHECK(json::integer_of(rows, "count").value_or(0) >= 20);
  std::printf("backup under load: %d runs acknowledged, %lld in the copy after one more call\n", load.runs(),
              static_cast<long long>(json::integer_of(rows, "count").value_or(0)));
  other.close();
  CHECK(second.stop() == 0);
}

TEST_CASE("migrate says what it did, and the second time that nothing is left to do") {
  for_each_place([](const Place& place) {
    ChildEnvironment environment;
    if (!place.is_sqlite()) environment["GUILDHALL_DATABASE"] = place.database_url;
    const auto first = run_program({"migrate", "--data", place.data.string()}, environment);
    CHECK_MESSAGE(first.exit_code == 0, first.err);
    CHECK(has(first.out, "applied migration 0001"));
    const auto second = run_program({"migrate", "--data", place.data.string()}, environment);
    CHECK(second.exit_code == 0);
    CHECK(second.out == "the database is up to date\n");
    const auto books = run_program({"reconcile", "--data", place.data.string()}, environment);
    CHECK_MESSAGE(books.exit_code == 0, books.out, books.err);
    CHECK(books.out == "0 differences\n");
  });
}

TEST_CASE("a rotated master key opens every secret, and passwords stay what they were") {
  for_each_place([](const Place& place) {
    ChildEnvironment environment;
    if (!place.is_sqlite()) environment["GUILDHALL_DATABASE"] = place.database_url;
    const auto rotate = [&] { return run_program({"rotate-master-key", "--data", place.data.string()}, environment); };
    ServerProcess server(place.data, place.database_url);
    server.start();
    Wire wire(server.port());
    Person person = sign_up(wire, "ada");
    if (place.is_sqlite()) {
      const auto refused = rotate();
      CHECK(refused.exit_code == 1);
      CHECK(has(refused.err, "another server uses "));
    }
    wire.close();
    CHECK(server.stop() == 0);
    SealedSample sample;
    sample.put(place);
    const std::string before = master_key_id(place, environment);
    const auto signs_in = [&] {
      server.start();
      Wire again(server.port());
      sign_in(again, person);
      again.close();
      CHECK(server.stop() == 0);
    };

    // A crash right after the new key was written: the server starts, and the next try goes on from there.
    const std::string path = (place.data / "master.key").string();
    store::add_master_key(path);
    CHECK(sample.opens(place));
    signs_in();
    const auto first = rotate();
    CHECK_MESSAGE(first.exit_code == 0, first.err);
    const std::string after = master_key_id(place, environment);
    CHECK(after != before);
    CHECK(has(first.out, "wrapped by master key " + after));
    CHECK(has(first.out, path + ".former-"));
    CHECK(sample.opens(place));
    signs_in();

    // A crash before the old key left the file.
    std::ofstream(path, std::ios::app) << std::ifstream(path + ".former-" + before).rdbuf();
    CHECK(sample.opens(place));
    signs_in();
    CHECK(rotate().exit_code == 0);
    CHECK(master_key_id(place, environment) == after);
    CHECK(rotate().exit_code == 0);
    CHECK(master_key_id(place, environment) != after);
    CHECK(sample.opens(place));
    signs_in();

    // The former key alone opens nothing, and the server says so instead of starting.
    std::filesystem::copy_file(path + ".former-" + before, path, std::filesystem::copy_options::overwrite_existing);
    const auto lost =
        run_program({"serve", "--data", place.data.string(), "--listen", "127.0.0.1:0", "--monitor-listen="}, environment);
    CHECK(lost.exit_code == 1);
    CHECK(has(lost.err, "are wrapped by master key "));
  });
}

TEST_CASE("a rotation killed at any moment leaves every secret readable") {
  const ScratchPath folder;
  const Place place{.data = folder.path() / "data", .database_url = {}};
  const std::vector<std::string> rotate{"rotate-master-key", "--data", place.data.string()};
  CHECK(run_program(rotate).exit_code == 0);
  SealedSample sample;
  sample.put(place);
  const auto began = std::chrono::steady_clock::now();
  CHECK(run_program(rotate).exit_code == 0);
  const auto whole = std::chrono::steady_clock::now() - began;
  constexpr int kKills = 40;
  int killed = 0;
  int interrupted = 0;  // between the first write of the file and the last
  for (int kill = 1; kill <= kKills; ++kill) {
    const auto delay = std::chrono::duration_cast<std::chrono::microseconds>(whole * kill * 11 / (10 * kKills));
    if (kill_program_after(rotate, delay)) ++killed;
    CAPTURE(delay.count());
    CHECK(sample.opens(place));
    if (sample.master(place).size() > 1) ++interrupted;
  }
  CHECK(killed > 0);
  const auto last = run_program(rotate);
  CHECK_MESSAGE(last.exit_code == 0, last.err);
  CHECK(sample.opens(place));
  CHECK(sample.master(place).size() == 1);
  std::printf("rotation killed: %d of %d, %d between its first write and its last\n", killed, kKills, interrupted);
}

TEST_CASE("a master key from the environment is rotated by putting the new one before it") {
  const ScratchPath folder;
  const std::string data = (folder.path() / "data").string();
  const std::string old_key(64, 'a');
  const std::string new_key(64, 'b');
  const auto rotate = [&](const std::string& keys) {
    return run_program({"rotate-master-key", "--data", data}, {{"GUILDHALL_MASTER_KEY", keys}});
  };
  const auto alone = rotate(old_key);
  CHECK(alone.exit_code == 1);
  CHECK(has(alone.err, "put the new key before the old one"));
  const auto both = rotate(new_key + "," + old_key);
  CHECK_MESSAGE(both.exit_code == 0, both.err);
  CHECK(has(both.out, "leave the others out of the setting master_key"));
  CHECK_FALSE(std::filesystem::exists(std::filesystem::path(data) / "master.key"));
  CHECK_FALSE(has(both.out, new_key));
  ServerProcess server(data, "", {{"GUILDHALL_MASTER_KEY", new_key}});
  server.start();
  CHECK(server.stop() == 0);
}

TEST_CASE("doctor names where settings come from and fails when something is missing") {
  const ScratchPath folder;
  const std::string data = (folder.path() / "data").string();
  const auto well = run_program({"doctor", "--data", data},
                                {{"GUILDHALL_LOG_LEVEL", "warning"}, {"GUILDHALL_OPERATOR_PASSWORD", "never to be shown 1"}});
  CHECK_MESSAGE(well.exit_code == 0, well.out, well.err);
  CHECK(has(well.out, "environment GUILDHALL_LOG_LEVEL"));
  CHECK(has(well.out, "flag --data"));
  CHECK(has(well.out, "ok    database: SQLite"));
  CHECK_FALSE(has(well.out, "never to be shown 1"));
  const auto ill =
      run_program({"doctor", "--data", data, "--database", "postgresql://nobody@127.0.0.1:1/none?connect_timeout=1"});
  CHECK(ill.exit_code == 1);
  CHECK(has(ill.out, "FAIL  database"));
}

TEST_CASE("a flow runs on the command line and cites the documents it was given") {
  const auto run = run_program({"flow", "run", example_path("flows/basic-prompt.json"), "--input",
                                "How long do I have to return an item?", "--knowledge", example_path("helpcentre/en")});
  CHECK_MESSAGE(run.exit_code == 0, run.err);
  CHECK_MESSAGE(has(run.out, "[1] "), run.out);
  CHECK(has(run.out, "eturn"));
}

TEST_CASE("flow check reports nodes, and refuses what is no flow") {
  const auto check = run_program({"flow", "check", example_path("flows/basic-prompt.json")});
  CHECK_MESSAGE(check.exit_code == 0, check.err);
  CHECK_FALSE(json::text_of(json::parse_or_refuse(check.out), "status").empty());
  const ScratchPath folder;
  const std::string bad = (folder.path() / "bad.json").string();
  std::ofstream(bad) << "{not json";
  const auto refused = run_program({"flow", "check", bad});
  CHECK(refused.exit_code == 1);
  CHECK(has(refused.err, "guildhall flow check: "));
  const auto absent = run_program({"flow", "check", (folder.path() / "absent.json").string()});
  CHECK(absent.exit_code == 1);
  CHECK(has(absent.err, "cannot read"));
}

TEST_CASE("wrong usage ends with a code, and with words that lead on") {
  struct Wrong {
    std::vector<std::string> arguments;
    int exit_code;
    std::string words;
  };
  const ScratchPath folder;
  const std::string data = (folder.path() / "data").string();
  const std::vector<Wrong> table = {
      {{}, 2, "usage: guildhall COMMAND"},
      {{"frobnicate"}, 2, "usage: guildhall COMMAND"},
      {{"flow"}, 2, "usage: guildhall COMMAND"},
      {{"serve", "--no-such-flag", "x", "--data", data}, 2, "unknown option --no-such-flag"},
      {{"serve", "--listen"}, 2, "flag --listen needs a value"},
      {{"serve", "--log-level", "loud", "--data", data}, 2, "log_level must be debug, info, warning or error"},
      {{"serve", "--demo=perhaps", "--data", data}, 2, "demo must be true or false"},
      {{"backup", "--data", data}, 1, "give exactly one argument: the file to write"},
      {{"restore", "--data", data}, 1, "give exactly one argument: the backup to restore"},
      {{"flow", "run"}, 1, "give exactly one flow file"},
      {{"rotate-master-key", "now", "--data", data}, 1, "this command has no arguments"},
      {{"reconcile", "--cycle", "March", "--data", data}, 1, "--cycle must be YYYY-MM"},
      {{"restore", "/nonexistent/backup.db", "--data", data}, 1, "/nonexistent/backup.db"},
      {{"serve", "--listen", "127.0.0.1:notaport", "--data", data}, 1, "listen"},
  };
  for (const auto& wrong : table) {
    std::string shown;
    for (const auto& argument : wrong.arguments) shown += " " + argument;
    CAPTURE(shown);
    const auto run = run_program(wrong.arguments);
    CHECK(run.exit_code == wrong.exit_code);
    CHECK_MESSAGE(has(run.err, wrong.words), run.err);
  }
}

TEST_CASE("half an operator is refused, a whole one signs in") {
  const ScratchPath folder;
  const auto half =
      run_program({"serve", "--data", (folder.path() / "half").string(), "--listen", "127.0.0.1:0", "--monitor-listen="},
                  {{"GUILDHALL_OPERATOR_EMAIL", "op@example.org"}});
  CHECK(half.exit_code == 1);
  CHECK(has(half.err, "GUILDHALL_OPERATOR_PASSWORD"));
  ServerProcess server(
      folder.path() / "whole", "",
      {{"GUILDHALL_OPERATOR_EMAIL", "op@example.org"}, {"GUILDHALL_OPERATOR_PASSWORD", "a long enough phrase 1"}});
  server.start();
  Wire wire(server.port());
  Person person{.email = "op@example.org", .password = "a long enough phrase 1", .account = {}, .token = {}};
  sign_in(wire, person);
  CHECK(json::bool_of(ask(wire, "GET", "/api/users/me/", person.token), "is_staff"));
}

TEST_CASE("a second server on the same file is refused and the first goes on") {
  const ScratchPath folder;
  const auto data = folder.path() / "data";
  ServerProcess server(data, "");
  server.start();
  const auto second = run_program({"serve", "--data", data.string(), "--listen", "127.0.0.1:0", "--monitor-listen="});
  CHECK(second.exit_code == 1);
  CHECK(has(second.err, "another server uses "));
  Wire wire(server.port());
  CHECK(wire.send("GET", "/health/live", {}, "").status == 200);
  server.kill_hard();
  server.start();
  CHECK(server.stop() == 0);
}

TEST_CASE("version prints the version") {
  const auto run = run_program({"version"});
  CHECK(run.exit_code == 0);
  CHECK(run.out.rfind("guildhall ", 0) == 0);
  CHECK(run.err.empty());
}
