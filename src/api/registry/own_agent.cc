// What a key's holder asks about its own agent: who it is, how it is set up, what it used (contracts/registry.md §6).
#include "api/turns.h"
#include "base/text.h"
#include "registry/route_tables.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

/// The key's own agent, when the path names it by any of its names. Refusal(wrong_agent).
const gateway::Access& own_agent(const Call& call) {
  const auto& access = *call.access();
  if (access.agent && access.subscription)
    for (const auto& name : access.targets)
      if (equals_ignoring_case(name, call.path("agent"))) return access;
  throw Refusal(Code::wrong_agent, "this key does not open that agent");
}

json::Object info(Call& call) {
  const auto& access = own_agent(call);
  const auto& agent = *access.agent;
  return {{"id", agent.id.text()},
          {"agent_id", agent.agent_id},
          {"name", agent.name},
          {"description", agent.description},
          {"category", agent.category},
          {"tags", strings(agent.tags)},
          {"capabilities", strings(agent.capabilities)},
          {"supported_languages", strings(agent.supported_languages)},
          {"state", registry::wire_name(agent.state)},
          {"version", access.version ? json::Value(access.version->number) : json::Value(nullptr)}};
}

json::Object own_usage(Call& call) {
  const auto& access = own_agent(call);
  return call.read([&](store::Tx& tx) { return usage_json(call.scope(tx), tx, *access.subscription, cycle_of(tx.now())); });
}

/// The widget as the page needs it, with what the configuration says of its looks.
json::Object widget(Call& call) {
  const auto& access = own_agent(call);
  return call.read([&](store::Tx& tx) {
    const Scope scope = call.scope(tx);
    const auto config = registry::agent_config(scope, tx, access.subscription->id);
    const auto widgets = registry::list_widgets(scope, tx, access.subscription->id);
    json::Object body{{"config", config}};
    const json::Object shown = widgets.empty() ? json::Object{} : widget_json(call, widgets.front());
    body["widget_id"] = widgets.empty() ? json::Value(nullptr) : shown.at("id");
    body["embed_code"] = widgets.empty() ? json::Value(nullptr) : shown.at("embed_code");
    body["script_url"] = call.services().public_url + "/widget/v1/loader.js";
    return body;
  });
}

/// With a key: the configuration of its subscription. With a provider's token: the agent's defaults.
json::Object own_config(Call& call) {
  if (call.access() && call.access()->subscription) {
    const auto id = own_agent(call).subscription->id;
    return call.read([&](store::Tx& tx) { return registry::agent_config(call.scope(tx), tx, id); });
  }
  return call.read([&](store::Tx& tx) { return agent_target(call, tx).agent.config; });
}

void change_own_config(Call& call) {
  const json::Object changes = body_json(call).get_object();
  check_escalation(changes);
  if (call.access() && call.access()->subscription) {
    const auto id = own_agent(call).subscription->id;
    return call.answer(call.write([&](store::Tx& tx) { return registry::update_agent_config(call.scope(tx), tx, id, changes); }));
  }
  call.answer(call.write([&](store::Tx& tx) {
    const auto target = agent_target(call, tx);
    return registry::update_agent_defaults(target.scope, tx, target.agent.id, changes).config;
  }));
}

Route row(Right right) {
  Route result;
  result.right = right;
  return result;
}

}  // namespace

RouteTable own_agent_routes() {
  const std::string agent = "/api/v1/agents/{agent}";
  Route config = row(Right::read_subscriptions);
  config.right.reset();
  return {
      get("/agents/{agent}/info", "The public part of the key's agent", kKey, info, row(Right::read_subscriptions)),
      get("/agents/{agent}/usage", "What the key's subscription used this month", kKey, own_usage, row(Right::read_usage)),
      get("/agents/{agent}/widget", "The widget of the key's subscription", kKey, widget, row(Right::read_subscriptions)),
      get(agent + "/config", "The subscription's configuration, or the agent's defaults", kAccountOrKey, own_config, config),
      patch(agent + "/config", "Change the configuration, or the agent's defaults", kAccountOrKey, change_own_config, config)};
}

}  // namespace guildhall::api::registry_dialect
