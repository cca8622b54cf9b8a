// Budgets, messages and memory of one run.
#include "run_state.h"

#include <algorithm>

#include "runtime/limits.h"

namespace guildhall::runtime {
namespace {

std::size_t bytes_of_json(const json::Value& value) {
  std::size_t bytes = sizeof(json::Value);
  if (value.is_string()) bytes += value.get_string().size();
  if (value.is_array()) {
    for (const json::Value& element : value.get_array()) bytes += bytes_of_json(element);
  }
  if (value.is_object()) {
    for (const auto& member : value.get_object()) bytes += member.key().size() + bytes_of_json(member.value());
  }
  return bytes;
}

std::size_t bytes_of_object(const json::Object& object) {
  std::size_t bytes = sizeof(json::Object);
  for (const auto& member : object) bytes += member.key().size() + bytes_of_json(member.value());
  return bytes;
}

SessionKey key_with_id(SessionKey key) {
  check_session_id(key.session_id);
  if (key.session_id.empty()) key.session_id = dashed(random_uuid());
  return key;
}

}  // namespace

std::size_t bytes_of(const Value& value) {
  std::size_t bytes = sizeof(Value);
  if (const auto* text = std::get_if<std::string>(&value.held)) bytes += text->size();
  if (const auto* message = std::get_if<Message>(&value.held)) bytes += message->text.size();
  if (const auto* record = std::get_if<Record>(&value.held)) bytes += bytes_of_object(record->values);
  if (const auto* raw = std::get_if<json::Value>(&value.held)) bytes += bytes_of_json(*raw);
  if (const auto* table = std::get_if<Table>(&value.held)) {
    for (const json::Object& row : table->rows) bytes += bytes_of_object(row);
  }
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&value.held)) {
    for (const Value& element : **list) bytes += bytes_of(element);
  }
  return bytes;
}

RunState::RunState(const Engine& with, const Plan& what, const RunRequest& asked, FlowId flow_ran, Observer* observer,
                   models::Usage* usage_so_far)
    : engine(with),
      plan(what),
      request(asked),
      flow_id(flow_ran.text()),
      flow(flow_ran),
      session(key_with_id(asked.session)),
      outputs(what.vertices.size()),
      observer_(observer),
      usage_so_far_(usage_so_far),
      bytes_of_vertex_(what.vertices.size()) {
  result.session_id = session.session_id;
  result.language = asked.language;
}

Timestamp RunState::now() const {
  return engine.database == nullptr ? SystemClock().now() : engine.database->clock().now();
}

void RunState::check_alive() const {
  if (request.stop.stop_requested()) throw net::OutboundError(net::OutboundFailure::cancelled, "the run was cancelled");
  if (request.deadline_us != 0 && monotonic_us() >= request.deadline_us) {
    throw Refusal(Code::run_timeout, "the run took longer than it may");
  }
}

void RunState::count_execution() {
  if (++executions_ > kVertexExecutionsMax) throw Refusal(Code::limit_exceeded, "the run executed more than 10,000 components");
}

void RunState::charge(std::size_t vertex) {
  std::size_t bytes = 0;
  for (const auto& [name, value] : outputs[vertex]) bytes += bytes_of(value);
  bytes_of_vertex_[vertex] = bytes;
  live_bytes_ += bytes;
  if (live_bytes_ > kLiveBytesMax) throw Refusal(Code::limit_exceeded, "the run holds more than 64 MiB of values at once");
}

void RunState::release(std::size_t vertex) {
  live_bytes_ -= std::min(live_bytes_, bytes_of_vertex_[vertex]);
  bytes_of_vertex_[vertex] = 0;
  outputs[vertex].clear();
}

void RunState::say(Message& message) {
  if (message.text.size() > kMessageBytesMax) throw Refusal(Code::limit_exceeded, "a message is longer than 2 MiB");
  if (!message.id) message.id = MessageId::random();
  message.is_partial = false;
  const auto known =
      std::find_if(result.messages.begin(), result.messages.end(), [&](const Message& m) { return m.id == message.id; });
  if (known == result.messages.end()) {
    result.messages.push_back(message);
  } else {
    *known = message;
  }
  announce(message);
}

void RunState::announce(const Message& message) {
  if (observer_ != nullptr) observer_->on_message(message);
}

bool RunState::token(const MessageId& id, std::string_view chunk) {
  return observer_ == nullptr || observer_->on_token(id, chunk);
}

void RunState::count_usage(std::size_t vertex, const models::Usage& usage) {
  model_calls.push_back({vertex, usage});
  result.usage.input_tokens += usage.input_tokens;
  result.usage.output_tokens += usage.output_tokens;
  result.usage.is_estimated = result.usage.is_estimated || usage.is_estimated;
  if (usage_so_far_ != nullptr) *usage_so_far_ = result.usage;
}

std::string RunState::question() const {
  if (request.input_value) return *request.input_value;
  if (chat_text) return *chat_text;
  return input_text.value_or(std::string());
}

std::vector<knowledge::Passage> RunState::passages_behind(std::size_t vertex) const {
  std::vector<knowledge::Passage> passages;
  if (found.empty()) return passages;
  const std::vector<bool> behind = ancestors_of(plan, vertex);
  for (const Found& one : found) {
    if (behind[one.vertex]) passages.insert(passages.end(), one.passages.begin(), one.passages.end());
  }
  return passages;
}

std::optional<std::string> RunState::variable(std::string_view name) const {
  return request.variable && !name.empty() ? request.variable(name) : std::nullopt;
}

}  // namespace guildhall::runtime
