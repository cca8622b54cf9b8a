// A conversation as a log: every message and every change of hands has the next number, none is left out or used twice
// (contracts/support-partner.md §3.2, E2). Every view of a conversation, stream and transcript derives from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "runtime/sessions.h"
#include "runtime/values.h"
#include "store/tx.h"

namespace guildhall::runtime {

/// What an entry is. All but `message` have no text; `Message::shown` says what they mean.
enum class EntryKind : std::uint8_t { message, state, superseded, read, feedback, rating };
std::string_view wire_name(EntryKind kind);

struct LogEntry {
  std::int64_t sequence = 0;  ///< from 1, without gaps
  EntryKind kind = EntryKind::message;
  std::optional<Uuid> client_id;  ///< the visitor's own name for a message, unique in the conversation
  Message message;
};

/// Appends as the next entry, opening the conversation when it is new; returns it with its number, id and time. The caller has
/// made sure that the client id is new.
LogEntry append_entry(store::Tx& tx, const SessionKey& key, ConversationId conversation, std::string_view channel,
                      LogEntry entry);

std::optional<LogEntry> entry_of_client(store::Tx& tx, OrganizationId organization, ConversationId conversation, Uuid client_id);
std::optional<LogEntry> entry_of_message(store::Tx& tx, OrganizationId organization, ConversationId conversation, MessageId id);
/// Entries with a number above `after`, in order, at most `limit`.
std::vector<LogEntry> entries_after(store::Tx& tx, OrganizationId organization, ConversationId conversation, std::int64_t after,
                                    std::size_t limit);
/// The last `limit` entries with a number below `before`, in order.
std::vector<LogEntry> entries_before(store::Tx& tx, OrganizationId organization, ConversationId conversation, std::int64_t before,
                                     std::size_t limit);

/// The last message of each of the conversations that has one.
std::map<ConversationId, LogEntry> last_messages(store::Tx& tx, OrganizationId organization,
                                                 const std::vector<ConversationId>& conversations);

}  // namespace guildhall::runtime
