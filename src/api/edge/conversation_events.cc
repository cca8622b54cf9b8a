// Entries of the log as events.
#include "edge/conversation_events.h"

#include "net/events.h"

namespace guildhall::api {
namespace {

void copy_members(const json::Object& from, std::initializer_list<std::string_view> names, json::Object& to) {
  for (const std::string_view name : names)
    if (const json::Value* value = json::find(from, name)) to[name] = *value;
}

VisitorEvent message_event(const runtime::LogEntry& entry) {
  const runtime::Message& message = entry.message;
  const std::string_view speaker = message.sender == "User" ? "visitor" : json::text_of(message.shown, "speaker", "agent");
  VisitorEvent event{.name = speaker == "agent" ? "message.completed" : "message.created",
                     .data = {{"message_id", message.id->text()},
                              {"seq", entry.sequence},
                              {"role", speaker},
                              {"text", message.text},
                              {"created_at", rfc3339(message.timestamp)}}};
  if (entry.client_id) event.data["client_id"] = dashed(*entry.client_id);
  copy_members(message.shown,
               {"outcome", "language", "grounded", "removed_sentences", "citations", "suggestions", "offers_person", "person"},
               event.data);
  return event;
}

}  // namespace

VisitorEvent visitor_event(const runtime::LogEntry& entry) {
  using Kind = runtime::EntryKind;
  if (entry.kind == Kind::message) return message_event(entry);
  VisitorEvent event;
  event.data = {{"seq", entry.sequence}, {"created_at", rfc3339(entry.message.timestamp)}};
  const json::Object& shown = entry.message.shown;
  switch (entry.kind) {
    case Kind::state:
      event.name = "state";
      copy_members(shown, {"state", "epoch", "person"}, event.data);
      break;
    case Kind::superseded:
      event.name = "message.superseded";
      copy_members(shown, {"message_id"}, event.data);
      break;
    case Kind::feedback:
      event.name = "feedback";
      copy_members(shown, {"message_id", "value"}, event.data);
      break;
    case Kind::rating:
      event.name = "rating";
      copy_members(shown, {"rating"}, event.data);
      break;
    case Kind::read:
      event.name = "read";
      copy_members(shown, {"by", "through"}, event.data);
      break;
    case Kind::message: break;
  }
  return event;
}

std::string visitor_event_bytes(const runtime::LogEntry& entry) {
  const VisitorEvent event = visitor_event(entry);
  return event.name.empty() ? std::string() : net::sse_event(json::write(event.data), event.name, std::to_string(entry.sequence));
}

}  // namespace guildhall::api
