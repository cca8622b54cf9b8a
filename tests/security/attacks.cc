// Credentials that must not open what is somebody else's.
#include "attacks.h"

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "base/text.h"

namespace guildhall::test {
namespace {

constexpr const char* kOperatorEmail = "operator@people.example";
constexpr const char* kOperatorPassword = "the operator's long phrase";

struct MadeWidget {
  std::string id;
  std::string key;
  std::string visitor;
  std::string conversation;
  std::string answer;
};

/// A widget of the buyer with one visitor who said something.
MadeWidget make_widget(Wire& wire, const Buyer& buyer, const std::string& name, const std::string& domain) {
  const std::string origin = "https://" + domain;
  MadeWidget made;
  const auto widget = ask(wire, "POST", "/api/v1/access/" + buyer.subscription + "/widgets", buyer.person.token,
                          json::Object{{"name", name}, {"domains", json::Array{domain}}}, 201);
  made.id = text_at(widget, "id");
  made.key = text_at(widget, "key");
  const Reply opened = wire.send("POST", "/widget/v1/sessions", {{"Origin", origin}, {"Content-Type", "application/json"}},
                                 json::write(json::Object{{"widget_key", made.key}}));
  if (opened.status != 200) throw std::runtime_error("a visitor's session: " + opened.body);
  made.visitor = text_at(opened.json(), "session_token");
  made.conversation = text_at(*json::find(opened.json(), "conversation"), "id");
  auto headers = bearer(made.visitor);
  headers.emplace_back("Origin", origin);
  const Reply said = wire.send("POST", "/widget/v1/conversations/" + made.conversation + "/messages", headers,
                               R"({"client_id":"1d5e472c-0237-5b1f-899a-bf5b8c368170","text":"What is the secret?"})");
  if (said.status != 202) throw std::runtime_error("a visitor's message: " + said.body);
  const Reply answered =
      wire.send("GET", "/widget/v1/conversations/" + made.conversation + "/events?mode=poll&after=1", headers, "");
  const Reply log = wire.send("GET", "/widget/v1/conversations/" + made.conversation + "/messages", headers, "");
  if (answered.status != 200 || log.status != 200) throw std::runtime_error("a visitor's answer: " + answered.body + log.body);
  made.answer = text_at(json::find_array(log.json(), "messages")->back(), "message_id");
  return made;
}

std::string strange_flow() {
  json::Value flow = json::parse_or_refuse(example_text("flows/passthrough.json"));
  flow.get_object()["id"] = FlowId::random().text();
  return json::write(flow);
}

std::string hex_of(const std::string& id) {
  return replaced(id, "-", "");
}

}  // namespace

Scene::Scene(const Place& place)
    : server_(place.data, place.database_url,
              {{"GUILDHALL_OPERATOR_EMAIL", kOperatorEmail}, {"GUILDHALL_OPERATOR_PASSWORD", kOperatorPassword}}) {
  server_.start();
  make_victims();
  make_measured();
  make_strangers();
  if (server_.stop() != 0) throw std::runtime_error("the server did not leave in order");
  give_roles(place);
  server_.start();
}

Wire Scene::fresh_wire() {
  const int n = next_address_++;
  return Wire(server_.port(),
              "127." + std::to_string(1 + n / 60'000) + "." + std::to_string(n / 250 % 240) + "." + std::to_string(2 + n % 250));
}

namespace {

struct Taught {
  std::string document;
  std::string pair;
  std::string source;
};

/// A document, a question–answer pair and a source below `place`; `mark` begins the words that are nobody else's.
Taught teach_at(Wire& wire, const std::string& place, const std::string& token, const std::string& mark) {
  Taught taught;
  taught.document =
      id_at(ask(wire, "POST", place + "/documents", token,
                json::Object{{"question", "What is the secret?"}, {"answer", "The secret is " + mark + "documentcanary."}}, 202),
            "id");
  taught.pair =
      id_at(ask(wire, "POST", place + "/qa", token,
                json::Object{{"question", "What is the other secret?"}, {"answer", "It is " + mark + "paircanary."}}, 201),
            "id");
  // An address the gate refuses: its sync ends at once, and nothing changes by itself while the attacks go on.
  taught.source = id_at(
      ask(wire, "POST", place + "/sources", token,
          json::Object{
              {"kind", "sitemap"}, {"url", "http://127.0.0.1:1/" + mark + "sourcecanary.xml"}, {"sync_frequency", "manual"}},
          201),
      "id");
  await_documents(wire, place, token);
  return taught;
}

/// Its id.
std::string make_canned_answer(Wire& wire, const Buyer& buyer) {
  return id_at(ask(wire, "POST", "/api/v1/canned-answers", buyer.person.token,
                   json::Object{{"shortcut", "hello"}, {"text", "cannedcanary"}}, 201),
               "id");
}

}  // namespace

void Scene::make_victims() {
  Wire wire(server_.port());
  operator_ = {.email = kOperatorEmail, .password = kOperatorPassword, .account = {}, .token = {}};
  sign_in(wire, operator_);
  SellerWish wish = seller_named("victim-seller-canary");
  wish.agent_name = "Public name";
  victims_.seller = make_seller(wire, wish);
  victims_.buyer = make_buyer(wire, "victim-buyer-canary", victims_.seller);
  const auto& [seller, buyer] = std::tie(victims_.seller, victims_.buyer);
  const Taught taught = teach_at(wire, "/api/v1/access/" + buyer.subscription, buyer.person.token, "");
  const Taught brought = teach_at(wire, "/api/v1/agents/" + seller.agent + "/knowledge", seller.person.token, "brought");
  const MadeWidget widget = make_widget(wire, buyer, "widgetcanary", "shop.example");
  victims_.visitor_token = widget.visitor;
  ask(wire, "PATCH", "/api/v1/access/" + buyer.subscription + "/persona", buyer.person.token,
      json::Object{{"agent_name", "personacanary"}}, 200);
  const auto chat = ask(wire, "POST", "/api/v1/chat", buyer.key,
                        json::Object{{"message", "What is the secret of messagecanary?"}, {"session_id", "session-canary"}}, 200);
  const auto invoices = ask(wire, "GET", "/api/invoices/", buyer.person.token);
  const auto category = ask(wire, "GET", "/api/marketplace-categories/", "").get_array().at(0);
  const MadeKey revoked = make_key(wire, buyer, "Revoked");
  ask(wire, "POST", "/api/v1/access/" + buyer.subscription + "/keys/" + revoked.id + "/revoke", buyer.person.token,
      json::Object{}, 204);
  revoked_key_ = revoked.plaintext;

  victims_.facts = {{"seller_organization", seller.organization},
                    {"seller_provider", seller.service_provider},
                    {"seller_project", seller.project},
                    {"seller_agent", seller.agent},
                    {"seller_reference", seller.reference},
                    {"seller_flow", seller.flow},
                    {"seller_version", seller.version},
                    {"seller_offering", seller.offering},
                    {"seller_plan", seller.plans.at(0)},
                    {"seller_other_plan", seller.plans.at(1)},
                    {"buyer_organization", buyer.organization},
                    {"buyer_project", buyer.project},
                    {"buyer_order", buyer.order},
                    {"buyer_subscription", buyer.subscription},
                    {"buyer_key_id", buyer.key_id},
                    {"buyer_document", taught.document},
                    {"buyer_source", taught.source},
                    {"buyer_pair", taught.pair},
                    {"seller_document", brought.document},
                    {"seller_source", brought.source},
                    {"seller_pair", brought.pair},
                    {"buyer_session", "session-canary"},
                    {"buyer_conversation", text_at(chat, "conversation_id")},
                    {"buyer_message", text_at(chat, "message_id")},
                    {"buyer_invoice", id_at(invoices.get_array().at(0), "uuid")},
                    {"buyer_email", buyer.person.email},
                    {"widget_id", widget.id},
                    {"widget_key", widget.key},
                    {"visitor_token", widget.visitor},
                    {"visitor_conversation", widget.conversation},
                    {"visitor_answer", widget.answer},
                    {"canned_answer", make_canned_answer(wire, buyer)},
                    {"category", id_at(category, "uuid")},
                    {"revoked_key", revoked_key_},
                    {"file", "manifest.json"},
                    {"flow_document", strange_flow()}};
  victims_.private_texts = {"victim-buyer-canary", "documentcanary", "paircanary",     "sourcecanary", "personacanary",
                            "messagecanary",       "widgetcanary",   "questioncanary", "cannedcanary"};
  for (const auto& id :
       {brought.document, brought.pair, brought.source, buyer.organization, buyer.project, buyer.order, buyer.subscription,
        buyer.key_id, taught.document, text_at(chat, "conversation_id"), widget.id, widget.key,
        victims_.facts.at("buyer_invoice"), buyer.person.account, seller.flow, seller.person.account, seller.project}) {
    victims_.private_ids.push_back(id);
    victims_.private_ids.push_back(hex_of(id));
  }
}

void Scene::make_measured() {
  Wire wire(server_.port());
  const auto& [seller, buyer] = std::tie(victims_.seller, victims_.buyer);
  const Measured of_buyer =
      measure(wire, "/api/v1/access/" + buyer.subscription + "/evaluation", buyer.person.token, "Who knows the questioncanary?");
  const Measured of_seller =
      measure(wire, "/api/v1/agents/" + seller.agent + "/evaluation", seller.person.token, "Who sells the questioncanary?");
  victims_.facts.insert({{"buyer_question_set", of_buyer.set},
                         {"buyer_case", of_buyer.question_case},
                         {"buyer_evaluation", of_buyer.run},
                         {"seller_question_set", of_seller.set},
                         {"seller_case", of_seller.question_case},
                         {"seller_evaluation", of_seller.run}});
  for (const auto& id : {of_buyer.set, of_buyer.run, of_seller.set, of_seller.run}) {
    victims_.private_ids.push_back(id);
    victims_.private_ids.push_back(hex_of(id));
  }
}

void Scene::make_strangers() {
  Wire wire(server_.port());
  const Seller other = make_seller(wire, seller_named("stranger"));
  stranger_ = other.person;
  stranger_studio_key_ = other.studio_key;
  Person person = other.person;
  Buyer buyer;
  buyer.person = person;
  buyer = make_buyer(wire, person, "stranger", other);
  stranger_key_ = buyer.key;
  stranger_visitor_ = make_widget(wire, buyer, "strange", "strange.example").visitor;
  member_ = sign_up(wire, "member");
  support_ = sign_up(wire, "support");
}

void Scene::give_roles(const Place& place) {
  const auto database = open_view(place);
  const auto in = [&](const std::string& organization, const std::string& project) {
    database->write([&](store::Tx& tx) {
      const auto id = OrganizationId::parse(organization).value();
      const auto scope = identity::system_scope(id, "test");
      identity::grant(scope, tx, AccountId::parse(member_.account).value(), identity::Role::project_member,
                      ProjectId::parse(project).value(), std::nullopt);
      identity::grant(scope, tx, AccountId::parse(support_.account).value(), identity::Role::customer_support, std::nullopt,
                      std::nullopt);
    });
  };
  in(victims_.buyer.organization, victims_.buyer.project);
  in(victims_.seller.organization, victims_.seller.project);
}

void Scene::sign_in_again(const Attack& attack) {
  Wire wire = fresh_wire();
  sign_in(wire, *attack.person);
}

std::vector<Attack> Scene::attacks() {
  auto named = bearer(stranger_.token);
  named.emplace_back("X-Organization", victims_.buyer.organization);
  auto named_seller = bearer(stranger_.token);
  named_seller.emplace_back("X-Organization", victims_.seller.organization);
  auto visitor = bearer(stranger_visitor_);
  visitor.emplace_back("Origin", "https://strange.example");
  return {{"stranger", bearer(stranger_.token), std::nullopt, &stranger_},
          {"stranger naming the customer", named, std::nullopt, &stranger_},
          {"stranger naming the seller", named_seller, std::nullopt, &stranger_},
          {"stranger's key", bearer(stranger_key_), std::nullopt, nullptr},
          {"stranger's studio key", bearer(stranger_studio_key_), std::nullopt, nullptr},
          {"stranger's visitor", visitor, std::nullopt, nullptr},
          {"revoked key", bearer(revoked_key_), std::nullopt, nullptr},
          {"anonymous", {{"Content-Type", "application/json"}}, std::nullopt, nullptr},
          {"PROJECT.MEMBER", bearer(member_.token), identity::Role::project_member, &member_},
          {"CUSTOMER.SUPPORT", bearer(support_.token), identity::Role::customer_support, &support_}};
}

std::vector<std::pair<std::string, RequestHeaders>> Scene::owners() const {
  auto visitor = bearer(victims_.visitor_token);
  visitor.emplace_back("Origin", "https://shop.example");
  return {{"buyer", bearer(victims_.buyer.person.token)},
          {"seller", bearer(victims_.seller.person.token)},
          {"buyer's key", bearer(victims_.buyer.key)},
          {"visitor", visitor},
          {"operator", bearer(operator_.token)}};
}

}  // namespace guildhall::test
