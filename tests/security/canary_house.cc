// Furnishing an organization with words of its own in everything that can hold text.
#include "canary_house.h"

#include <stdexcept>

#include "base/hash.h"
#include "base/ids.h"

namespace guildhall::test {
namespace {

std::string mark_of(int n) {
  return std::to_string(1000 + n) + to_hex(random_bytes(4));
}

const Reply& answered(const Reply& reply) {
  if (reply.status != 200) throw std::runtime_error("answered " + std::to_string(reply.status) + ": " + reply.body);
  return reply;
}

void talk(Wire& wire, House& house) {
  const std::string said = std::string(kSecretQuestion) + " " + house.word("message");
  const auto session = answered(wire.send("POST", "/widget/v1/sessions",
                                          {{"Origin", "https://shop.example"}, {"Content-Type", "application/json"}},
                                          json::write(json::Object{{"widget_key", house.facts.at("widget_key")}})))
                           .json();
  house.visitor = bearer(text_at(session, "session_token"));
  house.visitor.emplace_back("Origin", "https://shop.example");
  house.facts["visitor_conversation"] = text_at(*json::find(session, "conversation"), "id");
  const std::string conversation = "/widget/v1/conversations/" + house.facts["visitor_conversation"];
  const Reply heard = wire.send("POST", conversation + "/messages", house.visitor,
                                json::write(json::Object{{"client_id", ConversationId::random().text()}, {"text", said}}));
  if (heard.status != 202) throw std::runtime_error("a visitor's message: " + heard.body);
  answered(wire.send("GET", conversation + "/events?mode=poll&after=1", house.visitor));
  ask(wire, "POST", "/api/v1/chat", house.buyer.key, json::Object{{"message", said}, {"session_id", "session"}}, 200);
}

/// Uploads below `place`, "/api/v1/access/{id}" or "/api/v1/agents/{id}/knowledge".
std::string upload(Wire& wire, const std::string& place, const std::string& token, const std::string& filename,
                   const std::string& content) {
  auto headers = bearer(token);
  for (auto& [name, value] : headers)
    if (name == "Content-Type") value = "multipart/form-data; boundary=edge";
  const Reply reply = wire.send("POST", place + "/documents", headers,
                                "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"" + filename +
                                    "\"\r\nContent-Type: application/octet-stream\r\n\r\n" + content + "\r\n--edge--\r\n");
  if (reply.status != 202) throw std::runtime_error("an upload answered " + reply.body);
  return text_at(reply.json(), "id");
}

/// A pair and a source below `place`. The source is an address the gate refuses: its sync ends at once.
void teach_at(Wire& wire, House& house, const std::string& place, const std::string& owner, const std::string& pair,
              const std::string& source) {
  const std::string& token = house.seller.person.token;
  house.facts[owner + "_pair"] = id_at(ask(wire, "POST", place + "/qa", token,
                                           json::Object{{"question", "Which word opens the " + pair + "?"},
                                                        {"answer", "The " + pair + " opens with " + house.word(pair) + "."}},
                                           201),
                                       "id");
  house.facts[owner + "_source"] = id_at(
      ask(wire, "POST", place + "/sources", token,
          json::Object{
              {"kind", "sitemap"}, {"url", "http://127.0.0.1:1/" + house.word(source) + ".xml"}, {"sync_frequency", "manual"}},
          201),
      "id");
}

void teach_house(Wire& wire, House& house) {
  const std::string access = "/api/v1/access/" + house.buyer.subscription;
  const std::string brought = "/api/v1/agents/" + house.seller.agent + "/knowledge";
  const std::string& token = house.seller.person.token;
  house.facts["buyer_document"] = upload(wire, access, token, "handbook.md", handbook_with(house.word("answer")));
  upload(wire, access, token, "title.html",
         "<html><head><title>" + house.word("document") + "</title></head><body><p>Nothing else is here.</p></body></html>");
  house.facts["seller_document"] =
      upload(wire, brought, token, "guide.md", "# Guide\n\nThe lighthouse blinks the word " + house.word("guide") + ".\n");
  teach_at(wire, house, access, "buyer", "cellar", "source");
  teach_at(wire, house, brought, "seller", "attic", "origin");
  await_indexed(wire, house.buyer);
  await_documents(wire, brought, token);
}

/// An evaluation costs more than everything else of a house together, so the sellers' are those of every fourth.
void measure_house(Wire& wire, House& house, bool is_seller_measured) {
  const std::string& token = house.seller.person.token;
  const std::string question = "Who knows the word " + house.word("question") + "?";
  const std::string of_access = "/api/v1/access/" + house.buyer.subscription + "/evaluation";
  const Measured bought = measure(wire, of_access, token, question);
  Measured sold = bought;
  if (is_seller_measured) sold = measure(wire, "/api/v1/agents/" + house.seller.agent + "/evaluation", token, question);
  ask(wire, "POST", of_access + "/sets/" + bought.set + "/cases/from-documents", token, json::Object{{"limit", 5}}, 200);
  const Facts more = {{"buyer_question_set", bought.set}, {"buyer_case", bought.question_case}, {"buyer_evaluation", bought.run},
                      {"seller_question_set", sold.set},  {"seller_case", sold.question_case},  {"seller_evaluation", sold.run}};
  house.facts.insert(more.begin(), more.end());
}

/// The agent's second version brings its own knowledge along.
void bring_knowledge(Wire& wire, House& house) {
  Seller& seller = house.seller;
  const auto told = ask(wire, "GET", "/api/v1/agents/" + seller.agent + "/knowledge", seller.person.token);
  ask(wire, "POST", "/api/v1/studio/version", seller.studio_key,
      json::Object{{"agent_id", seller.reference},
                   {"version", "1.1.0"},
                   {"change_type", "feature"},
                   {"config", json::Object{{"knowledge_base", text_at(told, "knowledge_base")}}}},
      201);
  seller.version = "1.1.0";
}

void name_everything(Wire& wire, House& house) {
  const auto& [seller, buyer] = std::tie(house.seller, house.buyer);
  const std::string& token = seller.person.token;
  const std::string access = "/api/v1/access/" + buyer.subscription;
  ask(wire, "PATCH", "/api/projects/" + buyer.project + "/", token, json::Object{{"name", house.word("project")}}, 200);
  ask(wire, "PATCH", access + "/persona", token, json::Object{{"agent_name", house.word("persona")}}, 200);
  make_key(wire, buyer, house.word("key"));
  ask(wire, "POST", "/api/v1/agents", token, json::Object{{"name", house.word("draft")}, {"flow_id", seller.flow}}, 201);
  const auto widget = ask(wire, "POST", access + "/widgets", token,
                          json::Object{{"name", house.word("widget")}, {"domains", json::Array{"shop.example"}}}, 201);
  house.facts = {{"seller_organization", seller.organization},
                 {"seller_provider", seller.service_provider},
                 {"seller_project", seller.project},
                 {"seller_agent", seller.agent},
                 {"seller_reference", seller.reference},
                 {"seller_flow", seller.flow},
                 {"seller_version", seller.version},
                 {"seller_offering", seller.offering},
                 {"seller_plan", seller.plans.at(0)},
                 {"buyer_organization", buyer.organization},
                 {"buyer_project", buyer.project},
                 {"buyer_order", buyer.order},
                 {"buyer_subscription", buyer.subscription},
                 {"buyer_key_id", buyer.key_id},
                 {"buyer_key", buyer.key},
                 {"buyer_session", "session"},
                 {"buyer_invoice", id_at(ask(wire, "GET", "/api/invoices/", token).get_array().at(0), "uuid")},
                 {"widget_id", text_at(widget, "id")},
                 {"widget_key", text_at(widget, "key")},
                 {"category", id_at(ask(wire, "GET", "/api/marketplace-categories/", "").get_array().at(0), "uuid")},
                 {"file", "manifest.json"}};
}

}  // namespace

const std::vector<std::string>& canary_kinds() {
  static const std::vector<std::string> kinds = {"prompt",   "persona", "document", "message", "widget",
                                                 "key",      "project", "draft",    "answer",  "cellar",
                                                 "question", "source",  "guide",    "attic",   "origin"};
  return kinds;
}

std::string handbook_with(std::string_view word) {
  return "# Handbook\n\nWelcome to the house. Guests may return what they bought within fourteen days, and the shop pays the "
         "parcel back to us. We open at nine and close at six, on Saturdays at two.\n\n## The secret\n\nThe secret word is " +
         std::string(word) + ". Say the secret word at the door and nowhere else.\n";
}

House furnish(Wire& wire, int n) {
  House house;
  house.mark = mark_of(n);
  SellerWish wish = seller_named("house" + std::to_string(n));
  wish.prompt_canary = house.word("prompt");
  house.seller = make_seller(wire, wish);
  bring_knowledge(wire, house);
  house.buyer = make_buyer(wire, house.seller.person, "house", house.seller);
  name_everything(wire, house);
  teach_house(wire, house);
  measure_house(wire, house, n % 4 == 0);
  talk(wire, house);
  return house;
}

}  // namespace guildhall::test
