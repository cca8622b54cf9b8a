// ChatOutput (contracts/runtime.md §4.2): what the visitor is told.
#include <algorithm>

#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kChatOutputs[] = {{"input_value"},       {"should_store_message", "true"},
                                  {"sender", "Machine"}, {"sender_name", "AI"},
                                  {"session_id"},        {"context_id"},
                                  {"clean_data", "true"}};

bool comes_from_chat_input(const Vertex& vertex) {
  for (const Slot& slot : vertex.planned.slots) {
    if (slot.name != "input_value") continue;
    return std::any_of(slot.sources.begin(), slot.sources.end(), [&](const Source& source) {
      return vertex.run.plan.vertices[source.vertex].component->type == "ChatInput";
    });
  }
  return false;
}

Message spoken(const Vertex& vertex) {
  const std::vector<Value> values = vertex.values("input_value");
  if (values.empty()) vertex.fail("Input data cannot be None");
  if (values.size() == 1 && !comes_from_chat_input(vertex)) {
    if (const auto* message = std::get_if<Message>(&values.front().held)) return *message;
  }
  if (values.size() == 1) return vertex.message(printed(values.front(), vertex.flag("clean_data")));
  return vertex.message(printed(Value{std::make_shared<const List>(values)}, vertex.flag("clean_data")));
}

// Usage is the sum over the model calls behind this output, the source the last of them.
void credit_models(const Vertex& vertex, Message& message) {
  const RunState& run = vertex.run;
  if (run.model_calls.empty()) return;
  const std::vector<bool> behind = ancestors_of(run.plan, vertex.index);
  models::Usage total;
  bool found = false;
  for (const ModelCall& call : run.model_calls) {
    if (!behind[call.vertex]) continue;
    found = true;
    total.input_tokens += call.usage.input_tokens;
    total.output_tokens += call.usage.output_tokens;
    total.is_estimated = total.is_estimated || call.usage.is_estimated;
    if (!message.source_id.empty()) continue;
    const flow::Node& node = *run.plan.vertices[call.vertex].about;
    message.source_id = node.id;
    message.source_display_name = node.display_name;
  }
  if (found) message.usage = total;
}

void run_chat_output(Vertex& vertex) {
  Message message = spoken(vertex);
  message.sender = vertex.text("sender");
  message.sender_name = vertex.text("sender_name");
  message.session_id = vertex.text("session_id");
  message.context_id = vertex.text("context_id");
  message.timestamp = vertex.run.now();
  credit_models(vertex, message);
  if (vertex.flag("should_store_message") && !message.session_id.empty()) vertex.run.say(message);
  vertex.set("message", {std::move(message)});
}

}  // namespace

Component chat_output() {
  return {.type = "ChatOutput", .inputs = kChatOutputs, .run = run_chat_output};
}

}  // namespace guildhall::runtime
