// JSON of conversations as people see them.
#include "inbox/shapes.h"

#include "base/text.h"
#include "edge/conversation_events.h"
#include "net/events.h"

namespace guildhall::api::inbox_shapes {
namespace {

constexpr std::size_t kPreviewCharacters = 160;

json::Value time_or_null(const std::optional<Timestamp>& time) {
  return time ? json::Value(rfc3339(*time)) : json::Value(nullptr);
}

}  // namespace

json::Object conversation_json(const support::Conversation& conversation) {
  const auto& visitor = conversation.visitor;
  return {{"id", conversation.id.text()},
          {"subscription", conversation.subscription.text()},
          {"channel", conversation.channel},
          {"state", support::wire_name(conversation.state)},
          {"epoch", conversation.epoch},
          {"cause", conversation.cause},
          {"topic", conversation.topic},
          {"language", conversation.language},
          {"visitor", json::Object{{"subject", visitor.subject},
                                   {"name", visitor.name},
                                   {"email", visitor.email},
                                   {"is_verified", visitor.is_verified},
                                   {"page_url", visitor.page_url}}},
          {"is_blocked", conversation.is_blocked},
          {"is_after_hours", conversation.is_after_hours},
          {"assignee", conversation.assignee ? json::Value(json::Object{{"id", conversation.assignee->text()},
                                                                        {"name", conversation.assignee_name}})
                                             : json::Value(nullptr)},
          {"turns", conversation.turns},
          {"visitor_read", conversation.visitor_read},
          {"staff_read", conversation.staff_read},
          {"rating", conversation.rating ? json::Value(*conversation.rating) : json::Value(nullptr)},
          {"rating_comment", conversation.rating_comment},
          {"started_at", rfc3339(conversation.started_at)},
          {"state_since", rfc3339(conversation.state_since)},
          {"visitor_at", time_or_null(conversation.visitor_at)},
          {"human_at", time_or_null(conversation.human_at)}};
}

json::Object item_json(const support::InboxItem& item) {
  json::Object object = conversation_json(item.conversation);
  object["last_text"] = prefix_code_points(item.last_text, kPreviewCharacters);
  object["last_seq"] = item.last_sequence;
  return object;
}

json::Object note_json(const support::Note& note) {
  return {{"id", note.id.text()},
          {"after_seq", note.after},
          {"author", note.author},
          {"text", note.text},
          {"created_at", rfc3339(note.created_at)}};
}

json::Object person_json(const support::Person& person) {
  return {{"id", person.account.text()}, {"name", person.name}, {"available", person.is_available}};
}

json::Object canned_answer_json(const support::CannedAnswer& answer) {
  return {{"id", answer.id.text()}, {"shortcut", answer.shortcut}, {"text", answer.text}, {"language", answer.language}};
}

json::Object staff_event(const runtime::LogEntry& entry) {
  auto event = visitor_event(entry);
  event.data["event"] = event.name;
  for (const auto& member : entry.message.shown)
    if (!event.data.contains(member.key())) event.data[member.key()] = member.value();
  return std::move(event.data);
}

std::string staff_event_bytes(const runtime::LogEntry& entry) {
  const json::Object event = staff_event(entry);
  return net::sse_event(json::write(event), json::text_of(event, "event"), std::to_string(entry.sequence));
}

}  // namespace guildhall::api::inbox_shapes
