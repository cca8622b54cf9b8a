// Everything one run holds while it goes. One thread uses it; the model client's thread only ever calls the observer.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "plan.h"
#include "runtime/run.h"

namespace guildhall::runtime {

struct ModelCall {
  std::size_t vertex = 0;
  models::Usage usage;
};

/// What a vertex found that an answer may quote.
struct Found {
  std::size_t vertex = 0;
  std::vector<knowledge::Passage> passages;
};

class RunState {
 public:
  RunState(const Engine& with, const Plan& what, const RunRequest& asked, FlowId flow, Observer* observer,
           models::Usage* usage_so_far);

  const Engine& engine;
  const Plan& plan;
  const RunRequest& request;
  const std::string flow_id;  ///< as text
  const FlowId flow;
  SessionKey session;  ///< with its session id
  RunResult result;

  std::vector<std::vector<std::pair<std::string, Value>>> outputs;  ///< per vertex
  std::vector<ModelCall> model_calls;
  std::vector<Found> found;
  std::optional<std::string> chat_text;   ///< what the ChatInput said
  std::optional<std::string> input_text;  ///< what a TextInput said

  Timestamp now() const;
  /// Refusal(run_timeout) past the deadline; net::OutboundError(cancelled) when the stop token says so.
  void check_alive() const;
  /// Refusal(limit_exceeded) past the number of executions.
  void count_execution();
  /// Adds to the live bytes what a vertex produced; Refusal(limit_exceeded) past the limit.
  void charge(std::size_t vertex);
  /// Drops what a vertex produced.
  void release(std::size_t vertex);

  /// A message that is to be stored: gives it an id, replaces an earlier one of that id, and tells the observer.
  void say(Message& message);
  /// Tells the observer alone.
  void announce(const Message& message);
  /// False once nobody listens.
  bool token(const MessageId& id, std::string_view chunk);
  void count_usage(std::size_t vertex, const models::Usage& usage);

  /// The visitor's question: the run's input, whatever prompts were built around it. Empty when the flow has no input.
  std::string question() const;
  /// What the ancestors of a vertex found.
  std::vector<knowledge::Passage> passages_behind(std::size_t vertex) const;
  std::optional<std::string> variable(std::string_view name) const;

 private:
  Observer* observer_;
  models::Usage* usage_so_far_;
  std::size_t executions_ = 0;
  std::size_t live_bytes_ = 0;
  std::vector<std::size_t> bytes_of_vertex_;
};

/// About how much memory a value holds.
std::size_t bytes_of(const Value& value);

}  // namespace guildhall::runtime
