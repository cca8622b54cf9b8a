// ChatInput (contracts/runtime.md §4.1): what the visitor says.
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kChatInputs[] = {{"input_value"},    {"should_store_message", "true"},
                                 {"sender", "User"}, {"sender_name", "User"},
                                 {"session_id"},     {"context_id"},
                                 {"files"}};

void run_chat_input(Vertex& vertex) {
  Message message = vertex.message(vertex.text("input_value"));
  message.sender = vertex.text("sender");
  message.sender_name = vertex.text("sender_name");
  message.session_id = vertex.text("session_id");
  message.context_id = vertex.text("context_id");
  for (const Value& file : vertex.values("files")) {
    if (auto path = as_text(file); path && !path->empty()) message.files.push_back(std::move(*path));
  }
  if (!vertex.run.chat_text) vertex.run.chat_text = message.text;
  if (vertex.flag("should_store_message") && !message.session_id.empty()) vertex.run.say(message);
  vertex.set("message", {std::move(message)});
}

}  // namespace

Component chat_input() {
  return {.type = "ChatInput", .inputs = kChatInputs, .run = run_chat_input};
}

}  // namespace guildhall::runtime
