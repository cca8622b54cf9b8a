// Trying one's own subscription before anybody else talks to it: nothing is billed, nothing is kept (contracts/registry.md §10).
#include "base/text.h"
#include "edge/access_target.h"
#include "edge/runs.h"
#include "gateway/gateway.h"
#include "gateway/limits.h"
#include "knowledge/documents.h"
#include "registry/route_tables.h"
#include "registry/run_answer.h"
#include "registry/shapes.h"
#include "registry/version_policy.h"
#include "runtime/sessions.h"

namespace guildhall::api::registry_dialect {
namespace {

constexpr std::size_t kTrialTurnsMax = 20;

struct TrialTurn {
  std::string role;
  std::string text;
};
BOOST_DESCRIBE_STRUCT(TrialTurn, (), (role, text))

struct TrialIn {
  std::string message;
  std::optional<std::vector<TrialTurn>> history;
  std::optional<std::string> language;
};
BOOST_DESCRIBE_STRUCT(TrialIn, (), (message, history, language))

std::vector<runtime::Message> messages_of_turns(const std::vector<TrialTurn>& turns) {
  if (turns.size() > kTrialTurnsMax)
    throw invalid_field("history", "must have at most " + std::to_string(kTrialTurnsMax) + " turns");
  std::vector<runtime::Message> messages;
  for (const auto& turn : turns) {
    if (turn.role != "user" && turn.role != "assistant") throw invalid_field("history.role", "is user or assistant");
    if (code_points(turn.text) > gateway::kMessageCharactersMax)
      throw invalid_field("history.text", "must have at most " + std::to_string(gateway::kMessageCharactersMax) + " characters");
    runtime::Message message;
    message.text = turn.text;
    if (turn.role == "user") message.sender = message.sender_name = "User";
    messages.push_back(std::move(message));
  }
  return messages;
}

gateway::EvaluatedAgent tried_agent(Call& call, store::Tx& tx) {
  const auto [scope, subscription] = access_target(call, tx);
  identity::require(scope, Right::configure_agents);
  const auto agent = subscription.agent ? registry::agent_by_id(tx, *subscription.agent) : std::nullopt;
  if (!agent) throw not_found("agent");
  const auto running = registry::running_version(tx, subscription, *agent);
  if (!running) throw Refusal(Code::agent_unavailable, "the agent has no version yet; its provider has to deploy one");
  gateway::EvaluatedAgent target;
  target.scope = scope;
  target.agent = agent->id;
  target.version = running->version;
  target.config = registry::agent_config(scope, tx, subscription.id);
  target.knowledge_base = knowledge::find_base_of_subscription(scope, tx, subscription.id);
  target.owner = random_uuid();
  target.request_id = dashed(random_uuid());
  return target;
}

json::Object try_agent(Call& call, const TrialIn& in) {
  if (trimmed(in.message).empty()) throw invalid_field("message", "must not be empty");
  if (code_points(in.message) > gateway::kMessageCharactersMax)
    throw invalid_field("message", "must have at most " + std::to_string(gateway::kMessageCharactersMax) + " characters");
  gateway::RunCall run;
  run.channel = "trial";
  run.input_value = in.message;
  run.history = messages_of_turns(in.history.value_or(std::vector<TrialTurn>{}));
  run.language = in.language.value_or("");
  run.received_us = call.request().received_us;
  run.stop = call.request().stop;
  const auto target = call.read([&](store::Tx& tx) { return tried_agent(call, tx); });
  if (!call.services().gateway.allow("try:" + target.scope.organization.text(), gateway::kTestRunsPerMinute))
    throw Refusal(Code::rate_limited, "trying an agent is limited to 60 questions a minute").retry_after(1);
  run.session_id = target.request_id;
  const auto forget = [&] {
    call.write([&](store::Tx& tx) {
      runtime::delete_session(target.scope, tx, {target.scope.organization, target.owner, target.request_id});
    });
  };
  try {
    const auto answer = call.services().gateway.evaluation_run(target, caller_of(call), run);
    forget();
    return run_answer_json(call, answer, true);
  } catch (...) {
    forget();
    throw;
  }
}

}  // namespace

RouteTable trial_routes() {
  Route row;
  row.right = Right::configure_agents;
  row.pool = net::PoolName::run;
  return {post("/api/v1/access/{access}/try", "Ask the agent as a test: never billed, nothing kept", kAccount, try_agent, row)};
}

}  // namespace guildhall::api::registry_dialect
