// Conversations of visitors with an agent and with people: whose turn it is, and what each side may do
// (contracts/support-partner.md §3). The words themselves are in the log of `runtime`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/scope.h"
#include "runtime/conversation_log.h"
#include "runtime/run.h"
#include "store/tx.h"
#include "support/settings.h"

namespace guildhall::support {

enum class State : std::uint8_t { bot, handover_requested, waiting_human, human, resolved };
std::string_view wire_name(State state);
std::optional<State> parse_state(std::string_view name);

/// What is known of the visitor. Name and address count as proven only when `is_verified`.
struct Visitor {
  std::string subject;  ///< the customer's own id of a verified person; empty: anonymous
  std::string name;
  std::string email;
  bool is_verified = false;
  std::string page_url;
};

struct Conversation {
  ConversationId id;
  OrganizationId organization;
  SubscriptionId subscription;
  ProjectId project;
  std::string session_id;
  std::string channel;
  std::string widget;  ///< public id; empty on other channels
  State state = State::bot;
  std::int64_t epoch = 1;  ///< an answer that began in an earlier one is dropped
  std::string cause;       ///< why a person was last asked for; empty: never
  std::string topic;       ///< the visitor's first words, for lists
  std::string language;
  Visitor visitor;
  bool is_blocked = false;
  bool is_after_hours = false;
  std::optional<AccountId> assignee;
  std::string assignee_name;
  std::int64_t refusals = 0;  ///< in a row
  std::int64_t turns = 0;     ///< of the agent
  std::int64_t visitor_read = 0;
  std::int64_t staff_read = 0;
  std::optional<std::int64_t> rating;
  std::string rating_comment;
  std::optional<Timestamp> rated_at;         ///< first
  std::optional<Timestamp> answering_until;  ///< while a run answers
  Timestamp started_at;
  Timestamp state_since;
  std::optional<Timestamp> visitor_at;  ///< the visitor's last message
  std::optional<Timestamp> human_at;    ///< the last message of a person

  runtime::SessionKey key() const { return {organization, subscription.uuid, session_id}; }
};

/// Where a visitor writes.
struct Place {
  SubscriptionId subscription;
  ProjectId project;
  ConversationId conversation;
  std::string channel = "widget";
  std::string widget;
};

struct VisitorMessage {
  Uuid client_id;
  std::string text;  ///< 1–4,000 characters
  std::string language;
  Visitor visitor;
};

/// What the agent is to answer: the visitor's words that have no answer yet.
struct Turn {
  OrganizationId organization;
  SubscriptionId subscription;
  ConversationId conversation;
  std::string session_id;
  std::string channel;
  std::string widget;
  std::int64_t epoch = 1;
  std::int64_t through = 0;  ///< number of the last message it answers
  bool is_first = false;     ///< no turn of the conversation was answered yet
  std::string text;
  std::string language;
};

struct Heard {
  runtime::LogEntry entry;
  bool is_new = false;       ///< false: this client id was heard before, and nothing happened now
  std::optional<Turn> turn;  ///< set when the agent is to answer and nobody is at it
};

/// The visitor says something (E1). While the agent has the word, a keyword asks for a person, anything else is a turn; two
/// messages while one answer is under way are answered together after it. A conversation resolved within a week goes on with the
/// agent; Refusal(conflict) later than that, permission_denied for a blocked visitor.
Heard hear(const Scope& scope, store::Tx& tx, const Place& place, const HandoverSettings& settings,
           const VisitorMessage& message);

struct Settled {
  bool is_superseded = false;  ///< somebody else has the word by now: nothing of it was said
  std::optional<Turn> next;    ///< what the visitor said meanwhile
};
/// In the transaction that settles a run: turns what the run said into what the conversation shows. `said` loses the visitor's
/// own words, which the log has, and everything when the word has moved on; the answer gets outcome and citations. `result` is
/// null after a failure. Counts refusals in a row, and hands over when the visitor asked for a person.
Settled settle_turn(store::Tx& tx, const Turn& turn, const HandoverSettings& settings, std::vector<runtime::Message>& said,
                    const runtime::RunResult* result);
/// The run of the turn could not begin (quota, paused agent, no place): the platform says so and offers a person.
void fail_turn(store::Tx& tx, const Turn& turn);
/// Turns whose run was lost in a crash, taken over by the caller for another lease.
std::vector<Turn> lost_turns(store::Tx& tx, std::size_t limit);
/// The visitor's words that no answer followed, while the agent has the word.
std::optional<Turn> unanswered_turn(store::Tx& tx, OrganizationId organization, ConversationId id);
/// Every run under way is lost: for the start of the only server of a database.
void release_turns(store::Tx& tx);

/// False for one that was resolved more than a week ago.
bool goes_on(const Conversation& conversation, Timestamp now);
Conversation get_conversation(const Scope& scope, store::Tx& tx, ConversationId id);
std::optional<Conversation> find_conversation(store::Tx& tx, OrganizationId organization, ConversationId id);

/// What the visitor does besides writing. `read_through` only ever grows.
void mark_read_by_visitor(store::Tx& tx, const Conversation& conversation, std::int64_t read_through);
/// A thumb for one answer of the agent: 1 or -1, changeable. Refusal(not_found) for another message.
void give_feedback(store::Tx& tx, const Conversation& conversation, MessageId message, std::int64_t value,
                   std::string_view comment);
/// 1 to 5; changeable for 24 hours, then Refusal(conflict).
void rate(store::Tx& tx, const Conversation& conversation, std::int64_t stars, std::string_view comment);

}  // namespace guildhall::support
