// The inbox on the wire.
#pragma once

#include <string>

#include "base/json.h"
#include "support/inbox.h"

namespace guildhall::api::inbox_shapes {

json::Object conversation_json(const support::Conversation& conversation);
json::Object item_json(const support::InboxItem& item);
json::Object note_json(const support::Note& note);
json::Object person_json(const support::Person& person);
json::Object canned_answer_json(const support::CannedAnswer& answer);

/// An entry with everything people see of it; `event` names it as the visitor's stream does.
json::Object staff_event(const runtime::LogEntry& entry);
std::string staff_event_bytes(const runtime::LogEntry& entry);

}  // namespace guildhall::api::inbox_shapes
