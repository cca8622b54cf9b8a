// The state machine between agent and people.
#include "support/handover.h"

#include "base/errors.h"
#include "base/text.h"
#include "conversation_rows.h"
#include "identity/audit.h"
#include "limits.h"
#include "texts.h"

namespace guildhall::support {
namespace {

void record(const Scope& scope, store::Tx& tx, const Conversation& conversation, std::string action) {
  identity::audit(scope, tx,
                  {.action = std::move(action),
                   .object_type = "conversation",
                   .object_id = conversation.id.text(),
                   .details = {{"state", wire_name(conversation.state)}, {"epoch", conversation.epoch}}});
}

Conversation staffed(const Scope& scope, store::Tx& tx, ConversationId id) {
  identity::require(scope, Right::answer_visitors);
  Conversation conversation = locked_conversation(tx, scope.organization, id);
  if (!is_in_scope(scope, conversation)) throw not_found("conversation");
  return conversation;
}

void check_own(const Scope& scope, const Conversation& conversation) {
  if (conversation.assignee && conversation.assignee != scope.account)
    throw Refusal(Code::conflict, conversation.assignee_name + " has this conversation")
        .with_details({{"reason", "already_claimed"}, {"person", conversation.assignee_name}});
}

void check_capacity(const Scope& scope, store::Tx& tx) {
  if (!scope.account) return;
  const auto claimed =
      tx.first("SELECT COUNT(*) FROM conversation WHERE organization_id = $1 AND state = 'human' AND assignee_id = $2",
               {scope.organization, *scope.account});
  if (claimed->integer(0) >= kClaimedMax)
    throw Refusal(Code::conflict, "you have " + std::to_string(kClaimedMax) + " conversations already; close or return one first")
        .with_details({{"reason", "at_capacity"}});
}

/// A person takes over; whatever the agent is still writing belongs to the epoch before.
void take(const Scope& scope, store::Tx& tx, Conversation& conversation, std::string_view person) {
  if (conversation.state == State::waiting_human)
    tx.execute("UPDATE conversation SET waited_s = $3 WHERE organization_id = $1 AND conversation_id = $2",
               {conversation.organization, conversation.id, (tx.now() - conversation.state_since) / kMicrosecondsPerSecond});
  conversation.state = State::human;
  conversation.epoch += 1;
  conversation.assignee = scope.account;
  conversation.assignee_name = person;
  conversation.is_after_hours = false;
  change_state(tx, conversation, std::nullopt, "handover.accepted");
  say_as_platform(tx, conversation,
                  replaced(handover_text("joined", conversation.language), "{name}", conversation.assignee_name));
}

void give_back(store::Tx& tx, Conversation& conversation, std::string_view text_key, std::string_view event) {
  conversation.state = State::bot;
  conversation.epoch += 1;
  conversation.assignee.reset();
  conversation.assignee_name.clear();
  conversation.refusals = 0;
  conversation.is_after_hours = false;
  change_state(tx, conversation, std::nullopt, event);
  say_as_platform(tx, conversation, handover_text(text_key, conversation.language));
}

void close(store::Tx& tx, Conversation& conversation) {
  conversation.state = State::resolved;
  conversation.refusals = 0;
  change_state(tx, conversation, std::nullopt, "conversation.ended");
}

std::string opening_text(const HandoverSettings& settings, const Conversation& conversation, Timestamp now) {
  const auto opening = next_opening(*settings.hours, now);
  if (!opening) return handover_text("nobody", conversation.language);
  // The visitor's page shows it in the visitor's own zone: the text holds the instant, in the form `<time>` elements take.
  return replaced(handover_text("after_hours", conversation.language), "{time}", rfc3339(*opening));
}

/// Nobody came in time.
void end_wait(store::Tx& tx, Conversation& conversation, const HandoverSettings& settings) {
  if (conversation.cause == "silence") {
    give_back(tx, conversation, "returned", "handover.returned");
    return;
  }
  change_state(tx, conversation, std::nullopt, "handover.failed");
  say_as_platform(tx, conversation,
                  settings.fallback_message.empty() ? handover_text("nobody", conversation.language) : settings.fallback_message);
}

/// The person who took it has been silent for too long after the visitor wrote.
void back_to_queue(store::Tx& tx, Conversation& conversation, const HandoverSettings& settings) {
  conversation.state = State::waiting_human;
  conversation.cause = "silence";
  conversation.assignee.reset();
  conversation.assignee_name.clear();
  change_state(tx, conversation, tx.now() + seconds(settings.wait_timeout_s), "handover.requested");
}

}  // namespace

void request_handover(store::Tx& tx, const Conversation& given, const HandoverSettings& settings, std::string_view cause) {
  if (given.state != State::bot) return;
  Conversation conversation = given;
  conversation.state = State::handover_requested;
  conversation.epoch += 1;
  conversation.cause = cause;
  conversation.is_after_hours = settings.hours && !is_open(*settings.hours, tx.now());
  set_answering(tx, conversation, std::nullopt);
  change_state(tx, conversation, std::nullopt, "handover.requested");
  // The inbox of the console always takes it.
  conversation.state = State::waiting_human;
  const bool waits = !conversation.is_after_hours;
  change_state(tx, conversation, waits ? std::optional(tx.now() + seconds(settings.wait_timeout_s)) : std::nullopt);
  say_as_platform(tx, conversation,
                  waits ? handover_text("announced", conversation.language) : opening_text(settings, conversation, tx.now()));
}

void cancel_handover(store::Tx& tx, const Conversation& given) {
  if (given.state != State::waiting_human && given.state != State::handover_requested) return;
  Conversation conversation = given;
  give_back(tx, conversation, "returned", "handover.returned");
}

void close_by_visitor(store::Tx& tx, const Conversation& given) {
  if (given.state == State::resolved) return;
  Conversation conversation = given;
  close(tx, conversation);
}

Conversation claim(const Scope& scope, store::Tx& tx, ConversationId id, std::string_view person) {
  Conversation conversation = staffed(scope, tx, id);
  if (conversation.state == State::human && conversation.assignee == scope.account) return conversation;
  check_own(scope, conversation);
  check_capacity(scope, tx);
  take(scope, tx, conversation, person);
  record(scope, tx, conversation, "conversation.claim");
  return conversation;
}

runtime::LogEntry reply(const Scope& scope, store::Tx& tx, ConversationId id, std::string_view person, Uuid client_id,
                        std::string_view text) {
  if (!is_valid_utf8(text) || trimmed(text).empty() || code_points(text) > kHumanTextCharactersMax)
    throw invalid_field("text", "must have 1 to " + std::to_string(kHumanTextCharactersMax) + " characters");
  Conversation conversation = staffed(scope, tx, id);
  if (auto known = runtime::entry_of_client(tx, conversation.organization, conversation.id, client_id)) return std::move(*known);
  check_own(scope, conversation);
  if (conversation.state != State::human || conversation.assignee != scope.account) {
    take(scope, tx, conversation, person);
    record(scope, tx, conversation, "conversation.claim");
  }
  runtime::LogEntry entry;
  entry.client_id = client_id;
  entry.message.sender = "Machine";
  entry.message.sender_name = person;
  entry.message.text = text;
  entry.message.shown = {{"speaker", "human"}, {"person", person}};
  entry = runtime::append_entry(tx, conversation.key(), conversation.id, conversation.channel, std::move(entry));
  tx.execute("UPDATE conversation SET human_at = $3, due_at = NULL WHERE organization_id = $1 AND conversation_id = $2",
             {conversation.organization, conversation.id, tx.now()});
  return entry;
}

Conversation transfer(const Scope& scope, store::Tx& tx, ConversationId id, AccountId to, std::string_view name) {
  Conversation conversation = staffed(scope, tx, id);
  if (conversation.state != State::human && conversation.state != State::waiting_human)
    throw Refusal(Code::conflict, "only a conversation that is with people can be handed to another one");
  conversation.state = State::human;
  conversation.assignee = to;
  conversation.assignee_name = name;
  change_state(tx, conversation, std::nullopt, "handover.accepted");
  say_as_platform(tx, conversation,
                  replaced(handover_text("joined", conversation.language), "{name}", conversation.assignee_name));
  record(scope, tx, conversation, "conversation.transfer");
  return conversation;
}

Conversation return_to_agent(const Scope& scope, store::Tx& tx, ConversationId id) {
  Conversation conversation = staffed(scope, tx, id);
  if (conversation.state == State::bot) return conversation;
  if (conversation.state == State::resolved) throw Refusal(Code::conflict, "the conversation is closed");
  give_back(tx, conversation, "returned", "handover.returned");
  record(scope, tx, conversation, "conversation.return");
  return conversation;
}

Conversation resolve(const Scope& scope, store::Tx& tx, ConversationId id) {
  Conversation conversation = staffed(scope, tx, id);
  if (conversation.state == State::resolved) return conversation;
  say_as_platform(tx, conversation, handover_text("resolved", conversation.language));
  close(tx, conversation);
  record(scope, tx, conversation, "conversation.resolve");
  return conversation;
}

Conversation set_blocked(const Scope& scope, store::Tx& tx, ConversationId id, bool is_blocked) {
  Conversation conversation = staffed(scope, tx, id);
  conversation.is_blocked = is_blocked;
  tx.execute("UPDATE conversation SET is_blocked = $3 WHERE organization_id = $1 AND conversation_id = $2",
             {conversation.organization, conversation.id, is_blocked});
  record(scope, tx, conversation, is_blocked ? "conversation.block" : "conversation.unblock");
  return conversation;
}

void mark_read_by_staff(const Scope& scope, store::Tx& tx, ConversationId id, std::int64_t read_through) {
  const Conversation conversation = staffed(scope, tx, id);
  tx.execute("UPDATE conversation SET staff_read = $3 WHERE organization_id = $1 AND conversation_id = $2 AND staff_read < $3",
             {conversation.organization, conversation.id, read_through});
}

std::vector<ChangedConversation> advance_due(store::Tx& tx, std::size_t limit,
                                             const std::function<HandoverSettings(const Conversation&)>& settings_of) {
  const auto due =
      tx.query("SELECT organization_id, conversation_id FROM conversation WHERE due_at <= $1 ORDER BY due_at LIMIT $2",
               {tx.now(), static_cast<std::int64_t>(limit)});
  std::vector<ChangedConversation> changed;
  for (const store::Row& row : due) {
    Conversation conversation = locked_conversation(tx, row.id<OrganizationId>(0), row.id<ConversationId>(1));
    const HandoverSettings settings = settings_of(conversation);
    switch (conversation.state) {
      case State::bot: close(tx, conversation); break;
      case State::handover_requested:
      case State::waiting_human: end_wait(tx, conversation, settings); break;
      case State::human: back_to_queue(tx, conversation, settings); break;
      case State::resolved:
        tx.execute("UPDATE conversation SET due_at = NULL WHERE organization_id = $1 AND conversation_id = $2",
                   {conversation.organization, conversation.id});
        continue;
    }
    changed.push_back({conversation.organization, conversation.id});
  }
  return changed;
}

}  // namespace guildhall::support
