// Running a flow: one call, one outcome (contracts/runtime.md §3).
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/json.h"
#include "base/secret.h"
#include "flow/document.h"
#include "flow/graph.h"
#include "flow/report.h"
#include "identity/scope.h"
#include "knowledge/retrieve.h"
#include "models/find_passages.h"
#include "net/client.h"
#include "runtime/sessions.h"
#include "runtime/values.h"
#include "store/database.h"

namespace guildhall::runtime {

/// What the engine stands on; lives as long as the process.
struct Engine {
  store::Database* database = nullptr;
  net::Client* client = nullptr;
  knowledge::Indexes* indexes = nullptr;
  models::SearchModels* search_models = nullptr;    ///< what searches use besides words; null: nothing
  const knowledge::Extractor* extractor = nullptr;  ///< needed by components that read files or fill a knowledge base
  std::optional<models::Endpoint> default_model;    ///< of the installation; nullopt: the extractive answerer
};

struct Plan;

/// A flow ready to run: parsed, judged and compiled once, shared by all its runs. Never moved: the plan points into the document.
struct Prepared {
  flow::Document document;
  flow::Report report;
  FlowId flow;
  std::shared_ptr<const Plan> plan;
};
std::shared_ptr<const Prepared> prepare(const json::Value& flow, FlowId id);

/// What this engine executes; for reports.
flow::ComponentCatalogue catalogue();

/// A knowledge base another organization lends to a run: its passages are found and cited, nothing else of it is told.
struct ProvidedKnowledge {
  Scope scope;  ///< of the provider
  KnowledgeBaseId base;
};

struct RunRequest {
  Scope scope;         ///< organization of the caller; knowledge, files and sessions are read in it
  SessionKey session;  ///< session_id may be empty: a fresh UUID
  std::string run_id;
  std::optional<std::string> input_value;
  flow::InputType input_type = flow::InputType::chat;
  std::string output_type = "chat";  ///< chat, text, any, debug
  std::string output_component;      ///< id or display name; empty: by output_type
  json::Object tweaks;
  flow::TweakPolicy tweak_policy;
  std::vector<KnowledgeBaseId> knowledge_bases;         ///< attached to the subscription
  std::optional<ProvidedKnowledge> provided_knowledge;  ///< what the agent's version brings along, read beside those
  bool without_knowledge = false;                       ///< nobody's documents: a search finds nothing, and lacks no base
  std::function<std::optional<std::string>(std::string_view name)> variable;
  std::string system_prompt;                    ///< the agent's, prefixed to the flow's own system message
  std::optional<std::vector<Message>> history;  ///< replaces the stored one (OpenAI dialect)
  std::string language;                         ///< prior for the answerer; empty: detected
  models::AnswererSettings answerer;            ///< of the subscription, for the built-in answerer and for models
  std::function<std::optional<std::string>(std::string_view path)> read_file;  ///< bytes of an uploaded file
  bool stream = false;
  std::int64_t deadline_us = 0;  ///< on monotonic_us()
  std::stop_token stop;
};

/// What a caller may watch while it runs. Called from the run's own thread and from the model client's, never at once.
class Observer {
 public:
  virtual ~Observer() = default;
  virtual void on_message(const Message&) {}                                  ///< stored, partial or complete
  virtual bool on_token(const MessageId&, std::string_view) { return true; }  ///< false: nobody listens, stop
  virtual void on_vertex_begin(std::string_view) {}
  virtual void on_vertex_end(std::string_view) {}
};

struct OutputResult {
  std::string component_id;
  std::string component_display_name;
  std::string component_type;
  std::vector<std::pair<std::string, Value>> values;  ///< by output name
  std::optional<Message> message;                     ///< what an output component said
  bool used_frozen_result = false;
};

struct RunResult {
  std::string session_id;
  std::vector<OutputResult> outputs;  ///< node order of the file
  std::vector<Message> messages;      ///< to be stored with the settlement, oldest first
  models::Usage usage;                ///< over all model calls
  models::Outcome outcome = models::Outcome::answer;
  double confidence = 1;
  std::string language;
  std::vector<models::Citation> citations;
  std::vector<std::string> suggestions;  ///< near headings of a refusal, options of a clarification
  bool is_grounded = false;              ///< the text is quoted from documents, or was held against them
  std::int64_t removed_sentences = 0;    ///< of a model's answer, because nothing supported them
  bool is_degraded = false;              ///< answered without a model it should have had: an embedding or rerank model failed

  /// Text of the first output that has one; empty when there is none.
  std::string text() const;
};

/// Throws what run() would refuse before its first vertex: a blocked flow, a tweak that is not allowed, an output_component that
/// the flow does not have. Such a call has not begun and costs nothing.
void check_request(const Prepared& prepared, const RunRequest& request);

/// Runs to the end or throws: Refusal(component_blocked, invalid_graph, tweak_not_allowed, component_error, limit_exceeded,
/// upstream_error, run_timeout …) whose details name node_id and display_name where there is one. Stores nothing: `messages` are
/// the caller's to store. A stop token or an observer that stopped listening ends it with net::OutboundError(cancelled).
/// `usage_so_far`, when given, holds the tokens consumed even when it throws.
RunResult run(const Engine& engine, const Prepared& prepared, const RunRequest& request, Observer* observer,
              models::Usage* usage_so_far = nullptr);

}  // namespace guildhall::runtime
