// Studio integration: publish, version, sync, status (contracts/registry.md §5).
#include "registry/route_tables.h"

#include "base/text.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

struct PublishIn {
  std::string provider_id;
  json::Value flow;
  std::optional<std::string> version;
  std::optional<std::string> category;
  std::optional<std::vector<std::string>> tags;
  std::optional<json::Object> config;
  std::optional<std::int64_t> max_concurrent_requests;
  std::optional<std::int64_t> timeout_seconds;
  std::optional<std::string> changelog;
  std::optional<bool> terms_accepted;
  std::optional<bool> auto_deploy;
  std::optional<bool> auto_publish;
  std::optional<std::vector<PlanIn>> plans;
};
BOOST_DESCRIBE_STRUCT(PublishIn, (),
                      (provider_id, flow, version, category, tags, config, max_concurrent_requests, timeout_seconds, changelog,
                       terms_accepted, auto_deploy, auto_publish, plans))

/// The flow object, which may also arrive as a JSON string.
json::Value flow_of(const json::Value& flow) {
  if (!flow.is_string()) return flow;
  json::ParseError error;
  auto parsed = json::parse(json::view(flow.get_string()), error);
  if (!parsed) throw invalid_field("flow", "is not valid JSON: " + error.message);
  return *parsed;
}

/// The scope of the organization `provider_id` names: its own UUID or its ServiceProvider's.
Scope provider_scope(Call& call, store::Tx& tx, const std::string& provider_id) {
  const auto id = parse_uuid(provider_id);
  if (!id) throw invalid_field("provider_id", "must be the UUID of an organization or service provider");
  for (const Scope& scope : call.scopes(tx)) {
    if (scope.organization.uuid == *id) return scope;
    const auto provider = market::find_provider(tx, scope.organization);
    if (provider && provider->id.uuid == *id) return scope;
  }
  throw Refusal(Code::wrong_organization, "the credential does not belong to this provider");
}

json::Array warnings_of(const flow::Report& report) {
  json::Array warnings;
  for (const auto& node : report.nodes)
    if (!node.message.empty() && node.message != "code_absent")
      warnings.push_back(json::Object{{"node", node.node_id}, {"code", flow::name(node.status)}, {"message", node.message}});
  for (const auto& node : report.models_unset)
    warnings.push_back(json::Object{
        {"node", node}, {"code", "model_unset"}, {"message", "no model chosen: the installation's default answers"}});
  for (const auto& name : report.variables_missing)
    warnings.push_back(
        json::Object{{"node", nullptr}, {"code", "variable_missing"}, {"message", "variable " + name + " has no value"}});
  for (const auto& path : report.files_missing)
    warnings.push_back(json::Object{{"node", nullptr}, {"code", "file_missing"}, {"message", "file " + path + " is not here"}});
  return warnings;
}

json::Object publish(Call& call, const PublishIn& in) {
  const json::Value flow = flow_of(in.flow);
  if (!flow.is_object()) throw invalid_field("flow", "must be a flow object");
  if (json::text_of(flow, "name").empty()) throw invalid_field("flow.name", "is required");
  if (json::find_object(flow, "data") == nullptr) throw invalid_field("flow.data", "is required");
  registry::StudioPublish request;
  request.flow_bytes = json::write(flow);
  request.flow_id = json::text_of(flow, "id");
  request.name = json::text_of(flow, "name");
  request.description = json::text_of(flow, "description");
  request.version = in.version.value_or("1.0.0");
  request.category = ascii_lower(in.category.value_or("custom"));
  request.tags = in.tags.value_or(std::vector<std::string>{});
  request.config = in.config.value_or(json::Object{});
  request.max_concurrent_requests = in.max_concurrent_requests.value_or(10);
  request.timeout_seconds = in.timeout_seconds.value_or(30);
  request.changelog = in.changelog.value_or("");
  request.terms_accepted = in.terms_accepted.value_or(false);
  request.auto_deploy = in.auto_deploy.value_or(false);
  request.auto_publish = in.auto_publish.value_or(false);
  request.plans = plans_of(in.plans.value_or(std::vector<PlanIn>{}));
  const auto [scope, published] = call.write([&](store::Tx& tx) {
    Scope provider = provider_scope(call, tx, in.provider_id);
    auto result = registry::publish_from_studio(provider, tx, call.services().publishing, request);
    return std::make_pair(std::move(provider), std::move(result));
  });
  call.set_status(published.created ? 201 : 200);
  const auto& agent = published.agent;
  json::Array warnings = warnings_of(published.report);
  if (published.is_listed)
    for (auto& warning : smoke_warnings(call, scope, agent.id)) warnings.push_back(std::move(warning));
  return {{"success", true},
          {"created", published.created},
          {"agent_id", agent.agent_id},
          {"registry_id", agent.id.text()},
          {"state", registry::wire_name(agent.state)},
          {"version", published.version.version},
          {"sha256", published.version.sha256},
          {"offering_uuid", agent.offering ? json::Value(agent.offering->text()) : json::Value(nullptr)},
          {"is_orderable", agent.state == registry::AgentState::active},
          {"warnings", std::move(warnings)},
          {"message", "Agent '" + agent.name + "' registered successfully"}};
}

struct VersionIn {
  std::string agent_id;
  std::string version;
  std::optional<json::Value> flow;
  std::optional<json::Object> config;
  std::optional<json::Object> permissions;
  std::optional<std::string> changelog;
  std::optional<std::string> change_type;
  std::optional<std::string> migration;
  std::optional<bool> promote;
};
BOOST_DESCRIBE_STRUCT(VersionIn, (), (agent_id, version, flow, config, permissions, changelog, change_type, migration, promote))

json::Object version(Call& call, const VersionIn& in) {
  registry::NewVersion request;
  request.version = in.version;
  if (in.flow) request.flow_bytes = json::write(flow_of(*in.flow));
  request.config = in.config.value_or(json::Object{});
  request.permissions = in.permissions.value_or(json::Object{});
  request.changelog = in.changelog.value_or("");
  request.change_type = in.change_type.value_or("");
  request.migration = in.migration.value_or("auto");
  request.promote = in.promote.value_or(true);
  const auto [result, agent] = call.write([&](store::Tx& tx) {
    return call.find_in_scopes(tx, "agent", [&](const Scope& scope) {
      const auto found = registry::find_agent(scope, tx, in.agent_id);
      auto added = registry::add_version(scope, tx, call.services().publishing, found.id, request);
      return std::make_pair(std::move(added), registry::find_agent(scope, tx, in.agent_id));
    });
  });
  call.set_status(result.created ? 201 : 200);
  return {{"success", true},
          {"version", result.version.version},
          {"agent_id", agent.agent_id},
          {"sha256", result.version.sha256},
          {"previous_version", result.previous_version.empty() ? json::Value(nullptr) : json::Value(result.previous_version)},
          {"change_type", result.version.change_type},
          {"migration", result.version.migration},
          {"promoted", result.promoted},
          {"state", registry::wire_name(agent.state)}};
}

struct SyncIn {
  std::string agent_id;
  json::Value flow;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::string> base_sha256;
};
BOOST_DESCRIBE_STRUCT(SyncIn, (), (agent_id, flow, name, description, tags, base_sha256))

json::Object sync(Call& call, const SyncIn& in) {
  const std::string bytes = json::write(flow_of(in.flow));
  return call.write([&](store::Tx& tx) {
    return call.find_in_scopes(tx, "agent", [&](const Scope& scope) {
      const auto found = registry::find_agent(scope, tx, in.agent_id);
      const auto synced = registry::sync_from_studio(scope, tx, found.id,
                                                     {.flow_bytes = bytes,
                                                      .name = in.name.value_or(""),
                                                      .description = in.description.value_or(""),
                                                      .tags = in.tags,
                                                      .base_sha256 = in.base_sha256});
      const auto& number = synced.agent.current_version_number;
      return json::Object{{"success", true},
                          {"agent_id", synced.agent.agent_id},
                          {"flow_revision", synced.flow.revision},
                          {"sha256", synced.flow.sha256},
                          {"changed", synced.changed},
                          {"published_version", number.empty() ? json::Value(nullptr) : json::Value(number)},
                          {"dirty", synced.is_dirty}};
    });
  });
}

json::Object status(Call& call) {
  const std::string agent_id = call.path("agent");
  const auto found = call.read([&](store::Tx& tx) {
    std::optional<registry::StudioStatus> result;
    for (const Scope& scope : call.scopes(tx))
      if (!result) result = registry::studio_status(scope, tx, agent_id);
    return result;
  });
  if (!found) return {{"found", false}, {"agent_id", agent_id}, {"state", nullptr}, {"is_orderable", false}};
  const auto& agent = found->agent;
  json::Array plans;
  for (const auto& plan : found->plans) plans.push_back(plan_json(plan));
  return {{"found", true},
          {"agent_id", agent.agent_id},
          {"registry_id", agent.id.text()},
          {"name", agent.name},
          {"state", registry::wire_name(agent.state)},
          {"is_orderable", found->is_orderable},
          {"version", agent.current_version_number.empty() ? json::Value(nullptr) : json::Value(agent.current_version_number)},
          {"latest_version", found->latest_version.empty() ? json::Value(nullptr) : json::Value(found->latest_version)},
          {"dirty", found->is_dirty},
          {"offering_uuid", agent.offering ? json::Value(agent.offering->text()) : json::Value(nullptr)},
          {"plans", std::move(plans)},
          {"active_subscriptions", found->active_subscriptions},
          {"review_state", agent.review_state},
          {"last_error", nullptr}};
}

Route studio_row(int success = 200) {
  Route row;
  row.right = Right::provide_agents;
  row.status = success;
  row.body_max_bytes = 11 * 1024 * 1024;
  return row;
}

}  // namespace

RouteTable studio_routes() {
  Route publishing = studio_row(201);
  publishing.pool = net::PoolName::run;  // its smoke run may wait for a model
  return {post("/api/v1/studio/publish", "Register or update an agent from a flow", kAccountOrKey, publish, publishing),
          post("/api/v1/studio/version", "Add a version", kAccountOrKey, version, studio_row(201)),
          post("/api/v1/provider/agents/{agent}/version", "Add a version", kAccountOrKey, version, studio_row(201)),
          post("/api/v1/studio/sync", "Replace the working copy of the flow", kAccountOrKey, sync, studio_row()),
          get("/api/v1/studio/status/{agent}", "Where an agent stands", kAccountOrKey, status, studio_row())};
}

}  // namespace guildhall::api::registry_dialect
