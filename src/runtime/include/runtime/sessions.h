// Sessions: the memory of a conversation, keyed by organization first (contracts/runtime.md §3.6).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/scope.h"
#include "runtime/values.h"
#include "store/tx.h"

namespace guildhall::runtime {

/// Equal session ids elsewhere never meet: `owner` is the subscription, or the flow of a test run.
struct SessionKey {
  OrganizationId organization;
  Uuid owner;
  std::string session_id;  ///< ≤ 128 printable characters
};

struct Session {
  ConversationId id;  ///< the conversation of the registry dialect
  SessionKey key;
  std::string channel;
  std::string language;
  std::int64_t messages = 0;
  Timestamp started_at;
  Timestamp updated_at;
};

/// Refusal(validation_failed) on `session_id` for more than 128 characters or unprintable ones.
void check_session_id(std::string_view session_id);

/// Stores the messages of a finished run, making the session when it is new; gives every message without an id one and returns
/// the session. A Message whose id exists is updated. The oldest beyond 10,000 are dropped. `wanted` names a new conversation
/// (nil: a random id), `language` replaces the session's unless it is empty.
Session store_messages(store::Tx& tx, const SessionKey& key, ConversationId wanted, std::string_view channel,
                       std::vector<Message>& messages, std::string_view language = {});

struct HistoryFilter {
  std::size_t newest = 100;  ///< 0: none
  std::string sender;        ///< User, Machine or empty for both
  std::string sender_name;
  std::string context_id;
};
/// Oldest first; error messages are left out.
std::vector<Message> history(store::Tx& tx, const SessionKey& key, const HistoryFilter& filter);

std::optional<Session> find_session(store::Tx& tx, const SessionKey& key);
/// Refusal(not_found) unless the conversation belongs to the owner in the scope's organization.
Session get_conversation(const Scope& scope, store::Tx& tx, Uuid owner, ConversationId id);
std::vector<Session> list_sessions(const Scope& scope, store::Tx& tx, Uuid owner, std::size_t limit);
std::vector<Message> messages_of(const Scope& scope, store::Tx& tx, ConversationId id);
/// True when there was one.
bool delete_session(const Scope& scope, store::Tx& tx, const SessionKey& key);

}  // namespace guildhall::runtime
