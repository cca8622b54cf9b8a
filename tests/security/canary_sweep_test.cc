// The canary sweep (contracts/identity-and-security.md §22, §27 row 1; contracts/support-partner.md §9 A23): organizations that
// are alike but for words of their own. Every operation of /openapi.json that reads or asks is called by each of them for what
// is its own and for what is another's; no byte of any answer, headers included, is another's word.
#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/ids.h"
#include "base/text.h"
#include "canary_house.h"
#include "canary_routes.h"
#include "database_view.h"
#include "support/server_process.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

constexpr std::size_t kThreads = 4;
constexpr std::chrono::milliseconds kForgettingMax{1000};
using Clock = std::chrono::steady_clock;

/// Calls body(n) for every n below `count`, on a few threads; what they threw is a failure of the test.
void for_all(std::size_t count, std::size_t thread_count, const std::function<void(std::size_t)>& body) {
  std::atomic<std::size_t> next{0};
  std::vector<std::thread> threads;
  std::vector<std::string> broken(thread_count);
  for (std::size_t t = 0; t < thread_count; ++t)
    threads.emplace_back([&, t] {
      try {
        for (std::size_t n = next++; n < count; n = next++) body(n);
      } catch (const std::exception& failure) {
        broken[t] = failure.what();
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& failure : broken) REQUIRE_MESSAGE(failure.empty(), failure);
}

/// An address of its own for every organization, so that limits per address see as many callers as there are.
Wire wire_of(std::uint16_t port, std::size_t n) {
  return Wire(port, "127.3." + std::to_string(n / 200) + "." + std::to_string(n % 200 + 1));
}

/// Judges every answer: whose words are in it.
class Judge {
 public:
  explicit Judge(const std::vector<House>& houses) : houses_(houses) {}

  void hear(std::size_t n, const std::string& what, const Reply& reply, bool is_own) {
    const std::string said = reply.head + "\n" + reply.body;
    const std::string& mark = houses_[n].mark;
    std::set<std::string> seen;
    std::vector<std::string> leaks;
    for (auto at = said.find(kCanary); at != std::string::npos; at = said.find(kCanary, at + 1)) {
      if (said.compare(at + kCanary.size(), kMarkLength, mark) != 0) {
        // The bare beginning of a word is what a search was for.
        if (at + kCanary.size() >= said.size() || said[at + kCanary.size()] < '0' || said[at + kCanary.size()] > '9') continue;
        leaks.push_back(what + " told organization " + std::to_string(n) + ": …" + said.substr(at > 60 ? at - 60 : 0, 110));
        continue;
      }
      for (const auto& kind : canary_kinds())
        if (at >= kind.size() && said.compare(at - kind.size(), kind.size(), kind) == 0) seen.insert(kind);
    }
    const std::lock_guard lock(mutex_);
    ++answers_;
    own_answers_ += seen.empty() ? 0 : 1;
    busy_ += reply.status == 429 ? 1 : 0;
    for (const auto& kind : seen) seen_[kind].insert(n);
    for (auto& leak : leaks) leaks_.push_back(std::move(leak));
    // A provider's flow that names no base of its own says so with 500 when its working copy is run (contracts/runtime.md).
    const bool is_of_flow = said.find("component_error") != std::string::npos;
    if (reply.status >= 500 && !is_of_flow)
      leaks_.push_back(what + " answered " + std::to_string(reply.status) + " " + reply.body);
    if (is_own && reply.status < 400) answered_.insert(what);
    if (is_own && reply.status >= 400) refusals_[what] = std::to_string(reply.status) + " " + reply.body.substr(0, 200);
  }

  void check(const std::vector<Probe>& probes) const {
    for (const auto& leak : leaks_) FAIL_CHECK(leak);
    CHECK(busy_ == 0);
    for (const auto& probe : probes)
      if (reason_of_silence(probe.operation).empty())
        CHECK_MESSAGE(
            answered_.contains(probe.operation), probe.operation, " never answered its own reader, so its silence proves ",
            "nothing; the last refusal: ", refusals_.contains(probe.operation) ? refusals_.at(probe.operation) : "none");
    for (const auto& kind : canary_kinds())
      CHECK_MESSAGE(seen_.contains(kind), "nobody saw its own ", kind, ", so its absence elsewhere proves nothing");
    for (const auto& [kind, readers] : seen_)
      CHECK_MESSAGE(readers.size() * 8 >= houses_.size(), "only ", readers.size(), " organizations saw their own ", kind);
    std::printf("  %lld answers to %zu organizations, %lld with words of the reader's own, %zu with a foreign word\n",
                static_cast<long long>(answers_), houses_.size(), static_cast<long long>(own_answers_), leaks_.size());
  }

 private:
  const std::vector<House>& houses_;
  mutable std::mutex mutex_;
  std::vector<std::string> leaks_;
  std::map<std::string, std::set<std::size_t>> seen_;  ///< kind of word → who saw its own
  std::set<std::string> answered_;
  std::map<std::string, std::string> refusals_;
  std::int64_t answers_ = 0;
  std::int64_t own_answers_ = 0;
  std::int64_t busy_ = 0;
};

/// The credentials of an organization that an operation takes.
std::vector<RequestHeaders> credentials_for(const Probe& probe, const House& house) {
  std::vector<RequestHeaders> all;
  if (probe.accepts.contains("account")) all.push_back(bearer(house.seller.person.token));
  if (probe.accepts.contains("access_key")) {
    all.push_back(bearer(house.buyer.key));
    all.push_back(bearer(house.seller.studio_key));
  }
  if (probe.accepts.contains("widget_session")) all.push_back(house.visitor);
  if (probe.accepts.contains("anyone")) all.push_back({{"Origin", "https://shop.example"}, {"Content-Type", "application/json"}});
  return all;
}

Reply send_probe(Wire& wire, const Probe& probe, const Facts& facts, const RequestHeaders& headers) {
  return wire.send(probe.method, filled(probe.target, facts), headers,
                   replaced(filled(probe.body, facts), "<fresh>", ConversationId::random().text()));
}

/// Every probe for what is another's, and each organization a third of them for what is its own; with each credential in turn.
void visit(Wire& wire, std::size_t n, const std::vector<House>& houses, const std::vector<Probe>& probes, Judge& judge) {
  const House& house = houses[n];
  // What opens something by itself stays the caller's own; everything else is the other organization's.
  Facts foreign = houses[(n + 1 + n % 7) % houses.size()].facts;
  for (const char* secret : {"buyer_key", "widget_key"}) foreign[secret] = house.facts.at(secret);
  const std::vector<RequestHeaders> everybody = {bearer(house.seller.person.token), bearer(house.buyer.key),
                                                 bearer(house.seller.studio_key), house.visitor};
  for (std::size_t p = 0; p < probes.size(); ++p) {
    const Probe& probe = probes[p];
    const auto own = credentials_for(probe, house);
    if ((n + p) % 3 == 0) judge.hear(n, probe.operation, send_probe(wire, probe, house.facts, own[n / 3 % own.size()]), true);
    const bool needs_none = probe.accepts.contains("anyone");
    judge.hear(n, probe.operation,
               send_probe(wire, probe, foreign, needs_none ? own.back() : everybody[(n + p) % everybody.size()]), false);
  }
}

/// The ways to ask one organization what its documents say, each with a conversation of its own.
std::vector<std::pair<std::string, std::string>> questions_to(const House& house, std::string_view question) {
  const std::string q(question);
  return {{"/api/v1/access/" + house.buyer.subscription + "/retrieve", R"({"query":")" + q + R"(","top_k":20})"},
          {"/api/v1/retrieval", R"({"knowledge_id":")" + house.buyer.subscription + R"(","query":")" + q + R"("})"},
          {"/api/v1/chat", R"({"message":")" + q + R"("})"},
          {"/v1/chat/completions",
           R"({"model":")" + house.seller.agent + R"(","messages":[{"role":"user","content":")" + q + R"("}]})"}};
}

/// Asks in every way; which of the words is in every answer, or in any.
struct Heard {
  bool everywhere = true;
  bool anywhere = false;
};
Heard hear_word(Wire& wire, std::size_t n, const House& house, std::string_view question, const std::string& word, Judge& judge) {
  Heard heard;
  for (const auto& [target, body] : questions_to(house, question)) {
    const Reply reply = wire.send("POST", target, bearer(house.buyer.key), body);
    judge.hear(n, "POST " + target, reply, false);
    const bool is_there = reply.body.find(word) != std::string::npos;
    heard.everywhere &= is_there;
    heard.anywhere |= is_there;
  }
  return heard;
}

/// The same question to all, one after the other, while what answers it changes in one and goes in the next.
void change_and_ask(std::uint16_t port, std::vector<House>& houses, std::size_t writers, Judge& judge) {
  constexpr std::string_view kCellar = "Which word opens the cellar?";
  std::atomic<std::int64_t> slowest_ms{0};
  for_all(houses.size(), writers, [&](std::size_t n) {
    Wire wire = wire_of(port, n);
    House& house = houses[n];
    const std::string access = "/api/v1/access/" + house.buyer.subscription;
    CHECK(hear_word(wire, n, house, kSecretQuestion, house.word("answer"), judge).everywhere);
    CHECK(hear_word(wire, n, house, kCellar, house.word("cellar"), judge).everywhere);
    ask(wire, "PATCH", access + "/qa/" + house.facts.at("buyer_pair"), house.seller.person.token,
        json::Object{{"answer", "The cellar opens with " + house.word("fresh") + "."}}, 200);
    await_indexed(wire, house.buyer);
    CHECK(hear_word(wire, n, house, kCellar, house.word("fresh"), judge).everywhere);
    CHECK_FALSE(hear_word(wire, n, house, kCellar, house.word("cellar"), judge).anywhere);
    ask(wire, "DELETE", access + "/documents/" + house.facts.at("buyer_document"), house.seller.person.token, 204);
    const auto gone = Clock::now();
    while (hear_word(wire, n, house, kSecretQuestion, house.word("answer"), judge).anywhere) {
      const auto waited = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - gone);
      slowest_ms = std::max<std::int64_t>(slowest_ms, waited.count());
      REQUIRE_MESSAGE(waited < kForgettingMax, "a deleted document still answers after a second");
    }
    CHECK(wire.send("GET", access + "/documents/" + house.facts.at("buyer_document"), bearer(house.seller.person.token)).status ==
          404);
  });
  std::printf("  deleted documents were last heard %lld ms after their end\n", static_cast<long long>(slowest_ms.load()));
}

void sweep(const Place& place, std::size_t organizations) {
  std::printf("%s\n", place.is_sqlite() ? "SQLite" : "PostgreSQL");
  const auto begun = Clock::now();
  const auto say = [&](const char* what) {
    std::printf("  %s after %.1f s\n", what, std::chrono::duration<double>(Clock::now() - begun).count());
    std::fflush(stdout);
  };
  ServerProcess server(place.data, place.database_url);
  server.start();
  std::vector<House> houses(organizations);
  // Writers that meet too often on PostgreSQL are told to come again, which is not what is tested here.
  const std::size_t writers = place.is_sqlite() ? kThreads : 1;
  for_all(organizations, writers, [&](std::size_t n) {
    Wire wire = wire_of(server.port(), n);
    houses[n] = furnish(wire, static_cast<int>(n));
  });
  say("furnished");
  Wire wire(server.port());
  std::vector<std::string> unknown;
  const auto probes = probes_of(ask(wire, "GET", "/openapi.json", ""), unknown);
  for (const auto& each : unknown) FAIL_CHECK(each);
  REQUIRE(probes.size() > 100);
  Judge judge(houses);
  for_all(organizations, kThreads, [&](std::size_t n) {
    Wire own = wire_of(server.port(), n);
    visit(own, n, houses, probes, judge);
  });
  say("swept");
  change_and_ask(server.port(), houses, writers, judge);
  say("changed and asked");
  judge.check(probes);
  wire.close();
  CHECK(server.stop() == 0);
}

}  // namespace

TEST_CASE("SQLite: no word of any of 200 organizations reaches another, by no route, before and after changes") {
  const ScratchPath folder;
  sweep({.data = folder.path() / "data", .database_url = {}}, 200);
}

TEST_CASE("PostgreSQL: no word of any of 50 organizations reaches another, by no route, before and after changes") {
  for_postgres([](const Place& place) { sweep(place, 50); });
}
