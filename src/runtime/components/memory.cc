// Memory (contracts/runtime.md §4.7): what was said before in this session, or one more thing to remember.
#include <algorithm>

#include "base/text.h"
#include "component_table.h"
#include "runtime/limits.h"
#include "template.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kMemoryInputs[] = {{"mode", "Retrieve"},   {"message"},
                                   {"sender_type"},        {"sender"},
                                   {"sender_name"},        {"n_messages", "100"},
                                   {"session_id"},         {"context_id"},
                                   {"order", "Ascending"}, {"template", "{sender_name}: {text}"}};

// The filter is `sender_type` today and was `sender` up to 1.2; "Machine and User" means both.
std::string wanted_sender(const Vertex& vertex) {
  for (const std::string_view field : {"sender_type", "sender"}) {
    const std::string text = vertex.text(field);
    if (text == "User" || text == "Machine") return text;
    if (!text.empty()) return {};
  }
  return {};
}

bool passes(const Message& message, const HistoryFilter& filter) {
  return !message.is_error && (filter.sender.empty() || message.sender == filter.sender) &&
         (filter.sender_name.empty() || message.sender_name == filter.sender_name) && message.context_id == filter.context_id;
}

std::vector<Message> remembered(const Vertex& vertex) {
  HistoryFilter filter;
  const std::int64_t newest = vertex.integer("n_messages").value_or(static_cast<std::int64_t>(kMessagesPerSessionMax));
  filter.newest =
      static_cast<std::size_t>(std::clamp<std::int64_t>(newest, 0, static_cast<std::int64_t>(kMessagesPerSessionMax)));
  filter.sender = wanted_sender(vertex);
  filter.sender_name = vertex.text("sender_name");
  filter.context_id = vertex.text("context_id");
  if (filter.newest == 0) return {};
  const RunState& run = vertex.run;
  if (run.request.history) {
    std::vector<Message> messages;
    for (const Message& message : *run.request.history) {
      if (passes(message, filter)) messages.push_back(message);
    }
    if (messages.size() > filter.newest)
      messages.erase(messages.begin(), messages.end() - static_cast<std::ptrdiff_t>(filter.newest));
    return messages;
  }
  if (run.engine.database == nullptr) return {};
  SessionKey key = run.session;
  key.session_id = vertex.text("session_id");
  return run.engine.database->read([&](store::Tx& tx) { return history(tx, key, filter); });
}

std::string rendered(const Vertex& vertex, const std::vector<Message>& messages) {
  const Template line = Template::parse(vertex.text("template"), TemplateSyntax::braces);
  std::string text;
  for (const Message& message : messages) {
    const json::Object fields = to_json(message);
    if (&message != &messages.front()) text += '\n';
    text += line.render([&](std::string_view name) -> std::optional<json::Value> {
      const json::Value* found = fields.if_contains(name);
      return found == nullptr ? json::Value("") : *found;
    });
  }
  return text;
}

Table message_table(const std::vector<Message>& messages) {
  Table table;
  for (const Message& message : messages) table.rows.push_back(to_json(message));
  if (!table.rows.empty()) {
    for (const auto& member : table.rows.front()) table.columns.emplace_back(member.key());
  }
  return table;
}

Value message_list(const std::vector<Message>& messages) {
  List list;
  for (const Message& message : messages) list.push_back({Record{to_json(message), "text", {}}});
  return {std::make_shared<const List>(std::move(list))};
}

void store_message(Vertex& vertex) {
  const Value given = vertex.value("message");
  const auto text = as_text(given);
  if (!text) vertex.fail("there is no message to store");
  const auto* incoming = std::get_if<Message>(&given.held);
  Message message = incoming != nullptr ? *incoming : vertex.message(*text);
  if (const std::string sender = vertex.text("sender"); sender == "User" || sender == "Machine") message.sender = sender;
  if (const std::string name = vertex.text("sender_name"); !name.empty()) message.sender_name = name;
  message.context_id = vertex.text("context_id");
  vertex.run.say(message);
  vertex.set("stored_messages", {std::move(message)});
}

void run_memory(Vertex& vertex) {
  if (vertex.text("mode") == "Store") return store_message(vertex);
  std::vector<Message> messages = remembered(vertex);
  if (vertex.text("order") == "Descending") std::reverse(messages.begin(), messages.end());
  if (vertex.needs("messages_text")) vertex.set("messages_text", {vertex.message(rendered(vertex, messages))});
  if (vertex.needs("dataframe")) vertex.set("dataframe", {message_table(messages)});
  if (vertex.needs("messages")) vertex.set("messages", message_list(messages));
}

}  // namespace

Component memory() {
  return {.type = "Memory", .inputs = kMemoryInputs, .run = run_memory};
}

}  // namespace guildhall::runtime
