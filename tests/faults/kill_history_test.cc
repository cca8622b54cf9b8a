// kill -9 under load (contracts/registry.md §11 L1–L5, contracts/identity-and-security.md §27 row 21): clients write down what
// was acknowledged to them, the server dies at random moments, and at the end the ledger must hold exactly that.
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <mutex>
#include <random>
#include <set>
#include <thread>

#include "base/text.h"
#include "database_view.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

constexpr int kClients = 4;
constexpr std::int64_t kReadyMsMax = 5'000;

struct Acknowledged {
  std::string conversation;
  std::string message;
};

/// What the clients know; shared by their threads.
struct History {
  std::mutex mutex;
  std::condition_variable grew;
  std::vector<Acknowledged> runs;
  std::vector<std::string> surprises;
  std::int64_t lost = 0;       ///< calls sent whose answer never came
  std::int64_t limited = 0;    ///< refused by a limit: no run
  std::int64_t documents = 0;  ///< uploads acknowledged

  void note(Acknowledged run) {
    const std::lock_guard lock(mutex);
    runs.push_back(std::move(run));
    grew.notify_all();
  }
};

/// The last `data:` line of a finished stream, or null when the stream ended before it.
json::Value last_event(const std::string& body) {
  const auto at = body.rfind("data: ");
  if (at == std::string::npos) return nullptr;
  const auto end = body.find('\n', at);
  return json::parse_or_refuse(std::string_view(body).substr(at + 6, end == std::string::npos ? end : end - at - 6));
}

std::optional<Acknowledged> acknowledged(const Reply& reply, bool is_stream) {
  const json::Value body = is_stream ? last_event(reply.body) : reply.json();
  if (is_stream && !json::bool_of(body, "done")) return std::nullopt;
  return Acknowledged{id_at(body, "conversation_id"), id_at(body, "message_id")};
}

/// Converses until the server is gone. Every call opens a conversation, so a conversation stands for one run.
void converse(History& history, std::uint16_t port, const std::string& key, int client) {
  const bool is_stream = client == 0;
  Wire wire(port);
  for (int n = 0;; ++n) {
    try {
      const Reply reply =
          wire.send("POST", is_stream ? "/api/v1/chat/stream" : "/api/v1/chat", bearer(key),
                    json::write(json::Object{{"message", "call " + std::to_string(client) + "-" + std::to_string(n)}}));
      if (reply.status == 200) {
        if (auto run = acknowledged(reply, is_stream)) {
          history.note(std::move(*run));
          continue;
        }
      }
      const std::lock_guard lock(history.mutex);
      if (reply.status == 429)
        ++history.limited;
      else
        history.surprises.push_back(std::to_string(reply.status) + " " + reply.body);
    } catch (const ConnectionLost&) {
      const std::lock_guard lock(history.mutex);
      ++history.lost;
      history.grew.notify_all();
      return;
    }
  }
}

void upload(History& history, std::uint16_t port, const Buyer& buyer, int round) {
  Wire wire(port);
  try {
    for (int n = 0; n < 5; ++n) {
      const std::string name = std::to_string(round) + "-" + std::to_string(n);
      teach(wire, buyer, "What is document " + name + "?", "Document " + name + " is one of many.");
      const std::lock_guard lock(history.mutex);
      ++history.documents;
    }
  } catch (const ConnectionLost&) {
    // The kill came first; what was acknowledged before is counted.
  }
}

/// One life of the server: it dies a random moment after the first run of this life was acknowledged.
void live_and_die(ServerProcess& server, History& history, const Buyer& buyer, std::mt19937_64& random, int round) {
  server.start();
  std::vector<std::thread> threads;
  std::size_t before = 0;
  {
    const std::lock_guard lock(history.mutex);
    before = history.runs.size();
  }
  for (int client = 0; client < kClients; ++client)
    threads.emplace_back([&, client] { converse(history, server.port(), buyer.key, client); });
  threads.emplace_back([&] { upload(history, server.port(), buyer, round); });
  {
    std::unique_lock lock(history.mutex);
    const bool began = history.grew.wait_for(lock, std::chrono::seconds(20), [&] { return history.runs.size() > before; });
    if (!began) history.surprises.push_back("no run was acknowledged within 20 s of round " + std::to_string(round));
    const std::size_t more = std::uniform_int_distribution<std::size_t>(0, 400)(random);
    const std::chrono::microseconds moment(std::uniform_int_distribution<std::int64_t>(0, 1'500'000)(random));
    history.grew.wait_for(lock, moment, [&] { return history.runs.size() > before + more; });
  }
  server.kill_hard();
  for (auto& thread : threads) thread.join();
}

struct Ledger {
  std::map<std::string, int> rows_of_conversation;  ///< successful ones
  std::int64_t orphans = 0;
  std::int64_t others = 0;
};

Ledger read_ledger(store::Database& database, const Buyer& buyer) {
  return database.read([&](store::Tx& tx) {
    Ledger ledger;
    for (const auto& row : tx.query("SELECT conversation_id, status, units_micro FROM usage_record WHERE organization_id = $1",
                                    {OrganizationId::parse(buyer.organization).value()})) {
      const bool is_success = row.integer(1) == 200 && row.integer(2) == 1'000'000 && !row.is_null(0);
      if (is_success)
        ++ledger.rows_of_conversation[row.id<ConversationId>(0).text()];
      else if (row.integer(1) == 503 && row.integer(2) == 0)
        ++ledger.orphans;
      else
        ++ledger.others;
    }
    return ledger;
  });
}

std::set<std::string> message_ids(store::Database& database, const Buyer& buyer) {
  return database.read([&](store::Tx& tx) {
    std::set<std::string> ids;
    for (const auto& row : tx.query("SELECT message_id FROM message WHERE organization_id = $1",
                                    {OrganizationId::parse(buyer.organization).value()}))
      ids.insert(row.id<MessageId>(0).text());
    return ids;
  });
}

void check_history(store::Database& database, const History& history, const Buyer& buyer) {
  const Ledger ledger = read_ledger(database, buyer);
  const auto messages = message_ids(database, buyer);
  std::int64_t missing = 0;
  std::int64_t doubled = 0;
  std::int64_t silent = 0;
  std::set<std::string> known;
  for (const auto& run : history.runs) {
    CHECK_MESSAGE(known.insert(run.conversation).second, "two calls were told the same conversation ", run.conversation);
    missing += ledger.rows_of_conversation.contains(run.conversation) ? 0 : 1;
    silent += messages.contains(run.message) ? 0 : 1;
  }
  std::int64_t unacknowledged = 0;
  for (const auto& [conversation, rows] : ledger.rows_of_conversation) {
    doubled += rows > 1 ? 1 : 0;
    unacknowledged += known.contains(conversation) ? 0 : 1;
  }
  const auto reservations = count_rows(database, "SELECT count(*) FROM quota_reservation");
  std::printf(
      "  acknowledged %zu, unanswered calls %lld of which settled %lld, orphan rows %lld, open reservations %lld, refused by "
      "rate %lld\n",
      history.runs.size(), static_cast<long long>(history.lost), static_cast<long long>(unacknowledged),
      static_cast<long long>(ledger.orphans), static_cast<long long>(reservations), static_cast<long long>(history.limited));
  CHECK(missing == 0);
  CHECK(doubled == 0);
  CHECK(silent == 0);
  CHECK(ledger.others == 0);
  CHECK(unacknowledged + ledger.orphans + reservations <= history.lost);
}

/// A reservation outlives its run's deadline by thirty seconds; the schedule that releases them comes round every ten.
void check_reservations(store::Database& database) {
  const auto overdue = database.read([&](store::Tx& tx) {
    return tx.first("SELECT count(*) FROM quota_reservation WHERE expires_at < $1", {tx.now() - seconds(30)}).value().integer(0);
  });
  CHECK(overdue == 0);
  CHECK(count_rows(database, "SELECT count(*) FROM quota_counter WHERE reserved_micro < 0 OR used_micro < 0") == 0);
}

void check_house(const Place& place, store::Database& database, ServerProcess& server) {
  const std::vector<std::string> where =
      place.is_sqlite() ? std::vector<std::string>{"--data", place.data.string()}
                        : std::vector<std::string>{"--data", place.data.string(), "--database", place.database_url};
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), where.begin(), where.end());
    return run_program(words);
  };
  const auto running = run({"reconcile"});
  CHECK_MESSAGE(running.exit_code == 0, running.out, running.err);
  CHECK(server.stop() == 0);
  const auto stopped = run({"reconcile"});
  CHECK_MESSAGE(stopped.exit_code == 0, stopped.out, stopped.err);
  CHECK(stopped.out == "0 differences\n");
  const auto audit = run({"audit", "verify"});
  CHECK_MESSAGE(audit.exit_code == 0, audit.out, audit.err);
  if (place.is_sqlite())
    CHECK(database.read([](store::Tx& tx) { return tx.first("PRAGMA integrity_check").value().text(0); }) == "ok");
}

std::int64_t ready_ms(const std::string& greeting) {
  const auto at = greeting.rfind(" after ");
  return at == std::string::npos ? -1 : std::stoll(greeting.substr(at + 7));
}

void kill_again_and_again(const Place& place, int kills, std::uint64_t seed) {
  std::printf("%s, %d kills, seed %llu\n", place.is_sqlite() ? "SQLite" : "PostgreSQL", kills,
              static_cast<unsigned long long>(seed));
  std::mt19937_64 random(seed);
  ServerProcess server(place.data, place.database_url);
  server.start();
  Wire wire(server.port());
  const Seller seller = make_seller(
      wire,
      {.name = "seller", .flow = "flows/passthrough.json", .agent_name = "Echo", .prompt_canary = {}, .timeout_seconds = 1});
  const Buyer buyer = make_buyer(wire, "buyer", seller);
  wire.close();
  server.kill_hard();

  History history;
  std::int64_t slowest_ms = 0;
  for (int round = 0; round < kills; ++round) {
    live_and_die(server, history, buyer, random, round);
    slowest_ms = std::max(slowest_ms, ready_ms(server.greeting()));
  }
  server.start();
  slowest_ms = std::max(slowest_ms, ready_ms(server.greeting()));
  std::printf("  ready at most %lld ms after its start\n", static_cast<long long>(slowest_ms));
  CHECK(slowest_ms <= kReadyMsMax);
  for (const auto& surprise : history.surprises) FAIL_CHECK(surprise);
  REQUIRE(history.runs.size() > static_cast<std::size_t>(kills));

  Wire after(server.port());
  const auto database = open_view(place);
  check_reservations(*database);
  // What the dead server was indexing is taken up again at once, for its successor ends its leases.
  await_indexed(after, buyer);
  CHECK(count_rows(*database, "SELECT count(*) FROM knowledge_document") >= history.documents);
  CHECK(count_rows(*database, "SELECT count(*) FROM job WHERE state = 'failed'") == 0);
  check_history(*database, history, buyer);
  check_reservations(*database);
  const auto listed = ask(after, "GET", "/api/v1/usage?page_size=1", buyer.person.token);
  CHECK(json::integer_of(listed, "count") == count_rows(*database, "SELECT count(*) FROM usage_record WHERE kind = 'run'"));
  after.close();
  check_house(place, *database, server);
}

}  // namespace

TEST_CASE("SQLite: what was acknowledged before a kill is in the ledger once, and nothing else is") {
  const ScratchPath folder;
  kill_again_and_again({.data = folder.path() / "data", .database_url = {}}, 20, std::random_device{}());
}

TEST_CASE("PostgreSQL: what was acknowledged before a kill is in the ledger once, and nothing else is") {
  for_postgres([](const Place& place) { kill_again_and_again(place, 5, std::random_device{}()); });
}
