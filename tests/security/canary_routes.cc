// The operations of the canary sweep: all that read are called as they are; those that write are named here, one by one.
#include "canary_routes.h"

#include <algorithm>
#include <map>

#include "canary_house.h"

namespace guildhall::test {
namespace {

/// POST operations that answer with text of the organization they ask; their bodies.
const std::map<std::string, std::string>& asking_operations() {
  static const std::map<std::string, std::string> operations = [] {
    const std::string question(kSecretQuestion);
    std::map<std::string, std::string> bodies;
    for (const auto* path : {"/api/v1/agents/{agent}/chat", "/api/v1/agents/{agent}/predict", "/agents/{agent}/predict",
                             "/api/v1/chat", "/api/v1/chat/stream", "/v1/conversations", "/api/agent-gateway/invoke"})
      bodies["POST " + std::string(path)] = R"({"message":")" + question + R"(","agent_id":"<seller_reference>"})";
    bodies["POST /api/v1/run/{flow}"] = R"({"input_value":")" + question + R"("})";
    bodies["POST /v1/chat/completions"] =
        R"({"model":"<seller_agent>","messages":[{"role":"user","content":")" + question + R"("}]})";
    bodies["POST /api/v1/access/{access}/retrieve"] = R"({"query":")" + question + R"(","top_k":20})";
    bodies["POST /api/v1/agents/{agent}/knowledge/retrieve"] = R"({"query":"What does the lighthouse blink?","top_k":20})";
    bodies["POST /api/v1/agents/{agent}/knowledge/sources/{source}/preview"] = "{}";
    bodies["POST /api/v1/access/{access}/try"] = R"({"message":")" + question + R"("})";
    bodies["POST /api/v1/retrieval"] = R"({"knowledge_id":"<buyer_subscription>","query":")" + question + R"("})";
    bodies["POST /api/v1/access/{access}/sources/{source}/preview"] = "{}";
    bodies["POST /widget/v1/sessions"] = R"({"widget_key":"<widget_key>"})";
    bodies["POST /widget/v1/conversations/{conversation}/messages"] = R"({"client_id":"<fresh>","text":")" + question + R"("})";
    bodies["POST /api/v1/access/validate"] = bodies["POST /api/agent-gateway/validate"] = R"({"api_key":"<buyer_key>"})";
    return bodies;
  }();
  return operations;
}

/// POST operations that change something and answer with what they were sent or made. The access matrix tries each of them
/// against strangers.
const std::vector<std::string>& changing_operations() {
  static const std::vector<std::string> operations = [] {
    std::vector<std::string> all = {"/login",
                                    "/setup",
                                    "/api/v1/accounts",
                                    "/api/v1/session",
                                    "/api-auth/password",
                                    "/api-auth/logout",
                                    "/api/v1/agents",
                                    "/api/v1/provider/agents",
                                    "/api/v1/provider/onboarding",
                                    "/api/v1/flows",
                                    "/api/customers",
                                    "/api/projects",
                                    "/api/marketplace-service-providers",
                                    "/api/marketplace-provider-offerings",
                                    "/api/marketplace-plans",
                                    "/api/marketplace-orders"};
    const auto add = [&](const std::string& base, std::initializer_list<const char*> actions) {
      for (const char* action : actions) all.push_back(base + action);
    };
    add("/api/v1/agents/{agent}",
        {"/deploy", "/undeploy", "/publish", "/activate", "/pause", "/resume", "/unpublish", "/retire",
         "/versions/{version}/promote", "/versions/{version}/rollback", "/versions/{version}/yank", "/plans"});
    add("/api/v1/provider/agents/{agent}", {"/publish", "/unpublish", "/version"});
    add("/api/v1/studio", {"/publish", "/version", "/sync"});
    add("/api/v1/access/{access}",
        {"/keys", "/keys/{key}/claim", "/keys/{key}/rotate", "/keys/{key}/revoke", "/change-plan", "/cancel", "/documents",
         "/retrain", "/widgets", "/dense/prepare", "/sources", "/sources/{source}/sync", "/qa"});
    add("/api/v1/agents/{agent}/knowledge", {"/documents", "/sources", "/sources/{source}/sync", "/qa"});
    add("/widget/v1/conversations/{conversation}", {"/stop", "/typing", "/read", "/handover", "/feedback", "/rating", "/close"});
    for (const char* inbox : {"/api/v1/access/{access}/inbox/{conversation}", "/api/v1/inbox/{conversation}"})
      add(inbox, {"/claim", "/reply", "/notes", "/transfer", "/return", "/resolve", "/block", "/read", "/typing"});
    all.emplace_back("/api/v1/inbox/presence");
    all.emplace_back("/api/v1/canned-answers");
    add("/api/v1/admin/tenants/{tenant}", {"/suspend", "/reactivate"});
    for (const char* place : {"/api/v1/access/{access}/evaluation", "/api/v1/agents/{agent}/evaluation"})
      add(place, {"/sets", "/sets/{set}/cases", "/sets/{set}/cases/from-message", "/sets/{set}/cases/from-documents",
                  "/sets/{set}/runs", "/runs/{run}/cancel"});
    add("/api/marketplace-provider-offerings/{uuid}",
        {"/activate", "/draft", "/pause", "/unpause", "/archive", "/create_offering_component"});
    add("/api/marketplace-plans/{uuid}", {"/archive", "/update_prices"});
    add("/api/marketplace-orders/{uuid}",
        {"/approve_by_consumer", "/reject_by_consumer", "/approve_by_provider", "/reject_by_provider", "/cancel",
         "/set_state_executing", "/set_state_done", "/set_state_erred"});
    add("/api/marketplace-resources/{uuid}", {"/switch_plan", "/update_limits", "/terminate"});
    return all;
  }();
  return operations;
}

/// Filters and forms of a read besides the plain one.
std::vector<std::string> queries_of(const std::string& pattern) {
  // A stream of events ends at once when it is asked as a poll.
  if (pattern.ends_with("/events")) return {"?mode=poll&wait=0"};
  std::vector<std::string> queries = {""};
  const auto add = [&](std::string_view ending, std::initializer_list<const char*> more) {
    if (pattern.ends_with(ending)) queries.insert(queries.end(), more.begin(), more.end());
  };
  add("/sets/{set}/cases", {"?format=csv", "?format=jsonl"});
  add("/runs/{run}/results", {"?failed=true"});
  add("/access/{access}/evaluation/runs/{run}/comparison", {"?with=<buyer_evaluation>"});
  add("/agents/{agent}/evaluation/runs/{run}/comparison", {"?with=<seller_evaluation>"});
  add("/inbox", {"?search=canaryq", "?state=bot"});
  add("/qa", {"?search=cellar", "?search=canaryq"});
  add("/agents", {"?search=canaryq"});
  add("/tenants", {"?waldur_customer_uuid=<buyer_organization>"});
  add("/api/v1/usage", {"?access=<buyer_subscription>"});
  add("/api/customers", {"?name=canaryq"});
  add("/api/projects", {"?name=canaryq"});
  for (const char* list : {"/marketplace-orders", "/marketplace-resources", "/marketplace-provider-resources"})
    add(list, {"?customer_uuid=<buyer_organization>", "?offering_uuid=<seller_offering>"});
  for (const char* list : {"/marketplace-service-providers", "/marketplace-provider-offerings", "/marketplace-public-offerings"})
    add(list, {"?customer_uuid=<seller_organization>"});
  add("/marketplace-component-usages", {"?resource_uuid=<buyer_subscription>"});
  return queries;
}

std::string path_with_places(const std::string& pattern, std::vector<std::string>& unknown) {
  std::string path;
  std::string_view rest = pattern;
  while (true) {
    const auto open = rest.find('{');
    path += rest.substr(0, open);
    if (open == std::string_view::npos) return path;
    const auto close = rest.find('}', open);
    const std::string_view parameter = rest.substr(open + 1, close - open - 1);
    const std::string fact = fact_of_parameter(pattern, parameter);
    if (fact.empty())
      unknown.push_back(pattern + ": no id is known for {" + std::string(parameter) + "}; add it to matrix_tables.cc");
    (path += '<') += fact + '>';
    rest.remove_prefix(close + 1);
  }
}

}  // namespace

std::vector<Probe> probes_of(const json::Value& openapi, std::vector<std::string>& unknown) {
  std::vector<Probe> probes;
  std::set<std::string> names;
  const auto& asking = asking_operations();
  const auto& changing = changing_operations();
  for (const auto& path : *json::find_object(openapi, "paths")) {
    const std::string pattern(path.key());
    for (const auto& entry : path.value().get_object()) {
      Probe probe;
      for (const char c : entry.key()) probe.method += static_cast<char>(c - 'a' + 'A');
      probe.operation = probe.method + " " + pattern;
      names.insert(probe.operation);
      for (const auto& each : *json::find_array(entry.value(), "x-guildhall-accepts"))
        probe.accepts.insert(std::string(json::view(each.get_string())));
      const auto body = asking.find(probe.operation);
      if (body == asking.end() && probe.method != "GET") {
        const bool is_changing = std::find(changing.begin(), changing.end(), pattern) != changing.end();
        if (probe.method == "POST" && !is_changing)
          unknown.push_back(probe.operation + " is neither asked nor known to change something; add it to canary_routes.cc");
        continue;
      }
      if (body != asking.end()) probe.body = body->second;
      const std::string target = path_with_places(pattern, unknown);
      for (const auto& query : queries_of(pattern)) {
        probe.target = target + query;
        probes.push_back(probe);
        if (probe.method != "GET") break;
      }
    }
  }
  for (const auto& [operation, body] : asking)
    if (!names.contains(operation)) unknown.push_back(operation + " of canary_routes.cc does not exist");
  for (const auto& pattern : changing)
    if (!names.contains("POST " + pattern)) unknown.push_back("POST " + pattern + " of canary_routes.cc does not exist");
  return probes;
}

std::string reason_of_silence(std::string_view operation) {
  static const std::map<std::string, std::string, std::less<>> reasons = {
      {"GET /api/v1/access/{access}/sources/{source}/preview", "the site is at an address the outbound gate refuses"},
      {"POST /api/v1/access/{access}/sources/{source}/preview", "the site is at an address the outbound gate refuses"},
      {"GET /api/v1/agents/{agent}/knowledge/sources/{source}/preview", "the site is at an address the outbound gate refuses"},
      {"POST /api/v1/agents/{agent}/knowledge/sources/{source}/preview", "the site is at an address the outbound gate refuses"},
      {"GET /console/assets/{file}", "the names of the console's files carry a hash"},
      {"GET /demo", "this installation has no sample shop"},
      {"GET /demo/{file}", "this installation has no sample shop"},
      {"GET /api/v1/auto_login", "always refused"},
      {"GET /setup", "an installation with an account needs no set-up"},
  };
  const auto it = reasons.find(operation);
  return it == reasons.end() ? std::string() : it->second;
}

}  // namespace guildhall::test
