// Making sellers and buyers through the server's interface.
#include "world.h"

#include <poll.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include "base/ids.h"
#include "base/text.h"

namespace guildhall::test {
namespace {

json::Value plan(const char* name, std::int64_t price, std::int64_t order) {
  return json::Object{
      {"name", name}, {"price_cents", price}, {"rate_limit_per_second", "100"}, {"burst", 1000}, {"display_order", order}};
}

json::Value flow_of(const SellerWish& wish) {
  json::Value flow = json::parse_or_refuse(example_text(wish.flow));
  auto& object = flow.get_object();
  object["name"] = wish.agent_name;
  object["id"] = FlowId::random().text();  // an import keeps its id, in every organization that imports it
  if (wish.prompt_canary.empty()) return flow;
  for (auto& node : object["data"].get_object()["nodes"].get_array()) {
    auto& data = node.get_object()["data"].get_object();
    if (json::text_of(data, "type") != "Prompt") continue;
    auto& text = data["node"].get_object()["template"].get_object()["template"].get_object()["value"];
    text = std::string(json::view(text.get_string())) + "\n" + wish.prompt_canary;
  }
  return flow;
}

/// Waits without a fixed sleep being what the test depends on: the caller asks again and gives up by the clock.
void breathe() {
  poll(nullptr, 0, 5);
}

}  // namespace

json::Value ask(Wire& wire, std::string_view method, const std::string& target, std::string_view credential,
                const json::Value& body, int status) {
  const auto headers = credential.empty() ? RequestHeaders{{"Content-Type", "application/json"}} : bearer(credential);
  const Reply reply = wire.send(method, target, headers, body.is_null() ? std::string() : json::write(body));
  if (reply.status != status)
    throw std::runtime_error(std::string(method) + " " + target + " answered " + std::to_string(reply.status) + " instead of " +
                             std::to_string(status) + ": " + reply.body);
  return reply.body.empty() ? json::Value(nullptr) : reply.json();
}

json::Value ask(Wire& wire, std::string_view method, const std::string& target, std::string_view credential, int status) {
  return ask(wire, method, target, credential, nullptr, status);
}

std::string text_at(const json::Value& value, std::string_view member) {
  const auto text = json::text_of(value, member);
  if (text.empty()) throw std::runtime_error("no text '" + std::string(member) + "' in " + json::write(value));
  return std::string(text);
}

std::string id_at(const json::Value& value, std::string_view member) {
  const auto id = parse_uuid(text_at(value, member));
  if (!id) throw std::runtime_error("no UUID '" + std::string(member) + "' in " + json::write(value));
  return dashed(*id);
}

std::string example_text(const std::string& path) {
  const char* source = std::getenv("GUILDHALL_SOURCE_DIR");
  std::ifstream file(std::string(source == nullptr ? "." : source) + "/examples/" + path, std::ios::binary);
  if (!file) throw std::runtime_error("cannot read examples/" + path + "; GUILDHALL_SOURCE_DIR must name the repository");
  return {std::istreambuf_iterator<char>(file), {}};
}

void sign_in(Wire& wire, Person& person) {
  person.token = text_at(
      ask(wire, "POST", "/api-auth/password/", "", json::Object{{"username", person.email}, {"password", person.password}}, 200),
      "token");
}

Person sign_up(Wire& wire, const std::string& name) {
  Person person{.email = name + "@people.example", .password = "correct horse battery " + name, .account = {}, .token = {}};
  person.account = id_at(
      ask(wire, "POST", "/api/v1/accounts", "", json::Object{{"email", person.email}, {"password", person.password}}, 201), "id");
  sign_in(wire, person);
  return person;
}

Seller make_seller(Wire& wire, const SellerWish& wish) {
  return make_seller(wire, wish, sign_up(wire, wish.name));
}

Seller make_seller(Wire& wire, const SellerWish& wish, Person person) {
  Seller seller;
  seller.person = std::move(person);
  const auto onboarded = ask(wire, "POST", "/api/v1/provider/onboarding", seller.person.token,
                             json::Object{{"terms_accepted", true}, {"description", "Sells"}}, 201);
  seller.organization = id_at(onboarded, "organization_id");
  seller.service_provider = id_at(onboarded, "provider_id");
  seller.project = id_at(onboarded, "project_id");
  seller.studio_key = text_at(onboarded, "studio_key");
  const json::Value publish = json::Object{{"provider_id", seller.organization},
                                           {"flow", flow_of(wish)},
                                           {"version", "1.0.0"},
                                           {"category", "customer_support"},
                                           {"terms_accepted", true},
                                           {"auto_deploy", true},
                                           {"auto_publish", true},
                                           {"max_concurrent_requests", 100},
                                           {"timeout_seconds", wish.timeout_seconds},
                                           {"plans", json::Array{plan("Basic", 100, 0), plan("Big", 200, 1)}}};
  const auto published = ask(wire, "POST", "/api/v1/studio/publish", seller.studio_key, publish, 201);
  seller.agent = id_at(published, "registry_id");
  seller.reference = text_at(published, "agent_id");
  seller.version = text_at(published, "version");
  seller.offering = id_at(published, "offering_uuid");
  seller.flow = id_at(ask(wire, "GET", "/api/v1/agents/" + seller.agent, seller.person.token), "flow_id");
  const auto plans = ask(wire, "GET", "/api/v1/agents/" + seller.agent + "/plans", seller.person.token);
  for (const char* name : {"Big", "Basic"})
    for (const auto& each : *json::find_array(plans, "results"))
      if (json::text_of(each, "name") == name) seller.plans.push_back(id_at(each, "id"));
  return seller;
}

Buyer make_buyer(Wire& wire, const std::string& name, const Seller& seller) {
  return make_buyer(wire, sign_up(wire, name), name, seller);
}

Buyer make_buyer(Wire& wire, Person person, const std::string& name, const Seller& seller) {
  Buyer buyer;
  buyer.person = std::move(person);
  const auto& token = buyer.person.token;
  const auto tenants = ask(wire, "GET", "/api/v1/tenants", token);
  buyer.organization = id_at(json::find_array(tenants, "results")->at(0), "id");
  buyer.project = id_at(ask(wire, "GET", "/api/projects/", token).get_array().at(0), "uuid");
  const auto order = ask(wire, "POST", "/api/marketplace-orders/", token,
                         json::Object{{"offering", seller.offering},
                                      {"project", buyer.project},
                                      {"plan", seller.plans.at(0)},
                                      {"accepting_terms_of_service", true},
                                      {"attributes", json::Object{{"name", name + " subscription"}}}},
                         201);
  buyer.order = id_at(order, "uuid");
  buyer.subscription = id_at(order, "marketplace_resource_uuid");
  const auto key = make_key(wire, buyer, name + " key");
  buyer.key_id = key.id;
  buyer.key = key.plaintext;
  return buyer;
}

MadeKey make_key(Wire& wire, const Buyer& buyer, const std::string& name) {
  const auto made = ask(wire, "POST", "/api/v1/access/" + buyer.subscription + "/keys", buyer.person.token,
                        json::Object{{"name", name}, {"scopes", json::Array{"chat", "query", "read", "config"}}}, 201);
  return {id_at(made, "id"), text_at(made, "api_key")};
}

std::string teach(Wire& wire, const Buyer& buyer, const std::string& question, const std::string& answer) {
  return id_at(ask(wire, "POST", "/api/v1/access/" + buyer.subscription + "/documents", buyer.person.token,
                   json::Object{{"question", question}, {"answer", answer}}, 202),
               "id");
}

void await_indexed(Wire& wire, const Buyer& buyer) {
  await_documents(wire, "/api/v1/access/" + buyer.subscription, buyer.person.token);
}

void await_documents(Wire& wire, const std::string& place, const std::string& credential) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (true) {
    const auto list = ask(wire, "GET", place + "/documents", credential);
    bool is_done = true;
    for (const auto& document : *json::find_array(list, "documents")) {
      if (json::text_of(document, "status") == "FAILED") throw std::runtime_error("a document failed: " + json::write(document));
      is_done &= json::text_of(document, "status") == "INDEXED";
    }
    if (is_done) return;
    if (std::chrono::steady_clock::now() > deadline)
      throw std::runtime_error("documents were not indexed in time: " + json::write(list));
    breathe();
  }
}

Measured measure(Wire& wire, const std::string& place, const std::string& credential, const std::string& question) {
  Measured measured;
  measured.set = id_at(ask(wire, "POST", place + "/sets", credential, json::Object{{"name", question}}, 201), "id");
  const std::string set = place + "/sets/" + measured.set;
  ask(wire, "POST", set + "/cases", credential, json::Object{{"question", question}, {"expect", "refuse"}}, 200);
  measured.question_case = id_at(json::find_array(ask(wire, "GET", set + "/cases", credential), "results")->at(0), "id");
  measured.run = id_at(ask(wire, "POST", set + "/runs", credential, json::Object{}, 202), "id");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(100);
  while (true) {
    const auto run = ask(wire, "GET", place + "/runs/" + measured.run, credential);
    if (json::text_of(run, "state") == "DONE") return measured;
    if (std::chrono::steady_clock::now() > deadline) throw std::runtime_error("not evaluated in time: " + json::write(run));
    breathe();
  }
}

}  // namespace guildhall::test
