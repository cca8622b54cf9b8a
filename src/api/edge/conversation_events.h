// The log of a conversation as its visitor sees it (contracts/support-partner.md §4.4).
#pragma once

#include <string>

#include "base/json.h"
#include "runtime/conversation_log.h"

namespace guildhall::api {

/// The name of the event and its members; an empty name for what visitors do not see.
struct VisitorEvent {
  std::string name;
  json::Object data;
};
VisitorEvent visitor_event(const runtime::LogEntry& entry);

/// As an event of the stream, with its number as id; empty for what visitors do not see.
std::string visitor_event_bytes(const runtime::LogEntry& entry);

}  // namespace guildhall::api
