// Working copies of flows and what LangFlow clients ask first (contracts/runtime.md §6.6).
#include "langflow/route_tables.h"

#include "edge/tables.h"
#include "flow/report.h"
#include "identity/organizations.h"
#include "registry/flows.h"

namespace guildhall::api {
namespace langflow_dialect {
namespace {

constexpr std::size_t kFlowBodyBytesMax = 11 * 1024 * 1024;

json::Object flow_json(const registry::Flow& flow, const std::string& bytes) {
  const json::Value document = json::parse_or_refuse(bytes);
  json::Object body = document.is_object() ? document.get_object() : json::Object{};
  body["id"] = flow.id.text();
  body["name"] = flow.name;
  body["description"] = flow.description;
  body["endpoint_name"] = flow.endpoint_name.empty() ? json::Value(nullptr) : json::Value(flow.endpoint_name);
  body["folder_id"] = flow.project.text();
  body["updated_at"] = rfc3339(flow.updated_at);
  return body;
}

void create_flow(Call& call) {
  const json::Value document = body_json(call);
  if (json::text_of(document, "name").empty()) throw invalid_field("name", "is required");
  const auto wanted = FlowId::parse(json::text_of(document, "id"));
  const auto [flow, bytes] = call.write([&](store::Tx& tx) {
    const Scope scope = call.scope(tx);
    auto stored = registry::import_flow(scope, tx, identity::default_project(scope, tx).id, wanted, call.request().body);
    return std::make_pair(stored, registry::flow_bytes(scope, tx, stored.id));
  });
  call.answer(flow_json(flow, bytes));
}

void list_flows(Call& call) {
  json::Array list;
  call.read([&](store::Tx& tx) {
    for (const Scope& scope : call.scopes(tx)) {
      if (!scope.may(Right::provide_agents)) continue;
      for (const auto& flow : registry::list_flows(scope, tx))
        list.push_back(flow_json(flow, registry::flow_bytes(scope, tx, flow.id)));
    }
  });
  call.answer(list);
}

struct Found {
  Scope scope;
  registry::Flow flow;
};
Found flow_in_path(Call& call, store::Tx& tx) {
  return call.find_in_scopes(tx, "flow",
                             [&](const Scope& scope) { return Found{scope, registry::find_flow(scope, tx, call.path("flow"))}; });
}

json::Object get_flow(Call& call) {
  return call.read([&](store::Tx& tx) {
    const auto found = flow_in_path(call, tx);
    return flow_json(found.flow, registry::flow_bytes(found.scope, tx, found.flow.id));
  });
}

void delete_flow(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto found = flow_in_path(call, tx);
    registry::delete_flow(found.scope, tx, found.flow.id);
  });
}

json::Object flow_report(Call& call) {
  const std::string bytes = call.read([&](store::Tx& tx) {
    const auto found = flow_in_path(call, tx);
    return registry::flow_bytes(found.scope, tx, found.flow.id);
  });
  const auto document = flow::parse_document(json::parse_or_refuse(bytes));
  return flow::to_json(flow::report_on(document, call.services().publishing.catalogue, {}));
}

json::Object version(Call& call) {
  return {{"version", "1.10.1"}, {"main_version", "1.10.1"}, {"package", "Langflow"}, {"guildhall", call.services().version}};
}

json::Object refuse_auto_login(Call&) {
  throw Refusal(Code::permission_denied, "there is no automatic sign-in here");
}

}  // namespace

RouteTable flow_routes() {
  Route row;
  row.right = Right::provide_agents;
  Route create = row;
  create.status = 201;
  create.body_max_bytes = kFlowBodyBytesMax;
  return {post("/api/v1/flows", "Import a flow as a working copy", kAccountOrKey, create_flow, create),
          get("/api/v1/flows", "Working copies", kAccountOrKey, list_flows, row),
          get("/api/v1/flows/{flow}", "One working copy", kAccountOrKey, get_flow, row),
          remove("/api/v1/flows/{flow}", "Delete a working copy", kAccountOrKey, delete_flow, row),
          get("/api/v1/flows/{flow}/report", "Which nodes run and which are refused", kAccountOrKey, flow_report, row),
          get("/api/v1/version", "Versions LangFlow clients ask for", kAnyone, version),
          get("/api/v1/auto_login", "Always refused", kAnyone, refuse_auto_login)};
}

}  // namespace langflow_dialect

RouteTable langflow_routes() {
  RouteTable table = langflow_dialect::run_routes();
  for (auto& route : langflow_dialect::flow_routes()) table.push_back(std::move(route));
  return table;
}

}  // namespace guildhall::api
