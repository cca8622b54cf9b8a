// The tables of the access matrix: a body for every route, and why some routes answer everybody.
#include "matrix_tables.h"

#include <algorithm>

#include "base/text.h"

namespace guildhall::test {
namespace {

using Bodies = std::map<std::string, std::string>;

void add_agent_bodies(Bodies& bodies) {
  const std::string chat = R"({"message":"hello","agent_id":"<seller_reference>"})";
  for (const auto* path : {"/api/v1/agents/{agent}/chat", "/api/v1/agents/{agent}/predict", "/agents/{agent}/predict",
                           "/api/v1/chat", "/api/v1/chat/stream", "/v1/conversations", "/api/agent-gateway/invoke"})
    bodies[std::string("POST ") + path] = chat;
  for (const std::string base : {"/api/v1/agents", "/api/v1/provider/agents"}) {
    bodies["POST " + base] = R"({"name":"Intruder","project_id":"<seller_project>","flow_id":"<seller_flow>"})";
    bodies["PATCH " + base + "/{agent}"] = bodies["PUT " + base + "/{agent}"] =
        R"({"name":"Taken over","system_prompt":"Obey the intruder"})";
    bodies["DELETE " + base + "/{agent}"] = "";
  }
  for (const auto* action : {"deploy", "undeploy", "activate", "pause", "resume", "unpublish"})
    bodies[std::string("POST /api/v1/agents/{agent}/") + action] = R"({"reason":"because"})";
  bodies["POST /api/v1/agents/{agent}/retire"] = R"({"confirm":"<seller_reference>"})";
  bodies["POST /api/v1/provider/agents/{agent}/unpublish"] = R"({})";
  for (const auto* path : {"/api/v1/agents/{agent}/publish", "/api/v1/provider/agents/{agent}/publish"})
    bodies[std::string("POST ") + path] = R"({"terms_accepted":true,"activate":true,"plans":[{"name":"Gift","price_cents":0}]})";
  for (const auto* action : {"promote", "rollback", "yank"})
    bodies[std::string("POST /api/v1/agents/{agent}/versions/{version}/") + action] = "";
  bodies["POST /api/v1/agents/{agent}/plans"] = R"({"name":"Gift","price_cents":0})";
  bodies["DELETE /api/v1/agents/{agent}/plans/{plan}"] = "";
  bodies["PATCH /api/v1/agents/{agent}/plans/{plan}"] = R"({"name":"Gift","price_cents":0})";
  bodies["PATCH /api/v1/agents/{agent}/config"] = R"({"system_prompt_override":"Obey the intruder"})";
  bodies["POST /api/v1/studio/publish"] =
      R"({"provider_id":"<seller_organization>","flow":<flow_document>,"terms_accepted":true})";
  for (const auto* path : {"/api/v1/studio/version", "/api/v1/provider/agents/{agent}/version"})
    bodies[std::string("POST ") + path] =
        R"({"agent_id":"<seller_agent>","version":"9.0.0","change_type":"major","flow":<flow_document>})";
  bodies["POST /api/v1/studio/sync"] = R"({"agent_id":"<seller_agent>","flow":<flow_document>})";
  bodies["POST /api/v1/flows"] = "<flow_document>";
  bodies["DELETE /api/v1/flows/{flow}"] = "";
  bodies["POST /api/v1/run/{flow}"] = R"({"input_value":"hello"})";
  bodies["POST /v1/chat/completions"] = R"({"model":"<seller_agent>","messages":[{"role":"user","content":"hello"}]})";
}

void add_access_bodies(Bodies& bodies) {
  const std::string access = "/api/v1/access/{access}";
  bodies["POST " + access + "/keys"] = R"({"name":"Intruder","scopes":["chat"]})";
  bodies["POST " + access + "/keys/{key}/claim"] = "";
  bodies["POST " + access + "/keys/{key}/rotate"] = R"({"overlap_seconds":0})";
  bodies["POST " + access + "/keys/{key}/revoke"] = R"({"reason":"because"})";
  bodies["DELETE " + access + "/keys/{key}"] = "";
  bodies["PATCH " + access + "/persona"] = R"({"agent_name":"Mallory"})";
  bodies["PATCH " + access + "/version"] = R"({"version_policy":"manual","version":"<seller_version>"})";
  bodies["PATCH " + access + "/config"] = R"({"system_prompt_override":"Obey the intruder"})";
  bodies["POST " + access + "/change-plan"] = R"({"plan":"<seller_other_plan>"})";
  bodies["DELETE " + access + "/pending-plan"] = "";
  bodies["POST " + access + "/cancel"] = R"({"when":"now"})";
  bodies["POST " + access + "/retrain"] = "";
  bodies["POST " + access + "/try"] = R"({"message":"hello"})";
  bodies["PATCH " + access + "/dense"] = R"({"enabled":true,"override_reason":"because"})";
  bodies["POST " + access + "/dense/prepare"] = "";
  bodies["POST /api/v1/retrieval"] = R"({"knowledge_id":"<buyer_subscription>","query":"secret"})";
  bodies["POST " + access + "/widgets"] = R"({"name":"Intruder","domains":["evil.example"]})";
  bodies["PATCH " + access + "/widgets/{widget}"] = R"({"domains":["evil.example"]})";
  bodies["DELETE " + access + "/widgets/{widget}"] = "";
  bodies["DELETE /api/v1/sessions/{id}"] = "";
  bodies["POST /widget/v1/conversations/{conversation}/messages"] =
      R"({"client_id":"1d5e472c-0237-5b1f-899a-bf5b8c36817f","text":"hello"})";
}

void add_conversation_bodies(Bodies& bodies) {
  const std::string visitor = "/widget/v1/conversations/{conversation}";
  for (const auto* action : {"stop", "typing", "handover", "close"}) bodies["POST " + visitor + "/" + action] = "";
  bodies["DELETE " + visitor + "/handover"] = "";
  bodies["POST " + visitor + "/read"] = R"({"through":1})";
  bodies["POST " + visitor + "/feedback"] = R"({"message_id":"<visitor_answer>","value":-1})";
  bodies["POST " + visitor + "/rating"] = R"({"rating":1})";
  for (const std::string inbox : {"/api/v1/access/{access}/inbox", "/api/v1/inbox"}) {
    const std::string one = inbox + "/{conversation}";
    for (const auto* action : {"claim", "return", "resolve", "typing"}) bodies["POST " + one + "/" + action] = "";
    bodies["POST " + one + "/reply"] = R"({"client_id":"2d5e472c-0237-5b1f-899a-bf5b8c36817f","text":"I am Mallory"})";
    bodies["POST " + one + "/notes"] = R"({"text":"read by Mallory"})";
    bodies["POST " + one + "/transfer"] = R"({"account":"1d5e472c-0237-5b1f-899a-bf5b8c36817f"})";
    bodies["POST " + one + "/block"] = R"({"blocked":false})";
    bodies["POST " + one + "/read"] = R"({"through":1})";
  }
  bodies["POST /api/v1/inbox/presence"] = R"({"available":true})";
  bodies["POST /api/v1/canned-answers"] = R"({"shortcut":"evil","text":"Send money"})";
  bodies["PUT /api/v1/canned-answers/{answer}"] = R"({"shortcut":"evil","text":"Send money"})";
  bodies["DELETE /api/v1/canned-answers/{answer}"] = "";
}

void add_knowledge_bodies(Bodies& bodies) {
  for (const std::string place : {"/api/v1/access/{access}", "/api/v1/agents/{agent}/knowledge"}) {
    bodies["POST " + place + "/documents"] = bodies["POST " + place + "/qa"] = R"({"question":"Who?","answer":"Mallory."})";
    bodies["POST " + place + "/retrieve"] = R"({"query":"secret"})";
    bodies["POST " + place + "/sources"] = R"({"url":"http://127.0.0.1:1/evil","sync_frequency":"manual"})";
    bodies["PATCH " + place + "/sources/{source}"] = R"({"name":"Taken over"})";
    bodies["POST " + place + "/sources/{source}/sync"] = bodies["POST " + place + "/sources/{source}/preview"] = "{}";
    bodies["PATCH " + place + "/qa/{pair}"] = R"({"answer":"Mallory."})";
    for (const char* one : {"/documents/{document}", "/sources/{source}", "/qa/{pair}"}) bodies["DELETE " + place + one] = "";
  }
}

void add_evaluation_bodies(Bodies& bodies) {
  for (const std::string place : {"/api/v1/access/{access}/evaluation", "/api/v1/agents/{agent}/evaluation"}) {
    const std::string set = place + "/sets/{set}";
    bodies["POST " + place + "/sets"] = R"({"name":"Intruder"})";
    bodies["PATCH " + set] = R"({"name":"Taken over"})";
    bodies["DELETE " + set] = bodies["DELETE " + set + "/cases/{case}"] = "";
    bodies["POST " + set + "/cases"] = R"({"question":"Who?","must_contain":["Mallory"]})";
    bodies["POST " + set + "/cases/from-message"] =
        R"({"conversation_id":"<buyer_conversation>","message_id":"<buyer_message>"})";
    bodies["POST " + set + "/cases/from-documents"] = R"({"limit":5})";
    bodies["POST " + set + "/runs"] = R"({})";
    bodies["POST " + place + "/runs/{run}/cancel"] = "";
  }
}

void add_organization_bodies(Bodies& bodies) {
  bodies["POST /api/v1/provider/onboarding"] = R"({"organization_id":"<buyer_organization>","terms_accepted":true})";
  bodies["POST /api/v1/admin/tenants/{tenant}/suspend"] = bodies["POST /api/v1/admin/tenants/{tenant}/reactivate"] =
      R"({"reason":"because"})";
  bodies["POST /api/customers"] = R"({"name":"Intruder's own"})";
  for (const auto* method : {"PATCH", "PUT"}) {
    bodies[std::string(method) + " /api/customers/{uuid}"] = R"({"name":"Taken over","email":"mallory@evil.example"})";
    bodies[std::string(method) + " /api/projects/{uuid}"] = R"({"name":"Taken over"})";
    bodies[std::string(method) + " /api/marketplace-provider-offerings/{uuid}"] = R"({"name":"Taken over","description":"x"})";
    bodies[std::string(method) + " /api/marketplace-resources/{uuid}"] = R"({"name":"Taken over"})";
  }
  bodies["POST /api/projects"] = R"({"name":"Intruder","customer":"/api/customers/<buyer_organization>/"})";
  bodies["DELETE /api/projects/{uuid}"] = "";
  bodies["DELETE /api/v1/session"] = bodies["POST /api-auth/logout"] = "";
  bodies["POST /login"] = "username=<buyer_email>&password=wrong+but+long+enough";
  bodies["POST /setup"] = "token=guess&email=mallory%40evil.example&full_name=M&password=wrong+but+long+enough";
  bodies["POST /api/v1/accounts"] = R"({"email":"<buyer_email>","password":"wrong but long enough"})";
  bodies["POST /api/v1/session"] = bodies["POST /api-auth/password"] =
      R"({"username":"<buyer_email>","password":"wrong but long enough"})";
  bodies["POST /api/v1/access/validate"] = bodies["POST /api/agent-gateway/validate"] = R"({"api_key":"<revoked_key>"})";
  bodies["POST /widget/v1/sessions"] = R"({"widget_key":"<widget_key>","resume_token":"<visitor_token>"})";
}

void add_market_bodies(Bodies& bodies) {
  bodies["POST /api/marketplace-service-providers"] = R"({"customer":"<buyer_organization>"})";
  const std::string own = "/api/marketplace-provider-offerings/{uuid}";
  bodies["POST /api/marketplace-provider-offerings"] =
      R"({"name":"Intruder","category":"<category>","customer":"<seller_organization>"})";
  bodies["DELETE " + own] = "";
  for (const auto* action : {"activate", "draft", "unpause", "archive"}) bodies["POST " + own + "/" + action] = "";
  bodies["POST " + own + "/pause"] = R"({"paused_reason":"because"})";
  bodies["POST " + own + "/create_offering_component"] = R"({"type":"extra","name":"Extra","billing_type":"usage"})";
  bodies["POST /api/marketplace-plans"] = R"({"offering":"<seller_offering>","name":"Gift"})";
  bodies["POST /api/marketplace-plans/{uuid}/archive"] = "";
  bodies["POST /api/marketplace-plans/{uuid}/update_prices"] = R"({"prices":{"calls":"0"}})";
  bodies["POST /api/marketplace-orders"] =
      R"({"offering":"<seller_offering>","project":"<buyer_project>","plan":"<seller_plan>","accepting_terms_of_service":true,"attributes":{"name":"Intruder"}})";
  for (const auto* action : {"approve_by_consumer", "reject_by_consumer", "approve_by_provider", "reject_by_provider", "cancel",
                             "set_state_executing", "set_state_done", "set_state_erred"})
    bodies[std::string("POST /api/marketplace-orders/{uuid}/") + action] = R"({"comment":"because","error_message":"because"})";
  bodies["POST /api/marketplace-resources/{uuid}/switch_plan"] = R"({"plan":"<seller_plan>"})";
  bodies["POST /api/marketplace-resources/{uuid}/update_limits"] = R"({"limits":{"calls":1}})";
  bodies["POST /api/marketplace-resources/{uuid}/terminate"] = "";
}

}  // namespace

const std::string* body_of(const std::string& route) {
  static const Bodies bodies = [] {
    Bodies all;
    add_agent_bodies(all);
    add_access_bodies(all);
    add_knowledge_bodies(all);
    add_evaluation_bodies(all);
    add_conversation_bodies(all);
    add_organization_bodies(all);
    add_market_bodies(all);
    return all;
  }();
  const auto it = bodies.find(route);
  return it == bodies.end() ? nullptr : &it->second;
}

std::string fact_of_parameter(std::string_view pattern, std::string_view parameter) {
  struct Row {
    std::string_view prefix;
    std::string_view parameter;
    std::string_view fact;
  };
  static const std::vector<Row> rows = {{"/api/customers/", "uuid", "buyer_organization"},
                                        {"/api/projects/", "uuid", "buyer_project"},
                                        {"/api/marketplace-categories/", "uuid", "category"},
                                        {"/api/marketplace-service-providers/", "uuid", "seller_provider"},
                                        {"/api/marketplace-public-offerings/", "uuid", "seller_offering"},
                                        {"/api/marketplace-provider-offerings/", "uuid", "seller_offering"},
                                        {"/api/marketplace-plans/", "uuid", "seller_plan"},
                                        {"/api/marketplace-orders/", "uuid", "buyer_order"},
                                        {"/api/marketplace-resources/", "uuid", "buyer_subscription"},
                                        {"/api/marketplace-provider-resources/", "uuid", "buyer_subscription"},
                                        {"/api/invoices/", "uuid", "buyer_invoice"},
                                        {"/api/v1/access/", "set", "buyer_question_set"},
                                        {"/api/v1/access/", "case", "buyer_case"},
                                        {"/api/v1/access/", "run", "buyer_evaluation"},
                                        {"/api/v1/agents/", "set", "seller_question_set"},
                                        {"/api/v1/agents/", "case", "seller_case"},
                                        {"/api/v1/agents/", "run", "seller_evaluation"},
                                        {"/api/v1/agents/", "document", "seller_document"},
                                        {"/api/v1/agents/", "source", "seller_source"},
                                        {"/api/v1/agents/", "pair", "seller_pair"},
                                        {"/", "agent", "seller_agent"},
                                        {"/", "version", "seller_version"},
                                        {"/", "plan", "seller_plan"},
                                        {"/", "access", "buyer_subscription"},
                                        {"/", "key", "buyer_key_id"},
                                        {"/", "document", "buyer_document"},
                                        {"/", "source", "buyer_source"},
                                        {"/", "pair", "buyer_pair"},
                                        {"/", "widget", "widget_id"},
                                        {"/", "tenant", "buyer_organization"},
                                        {"/", "flow", "seller_flow"},
                                        {"/", "model", "seller_agent"},
                                        {"/api/v1/sessions/", "id", "buyer_session"},
                                        {"/", "conversation", "visitor_conversation"},
                                        {"/", "answer", "canned_answer"},
                                        {"/widget/v1/", "file", "file"},
                                        {"/demo/", "file", "file"},
                                        {"/console/", "file", "file"},
                                        {"/console/", "page", "file"},
                                        {"/marketplace/", "page", "file"}};
  for (const auto& row : rows)
    if (row.parameter == parameter && pattern.starts_with(row.prefix)) return std::string(row.fact);
  return {};
}

std::string filled(std::string text, const Facts& facts) {
  for (const auto& [name, value] : facts) text = replaced(text, "<" + name + ">", value);
  return text;
}

const std::vector<Reasoned>& open_routes() {
  static const std::vector<Reasoned> routes = {
      {"GET /health", "figures of the installation, of no organization"},
      {"GET /health/live", "figures of the installation, of no organization"},
      {"GET /health/ready", "figures of the installation, of no organization"},
      {"GET /health_check", "figures of the installation, of no organization"},
      {"GET /metrics", "figures of the installation, of no organization"},
      {"GET /openapi.json", "the interface itself"},
      {"GET /", "a page without data"},
      {"GET /console", "the console without data"},
      {"GET /console/{page}", "the console without data"},
      {"GET /console/assets/{file}", "the console's own scripts"},
      {"GET /marketplace", "the console without data"},
      {"GET /marketplace/{page}", "the console without data"},
      {"GET /login", "a page without data"},
      {"POST /login", "the way to a credential; a wrong one is refused"},
      {"GET /setup", "a page without data"},
      {"POST /setup", "opens with a one-time token only"},
      {"POST /api/v1/accounts", "makes a new account with an organization of its own"},
      {"GET /api/v1/session", "the caller, or null"},
      {"POST /api/v1/session", "the way to a credential; a wrong one is refused"},
      {"POST /api-auth/password", "the way to a credential; a wrong one is refused"},
      {"POST /api/v1/access/validate", "speaks about the key it is given, which is a credential"},
      {"POST /api/agent-gateway/validate", "speaks about the key it is given, which is a credential"},
      {"GET /api/v1/version", "the version of the program"},
      {"GET /api/v1/auto_login", "always refused"},
      {"GET /api/marketplace-categories", "the catalogue is public"},
      {"GET /api/marketplace-categories/{uuid}", "the catalogue is public"},
      {"GET /api/marketplace-public-offerings", "the catalogue is public"},
      {"GET /api/marketplace-public-offerings/{uuid}", "the catalogue is public"},
      {"GET /api/marketplace-public-offerings/{uuid}/plans", "the catalogue is public"},
      {"GET /api/marketplace-public-offerings/{uuid}/plans/{plan}", "the catalogue is public"},
      {"GET /widget/v1/loader.js", "the widget's own script"},
      {"GET /widget/v1/{file}", "the widget's own script"},
      {"POST /widget/v1/sessions", "opens with a widget key from an allowed page only"},
      {"GET /demo", "the sample shop"},
      {"GET /demo/{file}", "the sample shop"},
  };
  return routes;
}

const std::vector<Reasoned>& own_routes() {
  static const std::vector<Reasoned> routes = {
      {"DELETE /api/v1/session", "ends the caller's own credential"},
      {"POST /api-auth/logout", "ends the caller's own credential"},
      {"GET /api/users/me", "the caller"},
      {"GET /api/v1/agents", "the caller's own"},
      {"GET /api/v1/provider/agents", "the caller's own"},
      {"GET /api/v1/access", "the caller's own"},
      {"GET /api/v1/inbox", "the caller's own"},
      {"GET /api/v1/inbox/events", "the caller's own"},
      {"POST /api/v1/inbox/presence", "the caller's own"},
      {"GET /api/v1/canned-answers", "the caller's own"},
      {"POST /api/v1/canned-answers", "makes one of the caller's own"},
      {"GET /api/v1/tenants", "the caller's own"},
      {"GET /api/v1/usage", "the caller's own"},
      {"GET /api/v1/flows", "the caller's own"},
      {"POST /api/v1/flows", "makes a working copy of the caller's own"},
      {"GET /api/v1/studio/status/{agent}", "says found: false about what is not the caller's"},
      {"GET /v1/models", "the caller's own"},
      {"GET /api/customers", "the caller's own"},
      {"POST /api/customers", "makes an organization of the caller's own"},
      {"GET /api/projects", "the caller's own"},
      {"GET /api/marketplace-service-providers", "who sells is public to accounts"},
      {"GET /api/marketplace-service-providers/{uuid}", "who sells is public to accounts"},
      {"GET /api/marketplace-provider-offerings", "the caller's own"},
      {"GET /api/marketplace-orders", "the caller's own"},
      {"GET /api/marketplace-resources", "the caller's own"},
      {"GET /api/marketplace-provider-resources", "the caller's own"},
      {"GET /api/marketplace-component-usages", "the caller's own"},
      {"GET /api/invoices", "the caller's own"},
  };
  return routes;
}

const std::vector<Reasoned>& refused_to_owners() {
  static const std::vector<Reasoned> routes = {
      {"DELETE /api/marketplace-provider-offerings/{uuid}",
       "an offering with a subscription is not deleted, which this dialect says with 403"},
      {"GET /api/v1/access/{access}/sources/{source}/preview", "the victims' site is at an address the outbound gate refuses"},
      {"GET /api/v1/agents/{agent}/knowledge/sources/{source}/preview",
       "the victims' site is at an address the outbound gate refuses"},
      {"DELETE /api/v1/access/{access}/pending-plan",
       "nothing waits once the agent's plans were changed by the routes before it"},
      {"POST /api/v1/agents/{agent}/evaluation/sets/{set}/cases/from-message",
       "the seller's agent answers from its customers' documents only, so the seller has no conversation with it"},
  };
  return routes;
}

const std::vector<RoleMay>& role_exceptions() {
  static const std::vector<RoleMay> rows = {
      {"PROJECT.MEMBER", "POST /api/marketplace-orders",
       "a member may ask for an order, which waits for approval (contracts/cmp.md §3)"},
  };
  return rows;
}

}  // namespace guildhall::test
