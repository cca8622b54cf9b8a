// The canary sweep, short form (contracts/identity-and-security.md §22, §27 row 1): twenty organizations full of words of their
// own; every read of every credential of each of them, all at once, never shows a word of another.
#include <doctest/doctest.h>

#include <cstdio>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/hash.h"
#include "base/text.h"
#include "database_view.h"
#include "matrix_tables.h"
#include "support/server_process.h"
#include "world.h"

using namespace guildhall;
using namespace guildhall::test;

namespace {

constexpr int kOrganizations = 20;
constexpr int kThreads = 4;
const std::vector<std::string> kKinds = {"prompt",  "persona", "document", "message",  "widget", "key",
                                         "project", "draft",   "answer",   "question", "source"};

struct House {
  std::string mark;  ///< in every word of it
  Buyer buyer;
  Seller seller;
  Facts facts;
  RequestHeaders visitor;
  std::string word(const std::string& kind) const { return kind + "canary" + mark; }
};

std::string mark_of(int n) {
  return "q" + std::to_string(100 + n) + to_hex(random_bytes(4)) + "q";
}

void talk(Wire& wire, House& house, const std::string& widget_key) {
  const Reply opened =
      wire.send("POST", "/widget/v1/sessions", {{"Origin", "https://shop.example"}, {"Content-Type", "application/json"}},
                json::write(json::Object{{"widget_key", widget_key}}));
  if (opened.status != 200) throw std::runtime_error(opened.body);
  const auto session = opened.json();
  house.visitor = bearer(text_at(session, "session_token"));
  house.visitor.emplace_back("Origin", "https://shop.example");
  house.facts["visitor_conversation"] = text_at(*json::find(session, "conversation"), "id");
  const Reply said =
      wire.send("POST", "/widget/v1/conversations/" + house.facts["visitor_conversation"] + "/messages", house.visitor,
                json::write(json::Object{{"client_id", ConversationId::random().text()},
                                         {"text", "What is the secret word? " + house.word("message")}}));
  if (said.status != 202) throw std::runtime_error(said.body);
  const Reply answered = wire.send(
      "GET", "/widget/v1/conversations/" + house.facts["visitor_conversation"] + "/events?mode=poll&after=1", house.visitor, "");
  if (answered.status != 200) throw std::runtime_error(answered.body);
  ask(wire, "POST", "/api/v1/chat", house.buyer.key,
      json::Object{{"message", "What is the secret word? " + house.word("message")}, {"session_id", "session"}}, 200);
}

House furnish(Wire& wire, int n) {
  House house;
  house.mark = mark_of(n);
  SellerWish wish = seller_named("house" + std::to_string(n));
  wish.prompt_canary = house.word("prompt");
  house.seller = make_seller(wire, wish);
  const std::string token = house.seller.person.token;
  house.buyer = make_buyer(wire, house.seller.person, house.word("project"), house.seller);
  const std::string access = "/api/v1/access/" + house.buyer.subscription;
  ask(wire, "PATCH", "/api/projects/" + house.buyer.project + "/", token, json::Object{{"name", house.word("project")}}, 200);
  ask(wire, "PATCH", access + "/persona", token, json::Object{{"agent_name", house.word("persona")}}, 200);
  make_key(wire, house.buyer, house.word("key"));
  ask(wire, "POST", "/api/v1/agents", token, json::Object{{"name", house.word("draft")}, {"flow_id", house.seller.flow}}, 201);
  const std::string document = teach(wire, house.buyer, "What is the secret word? " + house.word("document"),
                                     "The secret word is " + house.word("answer") + ".");
  const auto widget = ask(wire, "POST", access + "/widgets", token,
                          json::Object{{"name", house.word("widget")}, {"domains", json::Array{"shop.example"}}}, 201);
  await_indexed(wire, house.buyer);
  // An address the gate refuses: its sync ends at once.
  const auto source =
      ask(wire, "POST", access + "/sources", token,
          json::Object{
              {"kind", "sitemap"}, {"url", "http://127.0.0.1:1/" + house.word("source") + ".xml"}, {"sync_frequency", "manual"}},
          201);
  const auto& [seller, buyer] = std::tie(house.seller, house.buyer);
  const std::string question = "Who knows the word " + house.word("question") + "?";
  const Measured of_buyer = measure(wire, access + "/evaluation", token, question);
  const Measured of_seller = measure(wire, "/api/v1/agents/" + seller.agent + "/evaluation", token, question);
  house.facts = {{"seller_organization", seller.organization},
                 {"seller_provider", seller.service_provider},
                 {"seller_project", seller.project},
                 {"seller_agent", seller.agent},
                 {"seller_flow", seller.flow},
                 {"seller_version", seller.version},
                 {"seller_offering", seller.offering},
                 {"seller_plan", seller.plans.at(0)},
                 {"buyer_organization", buyer.organization},
                 {"buyer_project", buyer.project},
                 {"buyer_order", buyer.order},
                 {"buyer_subscription", buyer.subscription},
                 {"buyer_key_id", buyer.key_id},
                 {"buyer_document", document},
                 {"buyer_pair", document},
                 {"buyer_source", text_at(source, "id")},
                 {"buyer_session", "session"},
                 {"buyer_question_set", of_buyer.set},
                 {"buyer_case", of_buyer.question_case},
                 {"buyer_evaluation", of_buyer.run},
                 {"seller_question_set", of_seller.set},
                 {"seller_case", of_seller.question_case},
                 {"seller_evaluation", of_seller.run},
                 {"buyer_invoice", id_at(ask(wire, "GET", "/api/invoices/", token).get_array().at(0), "uuid")},
                 {"widget_id", text_at(widget, "id")},
                 {"category", id_at(ask(wire, "GET", "/api/marketplace-categories/", "").get_array().at(0), "uuid")},
                 {"file", "manifest.json"}};
  talk(wire, house, text_at(widget, "key"));
  return house;
}

std::vector<std::string> read_patterns(Wire& wire) {
  std::vector<std::string> patterns;
  const auto document = ask(wire, "GET", "/openapi.json", "");
  for (const auto& path : *json::find_object(document, "paths"))
    if (path.value().get_object().contains("get")) patterns.emplace_back(path.key());
  return patterns;
}

std::string path_of(const std::string& pattern, const Facts& facts) {
  std::string path;
  std::string_view rest = pattern;
  while (true) {
    const auto open = rest.find('{');
    path += rest.substr(0, open);
    if (open == std::string_view::npos) return path;
    const auto close = rest.find('}', open);
    path += facts.at(fact_of_parameter(pattern, rest.substr(open + 1, close - open - 1)));
    rest.remove_prefix(close + 1);
  }
}

/// Reads with one credential and judges every answer.
class Sweep {
 public:
  Sweep(const std::vector<House>& houses, std::uint16_t port) : houses_(houses), port_(port) {}

  void visit(std::size_t n, const std::vector<std::string>& patterns) {
    const House& house = houses_[n];
    const House& next = houses_[(n + 1) % houses_.size()];
    Wire wire(port_, "127.3.0." + std::to_string(n + 1));
    for (const auto& headers :
         {bearer(house.seller.person.token), bearer(house.buyer.key), bearer(house.seller.studio_key), house.visitor})
      for (const auto* facts : {&house.facts, &next.facts})
        for (const auto& pattern : patterns) judge(n, "GET " + pattern, wire.send("GET", path_of(pattern, *facts), headers));
    for (const auto& credential : {house.seller.person.token, house.buyer.key})
      for (const auto* facts : {&house.facts, &next.facts})
        judge(n, "retrieve",
              wire.send("POST", "/api/v1/access/" + facts->at("buyer_subscription") + "/retrieve", bearer(credential),
                        R"({"query":"What is the secret word?"})"));
    for (const auto* facts : {&house.facts, &next.facts})
      judge(n, "Dify's retrieval",
            wire.send("POST", "/api/v1/retrieval", bearer(house.buyer.key),
                      R"({"query":"What is the secret word?","knowledge_id":")" + facts->at("buyer_subscription") + "\"}"));
    for (int i = 0; i < 3; ++i)
      judge(n, "chat", wire.send("POST", "/api/v1/chat", bearer(house.buyer.key), R"({"message":"What is the secret word?"})"));
  }

  void check() const {
    for (const auto& leak : leaks_) FAIL_CHECK(leak);
    for (const auto& house : houses_)
      for (const auto& kind : kKinds)
        CHECK_MESSAGE(own_.contains(house.word(kind)), "its own reader never saw ", house.word(kind),
                      ", so its absence elsewhere proves nothing");
    std::printf("  %lld answers of %zu organizations, %lld with words of the reader's own, %zu with a foreign word\n",
                static_cast<long long>(answers_), houses_.size(), static_cast<long long>(own_answers_), leaks_.size());
  }

 private:
  void judge(std::size_t n, const std::string& what, const Reply& reply) {
    const std::string said = reply.head + reply.body;
    const std::lock_guard lock(mutex_);
    ++answers_;
    if (reply.status >= 500)
      leaks_.push_back(what + " of organization " + std::to_string(n) + " answered " + std::to_string(reply.status) + " " +
                       reply.body);
    for (std::size_t other = 0; other < houses_.size(); ++other) {
      const auto at = said.find(houses_[other].mark);
      if (at == std::string::npos) continue;
      if (other != n)
        leaks_.push_back(what + " of organization " + std::to_string(n) + " told of " + std::to_string(other) + ": …" +
                         said.substr(at > 60 ? at - 60 : 0, 100));
      else
        ++own_answers_;
    }
    for (const auto& kind : kKinds)
      if (said.find(houses_[n].word(kind)) != std::string::npos) own_.insert(houses_[n].word(kind));
  }

  const std::vector<House>& houses_;
  std::uint16_t port_;
  mutable std::mutex mutex_;
  std::vector<std::string> leaks_;
  std::set<std::string> own_;
  std::int64_t answers_ = 0;
  std::int64_t own_answers_ = 0;
};

void sweep(const Place& place) {
  std::printf("%s\n", place.is_sqlite() ? "SQLite" : "PostgreSQL");
  ServerProcess server(place.data, place.database_url);
  server.start();
  std::vector<House> houses;
  Wire wire(server.port());
  for (int n = 0; n < kOrganizations; ++n) houses.push_back(furnish(wire, n));
  const auto patterns = read_patterns(wire);
  REQUIRE(patterns.size() > 50);
  Sweep canaries(houses, server.port());
  std::vector<std::thread> threads;
  std::vector<std::string> broken(kThreads);
  for (std::size_t t = 0; t < kThreads; ++t)
    threads.emplace_back([&, t] {
      try {
        for (std::size_t n = t; n < houses.size(); n += kThreads) canaries.visit(n, patterns);
      } catch (const std::exception& failure) {
        broken[t] = failure.what();
      }
    });
  for (auto& thread : threads) thread.join();
  for (const auto& failure : broken) CHECK_MESSAGE(failure.empty(), failure);
  canaries.check();
  wire.close();
  CHECK(server.stop() == 0);
}

}  // namespace

TEST_CASE("SQLite: no organization's words reach another") {
  const ScratchPath folder;
  sweep({.data = folder.path() / "data", .database_url = {}});
}

TEST_CASE("PostgreSQL: no organization's words reach another") {
  for_postgres(sweep);
}
