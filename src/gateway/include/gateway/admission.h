// The one admission path: every call of every dialect passes here (contracts/registry.md §10).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/time.h"
#include "billing/quota.h"
#include "identity/scope.h"
#include "market/orders.h"
#include "registry/access.h"
#include "registry/agents.h"
#include "registry/version_policy.h"
#include "runtime/run.h"
#include "store/database.h"

namespace guildhall::gateway {

/// Everything admission knows about a key, read in one snapshot and kept for at most half a second.
struct Access {
  registry::AccessKey key;
  std::string organization_name;
  bool organization_is_active = true;
  std::optional<std::int64_t> organization_calls_limit;
  std::optional<market::Subscription> subscription;
  std::optional<registry::Agent> agent;
  std::optional<registry::RunningVersion> version;  ///< what the subscription runs; none before the agent's first
  std::optional<market::Plan> plan;
  json::Object config;  ///< AgentConfig of the subscription
  std::optional<KnowledgeBaseId> knowledge_base;
  bool is_widget = false;                         ///< stands for a widget and its visitors
  std::string model_id;                           ///< `<provider>/<agent>` slugs: the OpenAI dialect's name
  std::vector<std::string> targets;               ///< every name a call may use for this agent
  std::vector<billing::QuotaLimit> quota_limits;  ///< key, subscription, organization
  std::vector<billing::Quota> quotas;             ///< of the same scopes, when this was read
};

/// One header set: RateLimit-Policy, RateLimit, X-RateLimit-*, Retry-After (contracts/registry.md §11).
struct RateState {
  std::int64_t limit = 0;
  std::int64_t remaining = 0;
  std::int64_t reset_s = 0;
  std::int64_t retry_after_s = 0;
};

/// Refusal(rate_limited) that also carries what the rate headers say.
class RateRefusal : public Refusal {
 public:
  RateRefusal(Refusal refusal, RateState rate) : Refusal(std::move(refusal)), state(rate) {}
  RateState state;
};

struct Caller {
  std::string key;  ///< `ar_…` as presented
  std::string address;
  std::string origin;
  std::string request_id;
  std::string endpoint;  ///< "METHOD pattern", for the ledger
  std::string method;
};

/// What a run asks for, whatever dialect said it.
struct RunCall {
  std::string channel = "api";
  std::optional<std::string> input_value;
  flow::InputType input_type = flow::InputType::chat;
  std::string output_type = "chat";
  std::string output_component;
  json::Object tweaks;
  std::string session_id;
  std::optional<ConversationId> conversation;
  std::optional<std::vector<runtime::Message>> history;
  std::string language;
  bool stream = false;
  std::int64_t received_us = 0;
  std::stop_token stop;
  bool opens_conversation = false;  ///< the first run of a conversation that was opened before it
  /// Called in the transaction that settles the run with what it said, before that is stored; may change or drop it. `result` is
  /// null after a failure. May be called again when the transaction is.
  std::function<void(store::Tx&, std::vector<runtime::Message>& said, const runtime::RunResult* result)> before_store = {};
};

/// What a provider tries out: an agent's current version, or a working copy.
struct TestTarget {
  std::optional<AgentId> agent;
  std::optional<FlowId> flow;
  std::int64_t timeout_s_max = 300;  ///< the agent's own time, or less
  bool without_knowledge = false;    ///< as a customer finds it who has taught it nothing yet
};

/// What an evaluation asks, as it stood when the evaluation started (contracts/support-partner.md §2.8).
struct EvaluatedAgent {
  Scope scope;  ///< whose ledger and knowledge it is
  AgentId agent;
  AgentVersionId version;
  json::Object config;  ///< AgentConfig of the subscription; empty for a provider's own evaluation
  std::optional<KnowledgeBaseId> knowledge_base;
  Uuid owner;              ///< of its sessions: apart from those of people
  std::string request_id;  ///< the same when a case is asked again after a crash, so that it has one row
};

struct RunAnswer {
  runtime::RunResult result;
  ConversationId conversation;
  MessageId message;   ///< of the answer
  std::string run_id;  ///< its row in the ledger
  std::string agent_id;
  std::string version;
  std::int64_t elapsed_ms = 0;
  RateState rate;
  RateState organization_rate;
  std::optional<billing::Quota> quota;
  Timestamp finished_at;
};

}  // namespace guildhall::gateway
