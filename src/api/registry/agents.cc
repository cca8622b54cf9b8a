// Agents over REST: create, read, edit, lifecycle, versions, plans (contracts/registry.md §3, §4, §6).
#include "registry/route_tables.h"

#include "base/text.h"
#include "knowledge/evaluation.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

struct AgentIn {
  std::optional<ProjectId> project_id;
  std::optional<std::string> agent_id;
  std::optional<std::string> name;
  std::optional<std::string> description;
  std::optional<std::string> category;
  std::optional<FlowId> flow_id;
  std::optional<FlowId> langflow_flow_id;
  std::optional<std::vector<std::string>> tags;
  std::optional<std::vector<std::string>> capabilities;
  std::optional<std::vector<std::string>> supported_languages;
  std::optional<std::string> system_prompt;
  std::optional<json::Object> config;
  std::optional<std::int64_t> max_concurrent_requests;
  std::optional<std::int64_t> timeout_seconds;
};
BOOST_DESCRIBE_STRUCT(AgentIn, (),
                      (project_id, agent_id, name, description, category, flow_id, langflow_flow_id, tags, capabilities,
                       supported_languages, system_prompt, config, max_concurrent_requests, timeout_seconds))

json::Object list_agents(Call& call) {
  const Paging paging = paging_of(call);
  const auto agents = call.read([&](store::Tx& tx) {
    std::vector<registry::Agent> all;
    if (call.access() && call.access()->agent) return std::vector<registry::Agent>{*call.access()->agent};
    for (const Scope& scope : call.scopes(tx)) {
      // An account may sell in one organization and buy in another: where it does not sell, it has no agents.
      if (!scope.may(Right::provide_agents)) continue;
      for (auto& agent : registry::list_agents(scope, tx)) all.push_back(std::move(agent));
    }
    return all;
  });
  const std::string search = ascii_lower(call.query("search"));
  json::Array page;
  std::int64_t total = 0;
  for (const auto& agent : agents) {
    if (!search.empty() && ascii_lower(agent.name).find(search) == std::string::npos &&
        ascii_lower(agent.agent_id).find(search) == std::string::npos)
      continue;
    const auto index = static_cast<std::size_t>(total++);
    if (index >= paging.offset() && index < paging.offset() + paging.size) page.push_back(agent_json(agent));
  }
  return list_of(call, paging, total, std::move(page));
}

json::Object create_agent(Call& call, const AgentIn& in) {
  if (!in.name) throw invalid_field("name", "is required");
  registry::NewAgent agent;
  agent.project = in.project_id;
  agent.agent_id = in.agent_id.value_or("");
  agent.name = *in.name;
  agent.description = in.description.value_or("");
  agent.category = ascii_lower(in.category.value_or("custom"));
  agent.flow = in.flow_id ? in.flow_id : in.langflow_flow_id;
  agent.tags = in.tags.value_or(std::vector<std::string>{});
  agent.capabilities = in.capabilities.value_or(std::vector<std::string>{});
  agent.supported_languages = in.supported_languages.value_or(std::vector<std::string>{});
  agent.system_prompt = in.system_prompt.value_or("");
  agent.config = in.config.value_or(json::Object{});
  agent.max_concurrent_requests = in.max_concurrent_requests.value_or(10);
  agent.timeout_seconds = in.timeout_seconds.value_or(30);
  return agent_json(call.write([&](store::Tx& tx) { return registry::create_agent(call.scope(tx), tx, agent); }));
}

json::Object get_agent(Call& call) {
  const auto agent = call.read([&](store::Tx& tx) { return agent_target(call, tx).agent; });
  call.set_header("ETag", "\"" + std::to_string(agent.row_version) + "\"");
  return agent_json(agent);
}

std::optional<std::int64_t> expected_version(const Call& call) {
  const auto header = call.request().headers.get("if-match");
  if (!header) return std::nullopt;
  std::string_view tag = trimmed(*header);
  if (tag.size() >= 2 && tag.front() == '"' && tag.back() == '"') tag = tag.substr(1, tag.size() - 2);
  const auto version = parse_integer(tag);
  if (!version) throw Refusal(Code::precondition_failed, "If-Match does not name a version of this agent");
  return version;
}

json::Object patch_agent(Call& call, const AgentIn& in) {
  const auto expected = expected_version(call);
  const auto updated = call.write([&](store::Tx& tx) {
    auto [scope, agent] = agent_target(call, tx);
    if (in.name) agent.name = *in.name;
    if (in.description) agent.description = *in.description;
    if (in.category) agent.category = ascii_lower(*in.category);
    if (in.tags) agent.tags = *in.tags;
    if (in.capabilities) agent.capabilities = *in.capabilities;
    if (in.supported_languages) agent.supported_languages = *in.supported_languages;
    if (in.system_prompt) agent.system_prompt = *in.system_prompt;
    if (in.config) agent.config = *in.config;
    if (in.max_concurrent_requests) agent.max_concurrent_requests = *in.max_concurrent_requests;
    if (in.timeout_seconds) agent.timeout_seconds = *in.timeout_seconds;
    return registry::update_agent(scope, tx, agent, expected);
  });
  call.set_header("ETag", "\"" + std::to_string(updated.row_version) + "\"");
  return agent_json(updated);
}

void delete_agent(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    registry::delete_agent(target.scope, tx, target.agent.id);
  });
}

struct TransitionIn {
  std::optional<std::string> visibility;
  std::optional<bool> terms_accepted;
  std::optional<bool> activate;
  std::optional<std::vector<PlanIn>> plans;
  std::optional<Timestamp> grace_until;
  std::optional<std::string> confirm;
  std::optional<std::string> reason;
  std::optional<json::Object> deploy_config;
  std::optional<std::string> override_reason;
};
BOOST_DESCRIBE_STRUCT(TransitionIn, (),
                      (visibility, terms_accepted, activate, plans, grace_until, confirm, reason, deploy_config, override_reason))

/// `grace_until: null` means a pause without end; leaving it out means thirty days.
bool is_null_member(Call& call, std::string_view member) {
  const json::Value body = body_json(call);
  const json::Value* found = json::find(body, member);
  return found != nullptr && found->is_null();
}

struct Moved {
  Scope scope;
  registry::Transition result;
};

Moved move(Call& call, const TransitionIn& in, registry::AgentAction action) {
  registry::TransitionRequest request;
  request.action = action;
  request.activate = in.activate.value_or(false);
  request.terms_accepted = in.terms_accepted.value_or(false);
  request.grace_until = in.grace_until;
  request.grace_without_end = action == registry::AgentAction::pause && is_null_member(call, "grace_until");
  request.confirm = in.confirm.value_or("");
  request.reason = in.reason.value_or("");
  if (in.plans && !in.plans->empty()) request.plans = plans_of(*in.plans);
  return call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    if (in.override_reason && target.agent.current_version)
      knowledge::override_gate(target.scope, tx, target.agent.id, *target.agent.current_version, *in.override_reason);
    auto result = registry::transition(target.scope, tx, call.services().publishing, target.agent.id, request);
    return Moved{.scope = target.scope, .result = std::move(result)};
  });
}

json::Object moved_json(Call& call, const registry::Transition& result) {
  const auto& agent = result.agent;
  json::Object body{
      {"status", "success"},
      {"id", agent.id.text()},
      {"agent_id", agent.agent_id},
      {"state", registry::wire_name(agent.state)},
      {"changed", result.changed},
      {"state_changed_at", rfc3339(agent.state_changed_at)},
      {"runtime_endpoint", agent.runtime_endpoint.empty() ? json::Value(nullptr) : json::Value(agent.runtime_endpoint)},
      {"version", agent.current_version_number.empty() ? json::Value(nullptr) : json::Value(agent.current_version_number)}};
  const auto offering = result.offering ? result.offering : agent.offering;
  body["offering_uuid"] = offering ? json::Value(offering->text()) : json::Value(nullptr);
  body["offering_url"] =
      offering ? json::Value(call.services().public_url + "/api/marketplace-public-offerings/" + offering->hex() + "/")
               : json::Value(nullptr);
  return body;
}

template <registry::AgentAction action>
json::Object transition(Call& call, const TransitionIn& in) {
  return moved_json(call, move(call, in, action).result);
}

/// Publishing, then one smoke run of what is listed now; its failure only warns.
json::Object published_json(Call& call, const TransitionIn& in) {
  const Moved moved = move(call, in, registry::AgentAction::publish);
  const registry::Agent& agent = moved.result.agent;
  json::Object body = moved_json(call, moved.result);
  const bool is_listed = agent.state == registry::AgentState::listed || agent.state == registry::AgentState::active;
  body["warnings"] = is_listed ? smoke_warnings(call, moved.scope, agent.id) : json::Array();
  return body;
}

/// The wizard's one click: deploys when needed and ends ACTIVE (contracts/registry.md §7).
json::Object publish_at_once(Call& call, const TransitionIn& in) {
  const auto state = call.read([&](store::Tx& tx) { return agent_target(call, tx).agent.state; });
  if (state == registry::AgentState::draft) move(call, {}, registry::AgentAction::deploy);
  TransitionIn publish = in;
  if (!publish.activate) publish.activate = true;
  return published_json(call, publish);
}

json::Object agent_status(Call& call) {
  const auto target = call.read([&](store::Tx& tx) {
    const auto found = agent_target(call, tx);
    const auto totals = billing::agent_totals(found.scope, tx, found.agent.id, tx.now() - seconds(300), tx.now());
    return std::make_pair(found.agent, totals);
  });
  const auto& [agent, totals] = target;
  const bool is_up = agent.state != registry::AgentState::draft && agent.current_version.has_value();
  const double error_rate = totals.calls == 0 ? 0 : static_cast<double>(totals.failed) / static_cast<double>(totals.calls);
  return {{"agent_id", agent.agent_id},
          {"state", registry::wire_name(agent.state)},
          {"health", !is_up              ? "stopped"
                     : error_rate > 0.5  ? "down"
                     : error_rate > 0.05 ? "degraded"
                                         : "healthy"},
          {"replicas", json::Object{{"desired", is_up ? 1 : 0}, {"ready", is_up ? 1 : 0}}},
          {"metrics", json::Object{{"requests_per_minute", static_cast<double>(totals.calls) / 5.0},
                                   {"avg_latency_ms", totals.response_time_ms_avg},
                                   {"error_rate", error_rate}}}};
}

json::Object list_versions(Call& call) {
  const auto versions = call.read([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    return registry::list_versions(target.scope, tx, target.agent.id);
  });
  json::Array results;
  for (const auto& version : versions) results.push_back(version_json(version));
  return {{"count", static_cast<std::int64_t>(versions.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

struct PromoteIn {
  std::optional<std::string> override_reason;
};
BOOST_DESCRIBE_STRUCT(PromoteIn, (), (override_reason))

/// With an owner's reason the version passes the gates of its agent (contracts/support-partner.md §2.8).
json::Object promote_version(Call& call, const PromoteIn& in) {
  return version_json(call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    if (in.override_reason)
      for (const auto& version : registry::list_versions(target.scope, tx, target.agent.id))
        if (version.version == call.path("version"))
          knowledge::override_gate(target.scope, tx, target.agent.id, version.id, *in.override_reason);
    return registry::promote_version(target.scope, tx, target.agent.id, call.path("version"));
  }));
}

json::Object yank_version(Call& call) {
  return version_json(call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    return registry::yank_version(target.scope, tx, target.agent.id, call.path("version"));
  }));
}

json::Object list_plans(Call& call) {
  const auto plans = call.read([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    return registry::plans_of_agent(target.scope, tx, target.agent.id);
  });
  json::Array results;
  for (const auto& plan : plans) results.push_back(plan_json(plan));
  return {{"count", static_cast<std::int64_t>(plans.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

json::Object add_plan(Call& call, const PlanIn& in) {
  const auto plan = plan_of(in, "plan");
  return plan_json(call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    return registry::add_agent_plan(target.scope, tx, target.agent.id, plan);
  }));
}

PlanId plan_in_path(const Call& call) {
  const auto id = PlanId::parse(call.path("plan"));
  if (!id) throw not_found("plan");
  return *id;
}

/// The plan as it is, with the fields of the body in place of its own.
market::Plan merged_plan(Call& call, const market::Plan& plan, const json::Object& changes) {
  json::Object merged = plan_json(plan);
  for (const auto& member : changes) merged[member.key()] = member.value();
  PlanIn in;
  ReadReport report;
  read(in, json::Value(merged), "", report);
  if (!report.errors.empty()) refuse_unreadable(report);
  std::erase_if(report.unknown, [&](const std::string& name) { return !changes.contains(name); });
  name_ignored_fields(call, report.unknown);
  market::Plan values = plan_of(in, "plan");
  if (!changes.contains("overage_price")) values.terms.overage_price = plan.terms.overage_price;
  return values;
}

/// The successor when the plan has subscribers, who keep theirs.
json::Object patch_plan(Call& call) {
  const json::Object changes = body_json(call).get_object();
  const auto change = call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    const PlanId id = plan_in_path(call);
    for (const auto& plan : registry::plans_of_agent(target.scope, tx, target.agent.id))
      if (plan.id == id)
        return registry::change_agent_plan(target.scope, tx, target.agent.id, id, merged_plan(call, plan, changes));
    throw not_found("plan");
  });
  json::Object body = plan_json(change.plan);
  body["is_successor"] = change.is_successor;
  return body;
}

void deactivate_plan(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    registry::deactivate_agent_plan(target.scope, tx, target.agent.id, plan_in_path(call));
  });
}

Route provider_row(int status = 200) {
  Route row;
  row.right = Right::provide_agents;
  row.status = status;
  return row;
}

Route plan_changes_row() {
  Route row = provider_row();
  row.request_schema = schema_of<PlanIn>();
  row.request_schema.erase("required");
  return row;
}

RouteTable crud_routes(const std::string& base) {
  Route list = provider_row();
  list.right.reset();
  list.query = {{"page", "integer"}, {"page_size", "integer"}, {"search"}};
  return {get(base, "Agents the caller may see", kAccountOrKey, list_agents, list),
          post(base, "Create an agent in DRAFT", kAccountOrKey, create_agent, provider_row(201)),
          get(base + "/{agent}", "One agent", kAccountOrKey, get_agent, provider_row()),
          patch(base + "/{agent}", "Edit an agent", kAccountOrKey, patch_agent, provider_row()),
          put(base + "/{agent}", "Edit an agent", kAccountOrKey, patch_agent, provider_row()),
          remove(base + "/{agent}", "Delete a draft that was never subscribed", kAccountOrKey, delete_agent, provider_row())};
}

}  // namespace

RouteTable agent_routes() {
  using enum registry::AgentAction;
  const std::string agent = "/api/v1/agents/{agent}";
  RouteTable table = crud_routes("/api/v1/agents");
  const auto provider_crud = crud_routes("/api/v1/provider/agents");
  table.insert(table.end(), provider_crud.begin(), provider_crud.end());
  Route publishing = provider_row();
  publishing.pool = net::PoolName::run;  // its smoke run may wait for a model
  const RouteTable more{
      post(agent + "/deploy", "DRAFT → DEPLOYED", kAccountOrKey, transition<deploy>, provider_row()),
      post(agent + "/undeploy", "DEPLOYED → DRAFT", kAccountOrKey, transition<undeploy>, provider_row()),
      post(agent + "/publish", "List the agent in the marketplace", kAccountOrKey, published_json, publishing),
      post(agent + "/activate", "Open orders", kAccountOrKey, transition<activate>, provider_row()),
      post(agent + "/pause", "Close orders, keep the listing", kAccountOrKey, transition<pause>, provider_row()),
      post(agent + "/resume", "Back to where it was paused", kAccountOrKey, transition<resume>, provider_row()),
      post(agent + "/unpublish", "Hide the listing", kAccountOrKey, transition<unpublish>, provider_row()),
      post(agent + "/retire", "End the agent in thirty days", kAccountOrKey, transition<retire>, provider_row()),
      get(agent + "/status", "Health and five-minute figures", kAccountOrKey, agent_status, provider_row()),
      get(agent + "/versions", "Versions, newest first", kAccountOrKey, list_versions, provider_row()),
      post(agent + "/versions/{version}/promote", "Make a version the current one", kAccountOrKey, promote_version,
           provider_row()),
      post(agent + "/versions/{version}/rollback", "Go back to a version", kAccountOrKey, promote_version, provider_row()),
      post(agent + "/versions/{version}/yank", "Bar a version from new pins", kAccountOrKey, yank_version, provider_row()),
      get(agent + "/plans", "Plans of an agent", kAccountOrKey, list_plans, provider_row()),
      post(agent + "/plans", "Add a plan", kAccountOrKey, add_plan, provider_row(201)),
      patch(agent + "/plans/{plan}", "Change a plan; one in use gets a successor", kAccountOrKey, patch_plan, plan_changes_row()),
      remove(agent + "/plans/{plan}", "Deactivate a plan", kAccountOrKey, deactivate_plan, provider_row()),
      post("/api/v1/provider/agents/{agent}/publish", "Deploy if needed, publish and activate", kAccountOrKey, publish_at_once,
           publishing),
      post("/api/v1/provider/agents/{agent}/unpublish", "Hide the listing", kAccountOrKey, transition<unpublish>,
           provider_row())};
  table.insert(table.end(), more.begin(), more.end());
  return table;
}

}  // namespace guildhall::api::registry_dialect
