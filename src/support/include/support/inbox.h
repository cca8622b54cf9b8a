// What people see and keep: the queue, notes, canned answers, presence (contracts/support-partner.md §5.2).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/conversations.h"

namespace guildhall::support {

struct InboxFilter {
  std::optional<SubscriptionId> subscription;
  std::vector<State> states;  ///< empty: all
  std::string language;
  std::optional<AccountId> assignee;
  std::string search;  ///< in topic and visitor
  std::size_t offset = 0;
  std::size_t limit = 50;
};
struct InboxItem {
  Conversation conversation;
  std::string last_text;  ///< the last words of either side
  std::int64_t last_sequence = 0;
};
struct InboxPage {
  std::vector<InboxItem> items;  ///< the longest waiting first, then those with people, then the newest
  std::int64_t total = 0;
};
InboxPage inbox(const Scope& scope, store::Tx& tx, const InboxFilter& filter);

struct QueueState {
  std::int64_t waiting = 0;
  std::int64_t position = 0;  ///< of the conversation asked about, from 1; 0: it does not wait
  std::int64_t available_people = 0;
  std::optional<std::int64_t> median_wait_s;  ///< of the last 50 that were taken
};
QueueState queue_state(store::Tx& tx, const Conversation& conversation);

struct Note {
  Id<struct NoteTag> id;
  std::int64_t after = 0;  ///< number of the entry it follows
  std::string author;
  std::string text;
  Timestamp created_at;
};
Note add_note(const Scope& scope, store::Tx& tx, ConversationId id, std::string_view person, std::string_view text);
std::vector<Note> notes(const Scope& scope, store::Tx& tx, ConversationId id);

using CannedAnswerId = Id<struct CannedAnswerTag>;
struct CannedAnswer {
  CannedAnswerId id;
  std::string shortcut;
  std::string text;
  std::string language;  ///< empty: any
};
std::vector<CannedAnswer> canned_answers(const Scope& scope, store::Tx& tx);
/// Makes it, or changes the one with this id. Refusal(conflict) for a shortcut that another has in that language.
CannedAnswer put_canned_answer(const Scope& scope, store::Tx& tx, const CannedAnswer& answer);
void delete_canned_answer(const Scope& scope, store::Tx& tx, CannedAnswerId id);

struct Person {
  AccountId account;
  std::string name;
  bool is_available = false;
};
/// Called every 20 seconds by an open inbox; kPresenceUs later the person is gone.
void set_presence(const Scope& scope, store::Tx& tx, std::string_view person, bool is_available);
std::vector<Person> people_present(const Scope& scope, store::Tx& tx);

}  // namespace guildhall::support
