// Reads and writes conversations.
#include "conversation_rows.h"

#include <array>

#include "base/errors.h"
#include "base/text.h"
#include "delivery/events.h"
#include "limits.h"

namespace guildhall::support {
namespace {

struct StateName {
  State state;
  std::string_view wire;
};
constexpr std::array kStateNames{StateName{State::bot, "bot"}, StateName{State::handover_requested, "handover_requested"},
                                 StateName{State::waiting_human, "waiting_human"}, StateName{State::human, "human"},
                                 StateName{State::resolved, "resolved"}};

json::Object visitor_json(const Visitor& visitor) {
  return {{"subject", visitor.subject},
          {"name", visitor.name},
          {"email", visitor.email},
          {"is_verified", visitor.is_verified},
          {"page_url", visitor.page_url}};
}

Visitor visitor_of_json(const json::Value& value) {
  return {.subject = std::string(json::text_of(value, "subject")),
          .name = std::string(json::text_of(value, "name")),
          .email = std::string(json::text_of(value, "email")),
          .is_verified = json::bool_of(value, "is_verified"),
          .page_url = std::string(json::text_of(value, "page_url"))};
}

constexpr std::size_t kUnansweredMax = 50;

}  // namespace

std::string_view wire_name(State state) {
  for (const StateName& row : kStateNames)
    if (row.state == state) return row.wire;
  return {};
}

std::optional<State> parse_state(std::string_view name) {
  for (const StateName& row : kStateNames)
    if (row.wire == name) return row.state;
  return std::nullopt;
}

Conversation conversation_of(const store::Row& row) {
  Conversation conversation;
  conversation.id = row.id<ConversationId>(0);
  conversation.organization = row.id<OrganizationId>(1);
  conversation.subscription = row.id<SubscriptionId>(2);
  conversation.project = row.id<ProjectId>(3);
  conversation.session_id = row.text(4);
  conversation.channel = row.text(5);
  conversation.widget = row.text(6);
  const auto state = parse_state(row.text(7));
  if (!state) throw std::logic_error("a conversation in the unknown state " + row.text(7));
  conversation.state = *state;
  conversation.epoch = row.integer(8);
  conversation.cause = row.text(9);
  conversation.topic = row.text(10);
  conversation.language = row.text(11);
  conversation.visitor = visitor_of_json(row.json(12));
  conversation.is_blocked = row.boolean(13);
  conversation.is_after_hours = row.boolean(14);
  conversation.assignee = row.optional_id<AccountId>(15);
  conversation.assignee_name = row.text(16);
  conversation.refusals = row.integer(17);
  conversation.turns = row.integer(18);
  conversation.visitor_read = row.integer(19);
  conversation.staff_read = row.integer(20);
  conversation.rating = row.optional_integer(21);
  conversation.rating_comment = row.text(22);
  conversation.answering_until = row.optional_timestamp(23);
  conversation.started_at = row.timestamp(24);
  conversation.state_since = row.timestamp(25);
  conversation.visitor_at = row.optional_timestamp(26);
  conversation.human_at = row.optional_timestamp(27);
  conversation.rated_at = row.optional_timestamp(28);
  return conversation;
}

bool is_in_scope(const Scope& scope, const Conversation& conversation) {
  if (scope.subscription && *scope.subscription != conversation.subscription) return false;
  return !scope.project || *scope.project == conversation.project;
}

void insert_conversation(store::Tx& tx, const Conversation& c) {
  tx.execute(
      "INSERT INTO conversation (organization_id, conversation_id, subscription_id, project_id, session_id, channel, widget_id, "
      "state, epoch, "
      "cause, topic, language, visitor, is_blocked, is_after_hours, assignee_id, assignee_name, refusals, turns, visitor_read, "
      "staff_read, rating, rating_comment, answering_until, started_at, state_since, visitor_at, human_at, due_at) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, FALSE, FALSE, NULL, '', 0, 0, 0, 0, NULL, '', NULL, $14, "
      "$14, "
      "NULL, NULL, NULL)",
      {c.organization, c.id, c.subscription, c.project, c.session_id, c.channel, c.widget, wire_name(c.state), c.epoch, c.cause,
       c.topic, c.language, json::write(visitor_json(c.visitor)), tx.now()});
}

void change_state(store::Tx& tx, Conversation& c, std::optional<Timestamp> due_at, std::string_view event) {
  c.state_since = tx.now();
  const std::int64_t changed = tx.execute(
      "UPDATE conversation SET state = $3, epoch = $4, cause = $5, assignee_id = $6, assignee_name = $7, is_after_hours = $8, "
      "refusals = $9, state_since = $10, due_at = $11 WHERE organization_id = $1 AND conversation_id = $2",
      {c.organization, c.id, wire_name(c.state), c.epoch, c.cause, c.assignee, c.assignee_name, c.is_after_hours, c.refusals,
       c.state_since, due_at});
  if (changed != 1) throw std::logic_error("a conversation that changed hands is gone");
  runtime::LogEntry entry;
  entry.kind = runtime::EntryKind::state;
  entry.message.sender = "Machine";
  entry.message.sender_name = "Platform";
  entry.message.shown = {{"state", wire_name(c.state)}, {"epoch", c.epoch}, {"cause", c.cause}, {"person", c.assignee_name}};
  runtime::append_entry(tx, c.key(), c.id, c.channel, std::move(entry));
  if (event.empty()) return;
  delivery::emit(tx, {.type = std::string(event),
                      .organization = c.organization,
                      .subject = c.id.uuid,
                      .payload = {{"subscription", c.subscription.text()},
                                  {"channel", c.channel},
                                  {"state", wire_name(c.state)},
                                  {"epoch", c.epoch},
                                  {"cause", c.cause}}});
}

void say_as_platform(store::Tx& tx, const Conversation& conversation, std::string text, bool offers_person) {
  runtime::LogEntry entry;
  entry.message.sender = "Machine";
  entry.message.sender_name = "Platform";
  entry.message.text = std::move(text);
  entry.message.shown = {{"speaker", "platform"}};
  if (offers_person) entry.message.shown["offers_person"] = true;
  runtime::append_entry(tx, conversation.key(), conversation.id, conversation.channel, std::move(entry));
}

Conversation locked_conversation(store::Tx& tx, OrganizationId organization, ConversationId id) {
  const std::string sql = "SELECT " + std::string(kConversationColumns) +
                          " FROM conversation c WHERE c.organization_id = $1 AND c.conversation_id = $2" +
                          (tx.dialect() == store::Dialect::postgres ? " FOR UPDATE" : "");
  const auto row = tx.first(sql, {organization, id});
  if (!row) throw not_found("conversation");
  return conversation_of(*row);
}

std::optional<Turn> unanswered(store::Tx& tx, const Conversation& conversation) {
  Turn turn;
  for (const runtime::LogEntry& entry :
       runtime::entries_before(tx, conversation.organization, conversation.id, INT64_MAX, kUnansweredMax)) {
    if (entry.kind != runtime::EntryKind::message) continue;
    if (entry.message.sender != "User") {
      turn.text.clear();
      continue;
    }
    turn.text += (turn.text.empty() ? "" : "\n") + entry.message.text;
    turn.through = entry.sequence;
  }
  if (turn.text.empty()) return std::nullopt;
  turn.organization = conversation.organization;
  turn.subscription = conversation.subscription;
  turn.conversation = conversation.id;
  turn.session_id = conversation.session_id;
  turn.channel = conversation.channel;
  turn.widget = conversation.widget;
  turn.epoch = conversation.epoch;
  turn.language = conversation.language;
  turn.is_first = conversation.turns == 0;
  return turn;
}

void set_answering(store::Tx& tx, const Conversation& conversation, std::optional<Timestamp> until) {
  tx.execute("UPDATE conversation SET answering_until = $3 WHERE organization_id = $1 AND conversation_id = $2",
             {conversation.organization, conversation.id, until});
}

}  // namespace guildhall::support
