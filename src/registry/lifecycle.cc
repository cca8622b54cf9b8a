// The agent's lifecycle: guards and effects of the rows in lifecycle_table.cc (contracts/registry.md §3).
#include "lifecycle.h"

#include "agent_checks.h"
#include "agent_rows.h"
#include "base/errors.h"
#include "base/text.h"
#include "delivery/events.h"
#include "flow_checks.h"
#include "flow_rows.h"
#include "lifecycle_table.h"
#include "limits.h"
#include "listing.h"
#include "scopes.h"
#include "version_rows.h"

namespace guildhall::registry {
namespace {

Refusal refused_transition(const Agent& agent, std::string_view action) {
  json::Array allowed;
  for (const AgentAction possible : allowed_actions(agent.state)) allowed.emplace_back(wire_name(possible));
  return Refusal(Code::invalid_transition,
                 "an agent that is " + std::string(wire_name(agent.state)) + " cannot " + std::string(action))
      .with_details({{"from", wire_name(agent.state)}, {"action", action}, {"allowed", allowed}});
}

/// The version that runs compiles; the working copy, while nothing is frozen.
void require_compiles(store::Tx& tx, const Publishing& publishing, const Agent& agent) {
  const std::string bytes = agent.current_version ? current_version_of(tx, agent).flow_bytes
                                                  : bytes_of_flow(tx, flow_of_agent(tx, agent.organization, agent.flow));
  judged_flow(publishing, bytes);
}

void require_no_subscribers(store::Tx& tx, const Agent& agent) {
  const auto live = market::live_subscriptions_of_agent(tx, agent.organization, agent.id);
  if (live.empty()) return;
  throw Refusal(Code::has_subscribers, "the agent '" + agent.name + "' has " + std::to_string(live.size()) +
                                           " live subscriptions; retire it, or wait until they end")
      .with_details({{"active_subscriptions", static_cast<std::int64_t>(live.size())}});
}

void require_orderable(store::Tx& tx, const Agent& agent) {
  if (!has_live_plan(tx, agent)) {
    throw Refusal(Code::plan_required, "the agent '" + agent.name + "' has no active plan; add one first");
  }
}

void require_confirmed(store::Tx& tx, const Agent& agent, const TransitionRequest& request) {
  const auto live = market::live_subscriptions_of_agent(tx, agent.organization, agent.id);
  if (live.empty() || request.confirm == agent.agent_id) return;
  throw Refusal(Code::confirmation_required, "the agent '" + agent.name + "' has live subscriptions; send confirm = '" +
                                                 agent.agent_id + "' to end them in 30 days")
      .with_details({{"active_subscriptions", static_cast<std::int64_t>(live.size())}});
}

void require_operator(const Scope& scope, const TransitionRequest& request) {
  require(scope, Right::operate);
  if (trimmed(request.reason).empty() || request.reason.size() > kReasonBytesMax || !is_valid_utf8(request.reason)) {
    throw invalid_field("reason", "say why in at most 1000 bytes");
  }
}

/// The terms are accepted in the request or were before; acceptance in the request is remembered for the organization.
void settle_terms(const Scope& scope, store::Tx& tx, const Agent& agent, const TransitionRequest& request) {
  const auto provider = market::find_provider(tx, agent.organization);
  if (!provider || provider->state != market::ProviderState::approved) {
    throw Refusal(Code::provider_not_approved,
                  "the organization is not an approved service provider; finish the onboarding first");
  }
  if (provider->terms_accepted_at) return;
  if (!request.terms_accepted) {
    throw Refusal(Code::terms_required, "the publishing terms are not accepted yet; send terms_accepted = true");
  }
  // Whoever may publish for the organization accepts its publishing terms by doing so.
  Scope acceptor = scope_of(scope, agent);
  acceptor.rights.add(Right::manage_organization);
  market::accept_terms(acceptor, tx);
}

void require_publishable(const Scope& scope, store::Tx& tx, const Publishing& publishing, const Agent& agent,
                         const TransitionRequest& request) {
  settle_terms(scope, tx, agent, request);
  if (request.plans) sync_plans(scope, tx, agent, *request.plans);
  const JudgedFlow judged = judged_flow(publishing, current_version_of(tx, agent).flow_bytes);
  require_passed(publish_checks(agent, judged.document, has_live_plan(tx, agent)));
}

void check_guard(const Scope& scope, store::Tx& tx, const Publishing& publishing, const Agent& agent, Guard guard,
                 const TransitionRequest& request) {
  switch (guard) {
    case Guard::none: return;
    case Guard::compiles: return require_compiles(tx, publishing, agent);
    case Guard::no_subscribers: return require_no_subscribers(tx, agent);
    case Guard::publishable: return require_publishable(scope, tx, publishing, agent, request);
    case Guard::orderable: return require_orderable(tx, agent);
    case Guard::confirmed: return require_confirmed(tx, agent, request);
    case Guard::operator_with_reason: return require_operator(scope, request);
  }
}

void set_grace(store::Tx& tx, Agent& agent, const TransitionRequest& request) {
  if (request.grace_until && *request.grace_until < tx.now()) throw invalid_field("grace_until", "this moment has passed");
  agent.paused_from = agent.state;
  agent.grace_until.reset();
  if (!request.grace_without_end) agent.grace_until = request.grace_until.value_or(tx.now() + kGraceDefaultUs);
}

void forget_pause(Agent& agent) {
  agent.paused_from.reset();
  agent.grace_until.reset();
}

/// Every customer learns of it while there is time to leave.
void announce_retirement(store::Tx& tx, const Agent& agent) {
  for (const market::Subscription& subscription : market::live_subscriptions_of_agent(tx, agent.organization, agent.id)) {
    delivery::emit(tx, {.type = "agent.retiring",
                        .organization = subscription.organization,
                        .subject = subscription.id.uuid,
                        .payload = {{"agent", agent.id.text()},
                                    {"subscription", subscription.id.text()},
                                    {"name", agent.name},
                                    {"retire_at", rfc3339(*agent.retire_at)}}});
  }
}

Agent with_effect(const Scope& scope, store::Tx& tx, const Publishing& publishing, Agent agent, Effect effect,
                  const TransitionRequest& request) {
  switch (effect) {
    case Effect::start_runtime:
      agent = freeze_first_version(scope, tx, std::move(agent));
      agent.runtime_endpoint = endpoint_of(publishing, agent);
      break;
    case Effect::stop_runtime:
      agent.runtime_endpoint.clear();
      forget_pause(agent);
      break;
    case Effect::refresh_listing: agent.offering = refresh_offering(scope, tx, agent, request.is_shared).id; break;
    case Effect::open_orders: break;
    case Effect::begin_grace: set_grace(tx, agent, request); break;
    case Effect::end_grace:
    case Effect::hide: forget_pause(agent); break;
    case Effect::begin_retirement:
      forget_pause(agent);
      agent.retire_at = tx.now() + kRetirementUs;
      announce_retirement(tx, agent);
      break;
  }
  return agent;
}

/// A publish in a realm with reviews waits for one; what it was to become is remembered.
Transition wait_for_review(const Scope& scope, store::Tx& tx, Agent agent, bool activate) {
  remember_review(tx, agent, activate);
  if (agent.review_state != "PENDING") {
    agent.review_state = "PENDING";
    agent = save_agent(tx, std::move(agent));
    record_agent(scope, tx, "agent.request_review", agent, {{"activate", activate}});
  }
  return {.agent = agent, .changed = false, .offering = agent.offering};
}

}  // namespace

Agent enter_state(const Scope& scope, store::Tx& tx, Agent agent, AgentState to, std::string_view action,
                  std::string_view reason) {
  const AgentState from = agent.state;
  agent.state = to;
  agent.state_changed_at = tx.now();
  agent = save_agent(tx, std::move(agent));
  move_offering(scope, tx, agent);
  json::Object details{{"agent_id", agent.agent_id}, {"from", wire_name(from)}, {"to", wire_name(to)}};
  if (!reason.empty()) details["reason"] = reason;
  record(scope_of(scope, agent), tx,
         {.action = "agent." + std::string(action),
          .object_type = "agent",
          .object = agent.id.uuid,
          .details = std::move(details),
          .event = "agent.state_changed",
          .payload = {{"agent", agent.id.text()},
                      {"agent_id", agent.agent_id},
                      {"from", wire_name(from)},
                      {"to", wire_name(to)},
                      {"action", action},
                      {"version", agent.current_version_number},
                      {"version_id", agent.current_version ? agent.current_version->text() : std::string()}}});
  return agent;
}

Transition move_agent(const Scope& scope, store::Tx& tx, const Publishing& publishing, Agent agent,
                      const TransitionRequest& request, bool is_reviewed) {
  const std::string_view action = wire_name(request.action);
  if (request.action == AgentAction::force_undeploy) require(scope, Right::operate);
  const TransitionRow* row = transition_row(agent.state, request.action);
  if (row == nullptr) {
    if (aim_of(request.action, agent) != agent.state) throw refused_transition(agent, action);
    return {.agent = agent, .changed = false, .offering = agent.offering};
  }
  check_guard(scope, tx, publishing, agent, row->guard, request);
  const bool must_wait =
      row->guard == Guard::publishable && publishing.review_required && !is_reviewed && agent.review_state != "APPROVED";
  if (must_wait) return wait_for_review(scope, tx, std::move(agent), request.activate);

  const auto target = target_of(row->to, agent, request.activate);
  if (!target) throw std::logic_error("a row of the lifecycle leads nowhere");
  const std::optional<OfferingId> offering_before = agent.offering;
  agent = with_effect(scope, tx, publishing, std::move(agent), row->effect, request);
  if (*target != agent.state) {
    agent = enter_state(scope, tx, std::move(agent), *target, action, request.reason);
    return {.agent = agent, .changed = true, .offering = agent.offering};
  }
  if (agent.offering != offering_before) agent = save_agent(tx, std::move(agent));
  record_agent(scope, tx, "agent.refresh_listing", agent, {{"action", action}});
  return {.agent = agent, .changed = false, .offering = agent.offering};
}

Transition transition(const Scope& scope, store::Tx& tx, const Publishing& publishing, AgentId id,
                      const TransitionRequest& request) {
  return move_agent(scope, tx, publishing, agent_to_change(scope, tx, id), request, false);
}

Transition review_agent(const Scope& scope, store::Tx& tx, const Publishing& publishing, AgentId id, bool approve,
                        std::string_view notes) {
  Agent agent = agent_to_change(scope, tx, id);
  require(scope, Right::operate);
  if (notes.size() > kReasonBytesMax || !is_valid_utf8(notes))
    throw invalid_field("review_notes", "say it in at most 1000 bytes");
  if (!approve && trimmed(notes).empty()) throw invalid_field("reason", "say why in at most 1000 bytes");
  if (agent.review_state != "PENDING") throw Refusal(Code::conflict, "the agent '" + agent.name + "' waits for no review");
  const bool activates = review_activates(tx, agent);
  agent.review_state = approve ? "APPROVED" : "REJECTED";
  agent = save_agent(tx, std::move(agent));
  record_agent(scope, tx, approve ? "agent.approve" : "agent.reject", agent, {{"notes", notes}});
  if (!approve) return {.agent = agent, .changed = false, .offering = agent.offering};
  TransitionRequest request;
  request.action = AgentAction::publish;
  request.activate = activates;
  return move_agent(scope, tx, publishing, std::move(agent), request, true);
}

}  // namespace guildhall::registry
