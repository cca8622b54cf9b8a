// Access: what a customer does with a subscription — keys, persona, usage, conversations (contracts/registry.md §8).
#include "api/turns.h"
#include "registry/route_tables.h"

#include "base/text.h"
#include "identity/organizations.h"
#include "registry/shapes.h"
#include "registry/version_policy.h"
#include "runtime/sessions.h"

namespace guildhall::api::registry_dialect {
namespace {

std::string_view status_of(market::SubscriptionState state) {
  switch (state) {
    case market::SubscriptionState::creating: return "pending";
    case market::SubscriptionState::ok:
    case market::SubscriptionState::updating: return "active";
    case market::SubscriptionState::terminating:
    case market::SubscriptionState::terminated: return "cancelled";
    case market::SubscriptionState::erred: return "error";
  }
  return "error";
}

/// The row of a subscription: what My Agents shows.
json::Object access_json(const Scope& scope, store::Tx& tx, const market::Subscription& subscription) {
  const auto plan = market::plan_by_id(tx, subscription.plan);
  const auto agent = subscription.agent ? registry::agent_by_id(tx, *subscription.agent) : std::nullopt;
  const auto keys = registry::list_keys(scope, tx, subscription.id);
  const auto quota = billing::quota_of(tx, subscription.organization, billing::QuotaScope::subscription, subscription.id.uuid,
                                       cycle_of(tx.now()), std::nullopt);
  const std::int64_t used = quota.used.units(0, Rounding::toward_zero);
  const auto& limit = plan.terms.monthly_quota;
  json::Object row{
      {"id", subscription.id.text()},
      {"name", subscription.name},
      {"project_id", subscription.project.text()},
      {"organization_id", subscription.organization.text()},
      {"plan", plan_json(plan)},
      {"state", market::registry_name(subscription.state)},
      {"status", status_of(subscription.state)},
      {"key_prefix", keys.empty() ? json::Value(nullptr) : json::Value(keys.front().prefix)},
      {"quota_limit", limit ? json::Value(*limit) : json::Value(nullptr)},
      {"quota_used", used},
      {"quota_exceeded", limit && used >= *limit},
      {"quota_reset_at", rfc3339(quota.reset_at)},
      {"rate_limit_per_second", plan.terms.rate_limit_per_second.text()},
      {"waldur_resource_uuid", subscription.id.text()},
      {"waldur_order_uuid", subscription.creation_order.text()},
      {"waldur_user_uuid", subscription.created_by.text()},
      {"pending_plan_id", subscription.pending_plan ? json::Value(subscription.pending_plan->text()) : json::Value(nullptr)},
      {"created_at", rfc3339(subscription.created_at)}};
  const auto creator = identity::get_account(tx, subscription.created_by);
  row["waldur_user_email"] = creator.email;
  row["agent"] = agent ? json::Value(json::Object{{"id", agent->id.text()},
                                                  {"agent_id", agent->agent_id},
                                                  {"name", agent->name},
                                                  {"slug", agent->slug},
                                                  {"state", registry::wire_name(agent->state)}})
                       : json::Value(nullptr);
  const auto running = agent ? registry::running_version(tx, subscription, *agent) : std::nullopt;
  row["version"] = running ? json::Value(running->number) : json::Value(nullptr);
  if (!keys.empty()) {
    row["expires_at"] = optional_time(keys.front().expires_at);
    row["last_used_at"] = optional_time(keys.front().last_used_at);
    row["total_requests"] = keys.front().total_requests;
    row["revoked_at"] = optional_time(keys.front().revoked_at);
  }
  return row;
}

json::Object list_access(Call& call) {
  const Paging paging = paging_of(call);
  return call.read([&](store::Tx& tx) {
    json::Array page;
    std::int64_t total = 0;
    for (const Scope& scope : call.scopes(tx)) {
      if (!scope.may(Right::read_subscriptions)) continue;
      market::SubscriptionFilter filter;
      filter.limit = 10'000;
      filter.project = scope.project;
      for (const auto& subscription : market::list_subscriptions(scope, tx, filter).items) {
        if (scope.subscription && *scope.subscription != subscription.id) continue;
        const auto index = static_cast<std::size_t>(total++);
        if (index >= paging.offset() && index < paging.offset() + paging.size)
          page.push_back(access_json(scope, tx, subscription));
      }
    }
    return list_of(call, paging, total, std::move(page));
  });
}

json::Object get_access(Call& call) {
  return call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::read_subscriptions);
    return access_json(target.scope, tx, target.subscription);
  });
}

json::Object list_keys(Call& call) {
  const auto keys = call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::list_keys(target.scope, tx, target.subscription.id);
  });
  json::Array results;
  for (const auto& key : keys) results.push_back(key_json(key));
  return {{"count", static_cast<std::int64_t>(keys.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

json::Object issued_json(Call& call, const registry::IssuedKey& issued) {
  call.mark_secret("api_key");
  call.set_header("Cache-Control", "no-store");
  json::Object body = key_json(issued.key);
  body["api_key"] = std::string(issued.plaintext.reveal());
  return body;
}

struct KeyIn {
  std::optional<std::string> name;
  std::optional<std::vector<std::string>> scopes;
  std::optional<Timestamp> expires_at;
  std::optional<std::vector<std::string>> allowed_ips;
  std::optional<std::int64_t> quota_limit;
  std::optional<Decimal> rate_limit_per_second;
};
BOOST_DESCRIBE_STRUCT(KeyIn, (), (name, scopes, expires_at, allowed_ips, quota_limit, rate_limit_per_second))

json::Object create_key(Call& call, const KeyIn& in) {
  registry::NewKey key;
  key.name = in.name.value_or("Key");
  key.scopes = in.scopes.value_or(std::vector<std::string>{"chat", "query"});
  key.expires_at = in.expires_at;
  key.allowed_ips = in.allowed_ips.value_or(std::vector<std::string>{});
  key.quota_limit = in.quota_limit;
  key.rate_limit_per_second = in.rate_limit_per_second;
  const auto issued = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::create_key(target.scope, tx, target.subscription.id, key);
  });
  return issued_json(call, issued);
}

/// The key in the path, when it belongs to the subscription in the path.
registry::AccessKey key_in_path(const Call& call, store::Tx& tx, const AccessTarget& target) {
  const auto id = AccessKeyId::parse(call.path("key"));
  if (!id) throw not_found("key");
  auto key = registry::get_key(target.scope, tx, *id);
  if (key.subscription != target.subscription.id) throw not_found("key");
  return key;
}

json::Object claim_key(Call& call) {
  const auto issued = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::claim_key(target.scope, tx, key_in_path(call, tx, target).id);
  });
  return issued_json(call, issued);
}

struct RotateIn {
  std::optional<std::int64_t> overlap_seconds;
};
BOOST_DESCRIBE_STRUCT(RotateIn, (), (overlap_seconds))

json::Object rotate_key(Call& call, const RotateIn& in) {
  const auto issued = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::rotate_key(target.scope, tx, key_in_path(call, tx, target).id, in.overlap_seconds.value_or(86'400));
  });
  return issued_json(call, issued);
}

struct RevokeIn {
  std::optional<std::string> reason;
};
BOOST_DESCRIBE_STRUCT(RevokeIn, (), (reason))

void revoke_key(Call& call, const RevokeIn& in) {
  call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    registry::revoke_key(target.scope, tx, key_in_path(call, tx, target).id, in.reason.value_or(""));
  });
}
void delete_key(Call& call) {
  revoke_key(call, {});
}

json::Object get_config(Call& call) {
  return call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::agent_config(target.scope, tx, target.subscription.id);
  });
}

json::Object object_body(Call& call) {
  return body_json(call).get_object();
}

void patch_config(Call& call) {
  const json::Object changes = object_body(call);
  check_escalation(changes);
  call.answer(call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::update_agent_config(target.scope, tx, target.subscription.id, changes);
  }));
}

json::Object persona_in(const json::Object& config) {
  const auto* persona = config.if_contains("persona");
  return persona != nullptr && persona->is_object() ? persona->get_object() : json::Object{};
}

json::Object get_persona(Call& call) {
  return persona_in(get_config(call));
}

void patch_persona(Call& call) {
  const json::Object changes{{"persona", object_body(call)}};
  call.answer(persona_in(call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return registry::update_agent_config(target.scope, tx, target.subscription.id, changes);
  })));
}

Cycle period_of(const Call& call, Timestamp now) {
  const std::string period = call.query("period");
  if (period.empty() || period == "current_month") return cycle_of(now);
  const auto cycle = parse_cycle(period);
  if (!cycle) throw invalid_field("period", "must be current_month or YYYY-MM");
  return *cycle;
}

json::Object usage(Call& call) {
  return call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    return usage_json(target.scope, tx, target.subscription, period_of(call, tx.now()));
  });
}

json::Object conversations(Call& call) {
  return call.read([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::read_usage);
    json::Array results;
    for (const auto& session : runtime::list_sessions(target.scope, tx, target.subscription.id.uuid, 100)) {
      json::Array messages;
      for (const auto& message : runtime::messages_of(target.scope, tx, session.id))
        messages.push_back(json::Object{{"role", message.sender == "User" ? "user" : "assistant"},
                                        {"text", message.text},
                                        {"timestamp", rfc3339(message.timestamp)}});
      results.push_back(json::Object{{"id", session.id.text()},
                                     {"session_id", session.key.session_id},
                                     {"channel", session.channel},
                                     {"started_at", rfc3339(session.started_at)},
                                     {"ended_at", nullptr},
                                     {"language", session.language},
                                     {"status", "bot"},
                                     {"rating", nullptr},
                                     {"messages", std::move(messages)}});
    }
    const auto count = static_cast<std::int64_t>(results.size());
    return json::Object{{"count", count}, {"next", nullptr}, {"previous", nullptr}, {"results", std::move(results)}};
  });
}

struct ChangePlanIn {
  std::string plan;
};
BOOST_DESCRIBE_STRUCT(ChangePlanIn, (), (plan))

json::Object change_plan(Call& call, const ChangePlanIn& in) {
  return call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    const auto offering = market::offering_by_id(tx, target.subscription.offering);
    const auto wanted = parse_uuid(in.plan);
    const market::Plan* found = nullptr;
    for (const auto& plan : offering.plans)
      if ((wanted && plan.id.uuid == *wanted) || plan.terms.slug == in.plan) found = &plan;
    if (found == nullptr) throw invalid_field("plan", "is not a plan of this agent");
    const auto order = market::switch_plan(target.scope, tx, target.subscription.id, found->id);
    const auto after = market::get_subscription(target.scope, tx, target.subscription.id);
    const bool waits = after.pending_plan.has_value();
    return json::Object{{"order_uuid", order.id.text()},
                        {"direction", waits ? "downgrade" : "upgrade"},
                        {"effective_at", rfc3339(waits ? end_of(cycle_of(tx.now())) : tx.now())}};
  });
}

void cancel_pending_plan(Call& call) {
  call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    market::cancel_pending_plan(target.scope, tx, target.subscription.id);
  });
}

struct CancelIn {
  std::optional<std::string> when;
};
BOOST_DESCRIBE_STRUCT(CancelIn, (), (when))

json::Object cancel(Call& call, const CancelIn& in) {
  const std::string when = in.when.value_or("now");
  if (when != "now") throw invalid_field("when", "must be now: ending at the period's end is not offered yet");
  return call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    const auto order = market::terminate(target.scope, tx, target.subscription.id);
    return json::Object{{"order_uuid", order.id.text()}, {"end_date", text(date_of(tx.now()))}};
  });
}

struct ValidateIn {
  std::string api_key;
  std::optional<std::string> agent;
};
BOOST_DESCRIBE_STRUCT(ValidateIn, (), (api_key, agent))

json::Object validate(Call& call, const ValidateIn& in) {
  auto& gateway = call.services().gateway;
  if (!gateway.allow("validate:" + call.request().remote_address, 600))
    throw Refusal(Code::rate_limited, "validation is limited to 10 calls a second").retry_after(1);
  gateway::Caller caller{.key = in.api_key,
                         .address = call.request().remote_address,
                         .origin = {},
                         .request_id = call.request().request_id,
                         .endpoint = call.route().pattern,
                         .method = "POST"};
  const auto access = gateway.authenticate(caller);
  if (in.agent && std::none_of(access->targets.begin(), access->targets.end(),
                               [&](const auto& name) { return equals_ignoring_case(name, *in.agent); }))
    throw Refusal(Code::wrong_agent, "this key does not open that agent");
  json::Object quota{{"limit", nullptr}, {"used", 0}, {"remaining", nullptr}, {"reset_at", nullptr}};
  for (const auto& each : access->quotas)
    if (each.scope == billing::QuotaScope::subscription) {
      quota["limit"] = each.limit ? json::Value(each.limit->units(0, Rounding::toward_zero)) : json::Value(nullptr);
      quota["used"] = each.used.units(0, Rounding::toward_zero);
      if (each.limit) quota["remaining"] = std::max<std::int64_t>(0, (*each.limit - each.used).units(0, Rounding::toward_zero));
      quota["reset_at"] = rfc3339(each.reset_at);
    }
  json::Object body{{"valid", true},
                    {"organization", json::Object{{"id", access->key.organization.text()}, {"name", access->organization_name}}},
                    {"scopes", strings(access->key.scopes)},
                    {"quota", std::move(quota)},
                    {"expires_at", optional_time(access->key.expires_at)}};
  body["subscription_id"] = access->subscription ? json::Value(access->subscription->id.text()) : json::Value(nullptr);
  body["project"] =
      access->subscription ? json::Value(json::Object{{"id", access->subscription->project.text()}}) : json::Value(nullptr);
  body["agent"] =
      access->agent ? json::Value(json::Object{
                          {"id", access->agent->id.text()}, {"agent_id", access->agent->agent_id}, {"name", access->agent->name}})
                    : json::Value(nullptr);
  body["plan"] = access->plan ? json::Value(access->plan->name) : json::Value(nullptr);
  return body;
}

Route access_row(Right right, int success = 200) {
  Route result;
  result.right = right;
  result.status = success;
  return result;
}

}  // namespace

RouteTable access_routes() {
  const std::string access = "/api/v1/access/{access}";
  Route list = access_row(Right::read_subscriptions);
  list.query = {{"page", "integer"}, {"page_size", "integer"}};
  Route usage_row = access_row(Right::read_usage);
  usage_row.query = {{"period"}};
  return {
      post("/api/v1/access/validate", "Whether a key opens an agent", kAnyone, validate),
      post("/api/agent-gateway/validate", "Whether a key opens an agent", kAnyone, validate),
      get("/api/v1/access", "Subscriptions of the caller", kAccountOrKey, list_access, list),
      get(access, "One subscription", kAccountOrKey, get_access, access_row(Right::read_subscriptions)),
      get(access + "/keys", "Keys of a subscription", kAccountOrKey, list_keys, access_row(Right::read_keys)),
      post(access + "/keys", "Create a key; its secret is shown once", kAccountOrKey, create_key,
           access_row(Right::manage_keys, 201)),
      post(access + "/keys/{key}/claim", "Give the default key its secret", kAccount, claim_key, access_row(Right::manage_keys)),
      post(access + "/keys/{key}/rotate", "A new key; the old one expires after an overlap", kAccountOrKey, rotate_key,
           access_row(Right::manage_keys, 201)),
      post(access + "/keys/{key}/revoke", "Revoke a key", kAccountOrKey, revoke_key, access_row(Right::manage_keys, 204)),
      remove(access + "/keys/{key}", "Revoke a key", kAccountOrKey, delete_key, access_row(Right::manage_keys, 204)),
      get(access + "/persona", "How the agent presents itself", kAccountOrKey, get_persona,
          access_row(Right::read_subscriptions)),
      patch(access + "/persona", "Change the persona", kAccountOrKey, patch_persona, access_row(Right::configure_agents)),
      get(access + "/config", "The agent's configuration", kAccountOrKey, get_config, access_row(Right::read_subscriptions)),
      patch(access + "/config", "Change the configuration", kAccountOrKey, patch_config, access_row(Right::configure_agents)),
      get(access + "/usage", "Usage of a month, from the ledger", kAccountOrKey, usage, usage_row),
      get(access + "/conversations", "Conversations with their messages", kAccountOrKey, conversations,
          access_row(Right::read_usage)),
      post(access + "/change-plan", "Upgrade now, or downgrade next month", kAccount, change_plan,
           access_row(Right::order_subscriptions)),
      remove(access + "/pending-plan", "Drop a waiting downgrade", kAccount, cancel_pending_plan,
             access_row(Right::order_subscriptions)),
      post(access + "/cancel", "End the subscription", kAccount, cancel, access_row(Right::order_subscriptions))};
}

}  // namespace guildhall::api::registry_dialect
