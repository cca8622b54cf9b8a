// The log is the table `message`: a run's settlement and what people say write the same numbers.
#include "runtime/conversation_log.h"

#include <algorithm>
#include <array>

#include "message_rows.h"

namespace guildhall::runtime {
namespace {

struct KindName {
  EntryKind kind;
  std::string_view wire;
};
constexpr std::array kKindNames{KindName{EntryKind::message, "message"},       KindName{EntryKind::state, "state"},
                                KindName{EntryKind::superseded, "superseded"}, KindName{EntryKind::read, "read"},
                                KindName{EntryKind::feedback, "feedback"},     KindName{EntryKind::rating, "rating"}};

EntryKind entry_kind(std::string_view wire) {
  for (const KindName& row : kKindNames)
    if (row.wire == wire) return row.kind;
  throw std::logic_error("a log entry of the unknown kind " + std::string(wire));
}

const std::string kEntryColumns = std::string(kMessageColumns) + ", m.sequence, m.entry, m.client_id";

LogEntry entry_of(const store::Row& row) {
  LogEntry entry;
  entry.message = message_of(row, {});
  entry.sequence = row.integer(kMessageColumnCount);
  entry.kind = entry_kind(row.text(kMessageColumnCount + 1));
  if (const auto id = row.optional_id<Id<struct ClientTag>>(kMessageColumnCount + 2)) entry.client_id = id->uuid;
  return entry;
}

std::vector<LogEntry> entries_of(const store::Rows& rows) {
  std::vector<LogEntry> entries;
  for (const store::Row& row : rows) entries.push_back(entry_of(row));
  return entries;
}

std::optional<LogEntry> first_entry(const store::Rows& rows) {
  return rows.empty() ? std::nullopt : std::optional<LogEntry>(entry_of(rows.front()));
}

}  // namespace

std::string_view wire_name(EntryKind kind) {
  for (const KindName& row : kKindNames)
    if (row.kind == kind) return row.wire;
  return {};
}

LogEntry append_entry(store::Tx& tx, const SessionKey& key, ConversationId conversation, std::string_view channel,
                      LogEntry entry) {
  Message& message = entry.message;
  if (!message.id) message.id = MessageId::random();
  message.session_id = key.session_id;
  message.timestamp = tx.now();
  const store::Row session =
      tx.query(
            "INSERT INTO session (organization_id, owner_id, session_id, conversation_id, channel, language, messages, "
            "last_sequence, started_at, updated_at) VALUES ($1, $2, $3, $4, $5, '', $6, 1, $7, $7) "
            "ON CONFLICT (organization_id, owner_id, session_id) DO UPDATE SET messages = session.messages + $6, "
            "last_sequence = session.last_sequence + 1, updated_at = $7 "
            "RETURNING conversation_id, last_sequence",
            {key.organization, dashed(key.owner), key.session_id, conversation, channel, entry.kind == EntryKind::message ? 1 : 0,
             tx.now()})
          .front();
  if (session.id<ConversationId>(0) != conversation) throw std::logic_error("a session of another conversation");
  entry.sequence = session.integer(1);
  tx.execute(
      "INSERT INTO message (organization_id, conversation_id, sequence, message_id, sender, sender_name, context_id, text, "
      "category, is_error, flow_id, run_id, details, created_at, entry, client_id, shown) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)",
      {key.organization, conversation, entry.sequence, *message.id, message.sender, message.sender_name, message.context_id,
       message.text, message.category, message.is_error, message.flow_id, message.run_id, message_details(message),
       message.timestamp, wire_name(entry.kind),
       entry.client_id ? std::optional<std::string>(dashed(*entry.client_id)) : std::nullopt, message_shown(message)});
  return entry;
}

std::optional<LogEntry> entry_of_client(store::Tx& tx, OrganizationId organization, ConversationId conversation, Uuid client_id) {
  return first_entry(tx.query(
      "SELECT " + kEntryColumns + " FROM message m WHERE m.organization_id = $1 AND m.conversation_id = $2 AND m.client_id = $3",
      {organization, conversation, dashed(client_id)}));
}

std::optional<LogEntry> entry_of_message(store::Tx& tx, OrganizationId organization, ConversationId conversation, MessageId id) {
  return first_entry(tx.query(
      "SELECT " + kEntryColumns + " FROM message m WHERE m.organization_id = $1 AND m.message_id = $3 AND m.conversation_id = $2",
      {organization, conversation, id}));
}

std::vector<LogEntry> entries_after(store::Tx& tx, OrganizationId organization, ConversationId conversation, std::int64_t after,
                                    std::size_t limit) {
  return entries_of(tx.query("SELECT " + kEntryColumns +
                                 " FROM message m WHERE m.organization_id = $1 AND m.conversation_id = $2 AND m.sequence > $3 "
                                 "ORDER BY m.sequence LIMIT $4",
                             {organization, conversation, after, static_cast<std::int64_t>(limit)}));
}

std::vector<LogEntry> entries_before(store::Tx& tx, OrganizationId organization, ConversationId conversation, std::int64_t before,
                                     std::size_t limit) {
  auto entries =
      entries_of(tx.query("SELECT " + kEntryColumns +
                              " FROM message m WHERE m.organization_id = $1 AND m.conversation_id = $2 AND m.sequence < $3 "
                              "ORDER BY m.sequence DESC LIMIT $4",
                          {organization, conversation, before, static_cast<std::int64_t>(limit)}));
  std::reverse(entries.begin(), entries.end());
  return entries;
}

std::map<ConversationId, LogEntry> last_messages(store::Tx& tx, OrganizationId organization,
                                                 const std::vector<ConversationId>& conversations) {
  std::map<ConversationId, LogEntry> last;
  for (const ConversationId& conversation : conversations) {
    const auto rows = tx.query("SELECT " + kEntryColumns +
                                   " FROM message m WHERE m.organization_id = $1 AND m.conversation_id = $2 "
                                   "AND m.entry = 'message' ORDER BY m.sequence DESC LIMIT 1",
                               {organization, conversation});
    if (auto entry = first_entry(rows)) last.emplace(conversation, std::move(*entry));
  }
  return last;
}

}  // namespace guildhall::runtime
