// Sessions: one upsert and one insert per run, keyed by organization first.
#include "runtime/sessions.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "message_rows.h"
#include "runtime/limits.h"

namespace guildhall::runtime {
namespace {

constexpr std::string_view kSessionColumns =
    "conversation_id, organization_id, owner_id, session_id, channel, language, messages, started_at, updated_at";

Session session_of(const store::Row& row) {
  return {
      .id = row.id<ConversationId>(0),
      .key = {.organization = row.id<OrganizationId>(1), .owner = row.id<Id<struct OwnerTag>>(2).uuid, .session_id = row.text(3)},
      .channel = row.text(4),
      .language = row.text(5),
      .messages = row.integer(6),
      .started_at = row.timestamp(7),
      .updated_at = row.timestamp(8)};
}

std::string owner_text(const SessionKey& key) {
  return dashed(key.owner);
}

// C0, C1 controls and DEL are unprintable; text arrives as valid UTF-8.
bool is_printable(std::string_view text) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20 || byte == 0x7F) return false;
    const bool is_c1 = byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0;
    if (is_c1) return false;
  }
  return true;
}

// Makes the session or counts the messages to come. Row: the session, then its last sequence before these messages.
store::Row touch_session(store::Tx& tx, const SessionKey& key, ConversationId wanted, std::string_view channel,
                         std::string_view language, std::int64_t added) {
  const std::int64_t max = static_cast<std::int64_t>(kMessagesPerSessionMax);
  return tx
      .query(
          "INSERT INTO session (organization_id, owner_id, session_id, conversation_id, channel, language, messages, "
          "last_sequence, "
          "started_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, CASE WHEN $7 > $8 THEN $8 ELSE $7 END, $7, $9, $9) "
          "ON CONFLICT (organization_id, owner_id, session_id) DO UPDATE SET "
          "messages = CASE WHEN session.messages + $7 > $8 THEN $8 ELSE session.messages + $7 END, "
          "last_sequence = session.last_sequence + $7, updated_at = $9, "
          "language = CASE WHEN $6 = '' THEN session.language ELSE $6 END "
          "RETURNING conversation_id, organization_id, owner_id, session_id, channel, language, messages, started_at, "
          "updated_at, "
          "last_sequence",
          {key.organization, owner_text(key), key.session_id, wanted.is_nil() ? ConversationId::random() : wanted, channel,
           language, added, max, tx.now()})
      .front();
}

}  // namespace

void check_session_id(std::string_view session_id) {
  if (is_valid_utf8(session_id) && code_points(session_id) <= kSessionIdCharactersMax && is_printable(session_id)) return;
  throw invalid_field("session_id", "must be at most 128 printable characters");
}

Session store_messages(store::Tx& tx, const SessionKey& key, ConversationId wanted, std::string_view channel,
                       std::vector<Message>& messages, std::string_view language) {
  check_session_id(key.session_id);
  for (Message& message : messages) {
    if (!message.id) message.id = MessageId::random();
  }
  const auto added = static_cast<std::int64_t>(messages.size());
  const store::Row row = touch_session(tx, key, wanted, channel, language, added);
  Session session = session_of(row);
  const std::int64_t last = row.integer(9);
  const std::int64_t inserted = insert_messages(tx, key.organization, session.id, last - added + 1, messages);
  if (inserted < added) {
    session.messages -= added - inserted;
    tx.execute("UPDATE session SET messages = $4 WHERE organization_id = $1 AND owner_id = $2 AND session_id = $3",
               {key.organization, owner_text(key), key.session_id, session.messages});
  }
  if (last > static_cast<std::int64_t>(kMessagesPerSessionMax)) {
    tx.execute("DELETE FROM message WHERE organization_id = $1 AND conversation_id = $2 AND sequence <= $3",
               {key.organization, session.id, last - static_cast<std::int64_t>(kMessagesPerSessionMax)});
  }
  return session;
}

std::vector<Message> history(store::Tx& tx, const SessionKey& key, const HistoryFilter& filter) {
  if (filter.newest == 0 || key.session_id.empty()) return {};
  const std::string sql =
      "SELECT " + std::string(kMessageColumns) +
      " FROM session s JOIN message m ON m.organization_id = s.organization_id AND m.conversation_id = s.conversation_id "
      "WHERE s.organization_id = $1 AND s.owner_id = $2 AND s.session_id = $3 AND m.context_id = $4 "
      "AND m.is_error = FALSE AND m.entry = 'message' AND ($5 = '' OR m.sender = $5) AND ($6 = '' OR m.sender_name = $6) "
      "ORDER BY m.sequence DESC LIMIT $7";
  std::vector<Message> messages;
  for (const store::Row& row :
       tx.query(sql, {key.organization, owner_text(key), key.session_id, filter.context_id, filter.sender, filter.sender_name,
                      static_cast<std::int64_t>(std::min(filter.newest, kMessagesPerSessionMax))})) {
    messages.push_back(message_of(row, key.session_id));
  }
  std::reverse(messages.begin(), messages.end());
  return messages;
}

std::optional<Session> find_session(store::Tx& tx, const SessionKey& key) {
  const std::string sql =
      "SELECT " + std::string(kSessionColumns) + " FROM session WHERE organization_id = $1 AND owner_id = $2 AND session_id = $3";
  const auto row = tx.first(sql, {key.organization, owner_text(key), key.session_id});
  return row ? std::optional<Session>(session_of(*row)) : std::nullopt;
}

Session get_conversation(const Scope& scope, store::Tx& tx, Uuid owner, ConversationId id) {
  const std::string sql = "SELECT " + std::string(kSessionColumns) +
                          " FROM session WHERE organization_id = $1 AND conversation_id = $2 AND owner_id = $3";
  const auto row = tx.first(sql, {scope.organization, id, dashed(owner)});
  if (!row) throw not_found("conversation");
  return session_of(*row);
}

std::vector<Session> list_sessions(const Scope& scope, store::Tx& tx, Uuid owner, std::size_t limit) {
  const std::string sql =
      "SELECT " + std::string(kSessionColumns) +
      " FROM session WHERE organization_id = $1 AND owner_id = $2 ORDER BY updated_at DESC, session_id LIMIT $3";
  std::vector<Session> sessions;
  for (const store::Row& row : tx.query(sql, {scope.organization, dashed(owner), static_cast<std::int64_t>(limit)})) {
    sessions.push_back(session_of(row));
  }
  return sessions;
}

std::vector<Message> messages_of(const Scope& scope, store::Tx& tx, ConversationId id) {
  const auto session =
      tx.first("SELECT session_id FROM session WHERE organization_id = $1 AND conversation_id = $2", {scope.organization, id});
  if (!session) throw not_found("conversation");
  const std::string sql = "SELECT " + std::string(kMessageColumns) +
                          " FROM message m WHERE m.organization_id = $1 AND m.conversation_id = $2 AND m.entry = 'message' "
                          "ORDER BY m.sequence";
  std::vector<Message> messages;
  for (const store::Row& row : tx.query(sql, {scope.organization, id})) messages.push_back(message_of(row, session->text(0)));
  return messages;
}

bool delete_session(const Scope& scope, store::Tx& tx, const SessionKey& key) {
  if (key.organization != scope.organization) return false;
  const auto session = find_session(tx, key);
  if (!session) return false;
  tx.execute("DELETE FROM message WHERE organization_id = $1 AND conversation_id = $2", {scope.organization, session->id});
  tx.execute("DELETE FROM session WHERE organization_id = $1 AND owner_id = $2 AND session_id = $3",
             {scope.organization, owner_text(key), key.session_id});
  return true;
}

}  // namespace guildhall::runtime
