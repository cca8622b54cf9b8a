// The one admission path: key, subscription, quota, rate, slot, run, settle.
#include "gateway/gateway.h"

#include <array>

#include "access_cache.h"
#include "answer_settings.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "gateway/limits.h"
#include "knowledge/documents.h"
#include "net/client.h"
#include "rate.h"
#include "run_ledger.h"
#include "slots.h"

namespace guildhall::gateway {
namespace {

constexpr std::size_t kPreparedMax = 2'000;

bool is_well_formed_key(std::string_view key) {
  if (key.size() != 46 || !key.starts_with("ar_")) return false;
  for (const char c : key.substr(3))
    if (!((c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_')) return false;
  return true;
}

RateRefusal rate_refusal(std::string_view limit, const RateState& state) {
  Refusal refusal(Code::rate_limited,
                  "too many calls in a short time; try again in " + std::to_string(state.retry_after_s) + " s");
  return {
      std::move(refusal).with_details({{"limit", limit}, {"retry_after", state.retry_after_s}}).retry_after(state.retry_after_s),
      state};
}

}  // namespace

Refusal quota_refusal(const billing::Quota& quota, Timestamp now) {
  const std::int64_t retry_s = std::max<std::int64_t>(1, (quota.reset_at - now) / kMicrosecondsPerSecond + 1);
  const Decimal limit = quota.limit.value_or(Decimal());
  const Decimal remaining = limit - quota.used;
  const std::string scope(billing::wire_name(quota.scope));
  return Refusal(Code::quota_exceeded,
                 "the monthly quota of this " + scope + " is used up; it resets at " + rfc3339(quota.reset_at))
      .with_details({{"limit", scope + "_quota"},
                     {"quota", limit.units(0, Rounding::toward_zero)},
                     {"used", quota.used.units(0, Rounding::toward_zero)},
                     {"remaining", remaining.is_negative() ? 0 : remaining.units(0, Rounding::toward_zero)},
                     {"reset_at", rfc3339(quota.reset_at)},
                     {"retry_after", retry_s}})
      .retry_after(retry_s);
}

Scope scope_of(const Access& access, std::string_view request_id) {
  Scope scope;
  scope.organization = access.key.organization;
  scope.credential = access.is_widget ? identity::Credential::widget_key : identity::Credential::access_key;
  scope.key = access.key.id;
  scope.actor_name = access.key.prefix;
  scope.request_id = request_id;
  scope.subscription = access.key.subscription;
  if (access.subscription) scope.project = access.subscription->project;
  for (const auto& name : access.key.scopes) {
    if (name == "chat") scope.rights.add(Right::chat);
    if (name == "query") scope.rights.add(Right::query);
    if (name == "invoke") scope.rights.add(Rights{Right::chat, Right::query});
    if (name == "read") scope.rights.add(Rights{Right::read_subscriptions, Right::read_usage, Right::read_keys});
    if (name == "config")
      scope.rights.add(Rights{Right::read_subscriptions, Right::configure_agents, Right::read_keys, Right::manage_keys});
    if (name == "metering") scope.rights.add(Right::metering);
    if (name == "studio" || name == "provider") scope.rights.add(Rights{Right::provide_agents});
    if (name == "provider") scope.rights.add(Right::read_revenue);
    if (name == "admin")
      scope.rights.add(Rights{Right::read_subscriptions, Right::order_subscriptions, Right::configure_agents, Right::read_keys,
                              Right::manage_keys, Right::read_usage, Right::read_billing, Right::read_members});
  }
  return scope;
}

struct Gateway::State {
  explicit State(const runtime::Engine& e) : engine(e), open_runs(*e.database) {}

  std::shared_ptr<const Access> cached(const std::string& name,
                                       const std::function<std::shared_ptr<const Access>(store::Tx&)>& load);
  void take_rate(const Access& access, Admitted& admitted);
  void count_use(const Access& access);
  runtime::RunRequest request_of(const Admitted& admitted, const RunCall& call, const RunLedger& ledger,
                                 ConversationId conversation) const;

  runtime::Engine engine;
  billing::OpenRuns open_runs;
  AccessCache accesses;
  RateBuckets buckets;
  Slots slots;

  /// A version as it runs. Versions never change, so an entry never grows stale.
  struct ReadyVersion {
    std::shared_ptr<const runtime::Prepared> flow;
    registry::AgentVersion version;
    std::optional<runtime::ProvidedKnowledge> knowledge;
  };
  std::mutex prepared_mutex;
  std::unordered_map<AgentVersionId, std::shared_ptr<const ReadyVersion>> prepared;

  struct Uses {
    OrganizationId organization;
    std::int64_t count = 0;
    Timestamp last;
  };
  std::mutex uses_mutex;
  std::unordered_map<AccessKeyId, Uses> uses;

  std::shared_ptr<const ReadyVersion> version(AgentVersionId id);
};

std::shared_ptr<const Access> Gateway::State::cached(const std::string& name,
                                                     const std::function<std::shared_ptr<const Access>(store::Tx&)>& load) {
  const std::int64_t now = monotonic_us();
  if (auto found = accesses.find(name, now)) return found;
  const std::uint64_t generation = accesses.generation();
  auto loaded = engine.database->read([&](store::Tx& tx) { return load(tx); });
  if (loaded) accesses.put(name, loaded, now, generation);
  return loaded;
}

Gateway::Gateway(const runtime::Engine& engine) : state_(std::make_unique<State>(engine)) {}
Gateway::~Gateway() = default;

void Gateway::subscribe(delivery::Subscribers& subscribers) {
  for (const std::string_view type :
       {"key.changed", "widget.changed", "agent.changed", "agent.state_changed", "agent.retiring", "agent_config.changed",
        "offering.changed", "subscription.activated", "subscription.updated", "subscription.version_changed",
        "subscription.canary_ended", "subscription.terminated", "organization.suspended", "organization.reactivated",
        "organization.updated"})
    subscribers.on(type,
                   [this](store::Tx& tx, const delivery::Event&) { tx.after_commit([this] { state_->accesses.forget_all(); }); });
}

std::shared_ptr<const Access> Gateway::authenticate(const Caller& caller) {
  static auto& failures = metrics::counter("guildhall_authentication_failures_total", "Calls refused for their access key");
  const auto refuse = [&](Code code, std::string message) -> Refusal {
    failures.add();
    if (!allow("authentication:" + caller.address, kFailedAuthenticationsPerMinute))
      return Refusal(Code::rate_limited, "too many failed authentications from this address").retry_after(60);
    return Refusal(code, std::move(message));
  };
  if (!is_well_formed_key(caller.key)) throw refuse(Code::key_invalid, "the access key is not valid");
  const Sha256 digest = sha256(caller.key);
  const std::string hash(bytes_of(digest));
  const auto access = state_->cached(hash, [&](store::Tx& tx) -> std::shared_ptr<const Access> {
    auto key = registry::key_by_hash(tx, hash);
    return key ? load_access(tx, std::move(*key)) : nullptr;
  });
  if (!access) throw refuse(Code::key_invalid, "the access key is not valid");
  const auto& key = access->key;
  if (key.status == registry::KeyStatus::revoked) throw refuse(Code::key_revoked, "the access key was revoked");
  if (key.status == registry::KeyStatus::expired || (key.expires_at && *key.expires_at <= state_->engine.database->clock().now()))
    throw refuse(Code::key_expired, "the access key has expired");
  if (key.status == registry::KeyStatus::unclaimed) throw refuse(Code::key_invalid, "the access key is not valid");
  const auto is_from = [&](const std::string& network) { return net::is_in_network(caller.address, network); };
  if (!key.allowed_ips.empty() && std::none_of(key.allowed_ips.begin(), key.allowed_ips.end(), is_from))
    throw Refusal(Code::permission_denied, "the access key may not be used from this address");
  if (!access->organization_is_active)
    throw Refusal(Code::organization_suspended, "the organization is suspended; its owner can ask the operator why");
  return access;
}

std::shared_ptr<const Access> Gateway::access_of_widget(const registry::Widget& widget) {
  const auto access = state_->cached(widget.key, [&](store::Tx& tx) { return load_widget_access(tx, widget); });
  if (!access->organization_is_active) throw Refusal(Code::organization_suspended, "the organization is suspended");
  return access;
}

namespace {

void check_target(const Access& access, const std::optional<std::string>& target) {
  if (!access.subscription || !access.agent)
    throw Refusal(Code::wrong_agent, "this key belongs to no subscription; use a subscription's key to run an agent");
  if (!target) return;
  for (const auto& name : access.targets)
    if (equals_ignoring_case(name, *target)) return;
  throw Refusal(Code::wrong_agent, "this key does not open that agent");
}

/// contracts/registry.md §3: what subscribers' calls get in each state.
void check_state(const Access& access, Timestamp now) {
  const registry::Agent& agent = *access.agent;
  switch (agent.state) {
    case registry::AgentState::draft: throw Refusal(Code::agent_unavailable, "the agent is not deployed").retry_after(60);
    case registry::AgentState::deployed:
    case registry::AgentState::listed:
    case registry::AgentState::active: break;
    case registry::AgentState::paused:
      if (agent.grace_until && *agent.grace_until <= now)
        throw Refusal(Code::agent_paused, "the agent is paused by its provider").retry_after(3600);
      break;
    case registry::AgentState::retired:
      if (!agent.retire_at || *agent.retire_at <= now) throw Refusal(Code::key_revoked, "the agent was retired");
      break;
  }
  if (!access.version) throw Refusal(Code::agent_unavailable, "the agent has no version yet").retry_after(60);
  using State = market::SubscriptionState;
  const State state = access.subscription->state;
  if (state == State::creating || state == State::erred)
    throw Refusal(Code::agent_unavailable, "the subscription is not active").retry_after(60);
  if (state == State::terminated) throw Refusal(Code::key_revoked, "the subscription has ended");
}

bool is_full(const billing::Quota& quota) {
  return quota.limit && quota.used + quota.reserved >= *quota.limit;
}

}  // namespace

Admitted Gateway::admit(std::shared_ptr<const Access> access, const Caller& caller, const std::optional<std::string>& target,
                        Right needed) {
  check_target(*access, target);
  if (!scope_of(*access, caller.request_id).may(needed))
    throw Refusal(Code::missing_scope, "the key lacks the scope '" + std::string(identity::name(needed)) + "'");
  const Timestamp now = state_->engine.database->clock().now();
  check_state(*access, now);

  std::vector<billing::Quota> quotas = access->quotas;
  if (std::any_of(quotas.begin(), quotas.end(), is_full))
    quotas = state_->engine.database->read([&](store::Tx& tx) { return read_quotas(tx, *access); });
  Admitted admitted{std::move(access), caller, {}, {}, std::nullopt};
  for (const auto& quota : quotas) {
    if (is_full(quota)) throw quota_refusal(quota, now);
    if (quota.scope == billing::QuotaScope::subscription) admitted.quota = quota;
  }
  state_->take_rate(*admitted.access, admitted);
  return admitted;
}

void Gateway::State::take_rate(const Access& access, Admitted& admitted) {
  const std::int64_t now = monotonic_us();
  const auto& terms = access.plan->terms;
  const Decimal ceiling(kKeyRatePerSecondMax);
  const Decimal rate = std::min(terms.rate_limit_per_second, ceiling);
  const std::int64_t burst = terms.burst.value_or(rate.units(0, Rounding::away));
  const auto of_plan = buckets.take("subscription:" + access.subscription->id.text(), rate_limit(rate, burst), now);
  admitted.rate = of_plan.state;
  if (!of_plan.admitted) throw rate_refusal("key_rate", of_plan.state);
  if (access.key.rate_limit_per_second) {
    const Decimal own = std::min(*access.key.rate_limit_per_second, rate);
    const auto of_key = buckets.take("key:" + access.key.id.text(), rate_limit(own, own.units(0, Rounding::away)), now);
    if (!of_key.admitted) throw rate_refusal("key_rate", of_key.state);
  }
  const auto of_organization = buckets.take("organization:" + access.key.organization.text(),
                                            rate_limit(Decimal(kOrganizationRatePerSecond), kOrganizationBurst), now);
  admitted.organization_rate = of_organization.state;
  if (!of_organization.admitted) throw rate_refusal("organization_rate", of_organization.state);
}

bool Gateway::allow(std::string_view bucket, std::int64_t per_minute) {
  const RateLimit limit{.interval_us = 60 * kMicrosecondsPerSecond / per_minute, .burst = per_minute};
  return state_->buckets.take(bucket, limit, monotonic_us()).admitted;
}

namespace {

/// The base the version names, made when nobody filled it yet: a version is prepared once and must find what comes later.
std::optional<runtime::ProvidedKnowledge> provided_knowledge(store::Database& database, const registry::AgentVersion& version) {
  const std::string name = registry::knowledge_base_of(version.config);
  if (name.empty()) return std::nullopt;
  Scope provider = identity::system_scope(version.organization, "gateway");
  const auto found = database.read([&](store::Tx& tx) { return knowledge::find_base_named(provider, tx, name); });
  const auto base = found ? *found : database.write([&](store::Tx& tx) { return knowledge::base_named(provider, tx, name); });
  return runtime::ProvidedKnowledge{std::move(provider), base};
}

}  // namespace

std::shared_ptr<const Gateway::State::ReadyVersion> Gateway::State::version(AgentVersionId id) {
  {
    const std::lock_guard lock(prepared_mutex);
    if (const auto it = prepared.find(id); it != prepared.end()) return it->second;
  }
  auto [loaded, flow] = engine.database->read([&](store::Tx& tx) {
    auto version = registry::load_version(tx, id);
    const auto agent = registry::agent_by_id(tx, version.version.agent);
    return std::make_pair(std::move(version), agent ? agent->flow : FlowId{});
  });
  auto ready =
      std::make_shared<const ReadyVersion>(ReadyVersion{runtime::prepare(json::parse_or_refuse(loaded.flow_bytes), flow),
                                                        loaded.version, provided_knowledge(*engine.database, loaded.version)});
  const std::lock_guard lock(prepared_mutex);
  if (prepared.size() >= kPreparedMax) prepared.clear();
  return prepared.emplace(id, std::move(ready)).first->second;
}

std::shared_ptr<const runtime::Prepared> Gateway::prepared(AgentVersionId version) {
  return state_->version(version)->flow;
}

namespace {

std::string text_of_member(const json::Object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(json::view(value->get_string())) : std::string();
}

/// A published agent takes `stream` and the fields its version exposes as `exposed_tweaks`: ["node.field", …].
flow::TweakPolicy exposed_by(const json::Object& config) {
  std::vector<std::string> exposed;
  if (const auto* list = config.if_contains("exposed_tweaks"); list != nullptr && list->is_array())
    for (const auto& entry : list->get_array())
      if (entry.is_string()) exposed.emplace_back(json::view(entry.get_string()));
  return {.is_exposed = [exposed](std::string_view node, std::string_view field) {
    if (field == "stream") return true;
    const std::string name = std::string(node) + "." + std::string(field);
    return std::find(exposed.begin(), exposed.end(), name) != exposed.end();
  }};
}

runtime::RunRequest base_request(const RunCall& call, std::string run_id, std::int64_t deadline_us) {
  runtime::RunRequest request;
  request.run_id = std::move(run_id);
  request.input_value = call.input_value;
  request.input_type = call.input_type;
  request.output_type = call.output_type;
  request.output_component = call.output_component;
  request.tweaks = call.tweaks;
  request.history = call.history;
  request.language = call.language;
  request.stream = call.stream;
  request.deadline_us = deadline_us;
  request.stop = call.stop;
  return request;
}

/// The agent's prompt, or the one its customer put in its place.
std::string prompt_of(const registry::Agent& agent, const json::Object& config) {
  const auto override = text_of_member(config, "system_prompt_override");
  return override.empty() ? agent.system_prompt : override;
}

/// How the run answers, and from which documents.
void configure(runtime::RunRequest& request, const json::Object& config, const std::optional<KnowledgeBaseId>& base,
               const std::optional<runtime::ProvidedKnowledge>& provided) {
  request.answerer = answer_settings(config);
  request.without_knowledge = !uses_documents(config);
  if (request.without_knowledge) return;
  if (base) request.knowledge_bases.push_back(*base);
  request.provided_knowledge = provided;
}

}  // namespace

RunAnswer Gateway::run(const Admitted& admitted, const RunCall& call, runtime::Observer* observer) {
  const Access& access = *admitted.access;
  const registry::Agent& agent = *access.agent;
  const SessionOpening opening =
      open_session(*state_->engine.database, access.key.organization, access.subscription->id.uuid, call);
  const auto ready = state_->version(registry::version_of_conversation(*access.version, opening.key.session_id));
  const auto& version = ready->version;
  RunLedger ledger =
      RunLedger::of_subscription(state_->open_runs, access, version.id, admitted.caller, agent.timeout_seconds, call.received_us);
  runtime::RunRequest request =
      base_request(call, ledger.request_id(), monotonic_us() + agent.timeout_seconds * kMicrosecondsPerSecond);
  request.scope = scope_of(access, admitted.caller.request_id);
  request.session = opening.key;
  if (!call.tweaks.empty()) request.tweak_policy = exposed_by(version.config);
  configure(request, access.config, access.knowledge_base, ready->knowledge);
  request.system_prompt = prompt_of(agent, access.config);
  runtime::check_request(*ready->flow, request);

  const auto place = state_->slots.enter(agent.id, access.key.organization, agent.max_concurrent_requests);
  const Timestamp now = state_->engine.database->clock().now();
  if (const auto full = ledger.reserve(now, access.quota_limits)) throw quota_refusal(*full, now);
  state_->count_use(access);
  RunAnswer answer = ledger.run_and_settle(state_->engine, *ready->flow, request, opening, call, observer);
  answer.run_id = ledger.request_id();
  answer.agent_id = agent.agent_id;
  answer.version = version.version;
  answer.rate = admitted.rate;
  answer.organization_rate = admitted.organization_rate;
  answer.quota = admitted.quota;
  return answer;
}

RunAnswer Gateway::test_run(const Scope& scope, const Caller& caller, const TestTarget& target, const RunCall& call,
                            runtime::Observer* observer) {
  identity::require(scope, Right::provide_agents);
  if (!allow("test:" + scope.organization.text(), kTestRunsPerMinute))
    throw Refusal(Code::rate_limited, "test runs are limited to 60 a minute").retry_after(1);
  std::shared_ptr<const runtime::Prepared> flow;
  std::optional<runtime::ProvidedKnowledge> provided;
  RunLedger ledger = RunLedger::of_test(state_->open_runs, scope, caller, call.received_us);
  RunAnswer facts;
  models::AnswererSettings settings;
  std::int64_t timeout_s = 30;
  if (target.agent) {
    const auto agent =
        state_->engine.database->read([&](store::Tx& tx) { return registry::find_agent(scope, tx, target.agent->text()); });
    if (!agent.current_version) throw Refusal(Code::agent_unavailable, "the agent has no version yet; deploy it first");
    const auto ready = state_->version(*agent.current_version);
    flow = ready->flow;
    provided = ready->knowledge;
    ledger.name_agent(agent.id, ready->version.id);
    facts.agent_id = agent.agent_id;
    facts.version = ready->version.version;
    settings = answer_settings(agent.config);
    timeout_s = std::min(agent.timeout_seconds, target.timeout_s_max);
  } else {
    flow = runtime::prepare(json::parse_or_refuse(state_->engine.database->read(
                                [&](store::Tx& tx) { return registry::flow_bytes(scope, tx, *target.flow); })),
                            *target.flow);
  }
  const SessionOpening opening = open_session(*state_->engine.database, scope.organization, flow->flow.uuid, call);
  const auto place = state_->slots.enter(target.agent.value_or(AgentId{flow->flow.uuid}), scope.organization, 10);
  runtime::RunRequest request = base_request(call, ledger.request_id(), monotonic_us() + timeout_s * kMicrosecondsPerSecond);
  request.scope = scope;
  request.session = opening.key;
  request.without_knowledge = target.without_knowledge;
  request.answerer = settings;
  if (!target.without_knowledge) request.provided_knowledge = std::move(provided);
  runtime::check_request(*flow, request);
  RunAnswer answer = ledger.run_and_settle(state_->engine, *flow, request, opening, call, observer);
  answer.run_id = ledger.request_id();
  answer.agent_id = facts.agent_id;
  answer.version = facts.version;
  return answer;
}

RunAnswer Gateway::evaluation_run(const EvaluatedAgent& target, const Caller& caller, const RunCall& call) {
  store::Database& database = *state_->engine.database;
  const auto agent = database.read([&](store::Tx& tx) { return registry::agent_by_id(tx, target.agent); });
  if (!agent) throw not_found("agent");
  const auto ready = state_->version(target.version);
  RunLedger ledger = RunLedger::of_test(state_->open_runs, target.scope, caller, call.received_us);
  ledger.name_agent(agent->id, target.version);
  ledger.name_request(target.request_id);
  const SessionOpening opening = open_session(database, target.scope.organization, target.owner, call);
  const auto place = state_->slots.enter(agent->id, target.scope.organization, agent->max_concurrent_requests);
  runtime::RunRequest request =
      base_request(call, ledger.request_id(), monotonic_us() + agent->timeout_seconds * kMicrosecondsPerSecond);
  request.scope = target.scope;
  request.session = opening.key;
  configure(request, target.config.empty() ? agent->config : target.config, target.knowledge_base, ready->knowledge);
  request.system_prompt = prompt_of(*agent, target.config);
  RunAnswer answer = ledger.run_and_settle(state_->engine, *ready->flow, request, opening, call, nullptr);
  answer.run_id = ledger.request_id();
  answer.agent_id = agent->agent_id;
  answer.version = ready->version.version;
  return answer;
}

std::optional<std::string> Gateway::smoke_run(const Scope& scope, const Caller& caller, AgentId agent) {
  RunCall call;
  call.input_value = "Hello";
  call.received_us = monotonic_us();
  try {
    test_run(scope, caller, {.agent = agent, .flow = std::nullopt, .timeout_s_max = kSmokeRunS, .without_knowledge = true}, call,
             nullptr);
    return std::nullopt;
  } catch (const Refusal& refusal) {
    return refusal.message;
  } catch (const std::exception& failure) {
    log::error("smoke_run.broken", {{"agent", agent.text()}, {"what", std::string_view(failure.what())}});
    return "something went wrong inside";
  }
}

void Gateway::State::count_use(const Access& access) {
  if (access.is_widget) return;
  const std::lock_guard lock(uses_mutex);
  auto& use = uses[access.key.id];
  use.organization = access.key.organization;
  ++use.count;
  use.last = engine.database->clock().now();
}

void Gateway::flush_uses() {
  std::unordered_map<AccessKeyId, State::Uses> uses;
  {
    const std::lock_guard lock(state_->uses_mutex);
    uses.swap(state_->uses);
  }
  if (uses.empty()) return;
  state_->engine.database->write([&](store::Tx& tx) {
    for (const auto& [key, use] : uses) registry::record_uses(tx, key, use.organization, use.count, use.last);
  });
}

void Gateway::note_long_runs() {
  state_->open_runs.note_long_runs();
}

std::size_t Gateway::running() const {
  return state_->slots.running();
}

}  // namespace guildhall::gateway
