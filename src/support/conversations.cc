// What visitors do with a conversation besides being answered.
#include "support/conversations.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "conversation_rows.h"
#include "delivery/events.h"
#include "knowledge/language.h"
#include "limits.h"
#include "support/handover.h"

namespace guildhall::support {
namespace {

void check_message(const VisitorMessage& message) {
  if (!is_valid_utf8(message.text)) throw invalid_field("text", "must be valid UTF-8");
  if (trimmed(message.text).empty()) throw invalid_field("text", "must not be empty");
  if (code_points(message.text) > kVisitorTextCharactersMax)
    throw invalid_field("text", "must have at most " + std::to_string(kVisitorTextCharactersMax) + " characters");
  if (message.visitor.page_url.size() > kPageUrlBytesMax) throw invalid_field("page_url", "must have at most 2048 bytes");
}

Conversation opened(store::Tx& tx, OrganizationId organization, const Place& place, const VisitorMessage& message) {
  Conversation conversation;
  conversation.id = place.conversation;
  conversation.organization = organization;
  conversation.subscription = place.subscription;
  conversation.project = place.project;
  conversation.session_id = place.conversation.text();
  conversation.channel = place.channel;
  conversation.widget = place.widget;
  conversation.topic = std::string(prefix_code_points(trimmed(message.text), kTopicCharactersMax));
  conversation.language = message.language;
  conversation.visitor = message.visitor;
  conversation.started_at = conversation.state_since = tx.now();
  insert_conversation(tx, conversation);
  delivery::emit(tx, {.type = "conversation.created",
                      .organization = organization,
                      .subject = conversation.id.uuid,
                      .payload = {{"channel", place.channel}, {"subscription", place.subscription.text()}}});
  return conversation;
}

/// A conversation that was resolved goes on with the agent within a week.
void reopen(store::Tx& tx, Conversation& conversation) {
  if (!goes_on(conversation, tx.now()))
    throw Refusal(Code::conflict, "this conversation was closed more than a week ago; open a new session");
  conversation.state = State::bot;
  conversation.epoch += 1;
  conversation.assignee.reset();
  conversation.assignee_name.clear();
  conversation.refusals = 0;
  change_state(tx, conversation, std::nullopt, "conversation.reopened");
}

/// When somebody has to look at the conversation again after the visitor wrote.
std::optional<Timestamp> due_after_visitor(const Conversation& conversation, const HandoverSettings& settings, Timestamp now) {
  switch (conversation.state) {
    case State::bot: return now + seconds(3'600) * settings.idle_hours;
    case State::human: return now + seconds(60) * settings.human_silence_min;
    default: return std::nullopt;
  }
}

void note_visitor(store::Tx& tx, const Conversation& conversation, const VisitorMessage& message,
                  const HandoverSettings& settings) {
  const auto due = due_after_visitor(conversation, settings, tx.now());
  tx.execute(
      "UPDATE conversation SET visitor_at = $3, due_at = CASE WHEN $4 THEN $5 ELSE due_at END, "
      "language = CASE WHEN $6 = '' THEN language ELSE $6 END WHERE organization_id = $1 AND conversation_id = $2",
      {conversation.organization, conversation.id, tx.now(), due.has_value(), due, message.language});
}

std::vector<std::string> words_of(std::string_view text, std::string_view language) {
  std::vector<std::string> words;
  for (knowledge::Term& term : knowledge::analyse(text, language)) words.push_back(std::move(term.text));
  return words;
}

/// The keyword's words stand in the message one after the other, as the language's analyser sees both.
bool holds_keyword(const VisitorMessage& message, const std::vector<std::string>& keywords) {
  if (keywords.empty()) return false;
  const std::string language = knowledge::detect_language(message.text, message.language);
  const std::vector<std::string> said = words_of(message.text, language);
  return std::any_of(keywords.begin(), keywords.end(), [&](const std::string& keyword) {
    const std::vector<std::string> words = words_of(keyword, language);
    return !words.empty() && std::search(said.begin(), said.end(), words.begin(), words.end()) != said.end();
  });
}

runtime::LogEntry append_visitor_message(store::Tx& tx, const Conversation& conversation, const VisitorMessage& message) {
  runtime::LogEntry entry;
  entry.client_id = message.client_id;
  entry.message.sender = "User";
  entry.message.sender_name = message.visitor.name.empty() ? "User" : message.visitor.name;
  entry.message.text = message.text;
  entry = runtime::append_entry(tx, conversation.key(), conversation.id, conversation.channel, std::move(entry));
  delivery::emit(tx, {.type = "message.received",
                      .organization = conversation.organization,
                      .subject = conversation.id.uuid,
                      .payload = {{"subscription", conversation.subscription.text()}, {"sequence", entry.sequence}}});
  return entry;
}

}  // namespace

Heard hear(const Scope& scope, store::Tx& tx, const Place& place, const HandoverSettings& settings,
           const VisitorMessage& message) {
  check_message(message);
  Heard heard;
  if (auto known = runtime::entry_of_client(tx, scope.organization, place.conversation, message.client_id)) {
    heard.entry = std::move(*known);
    return heard;
  }
  const bool is_known = find_conversation(tx, scope.organization, place.conversation).has_value();
  Conversation conversation =
      is_known ? locked_conversation(tx, scope.organization, place.conversation) : opened(tx, scope.organization, place, message);
  if (conversation.subscription != place.subscription) throw not_found("conversation");
  if (conversation.is_blocked) throw Refusal(Code::permission_denied, "this conversation was blocked");
  if (conversation.state == State::resolved) reopen(tx, conversation);
  heard.entry = append_visitor_message(tx, conversation, message);
  heard.is_new = true;
  note_visitor(tx, conversation, message, settings);
  if (conversation.state != State::bot) return heard;
  if (holds_keyword(message, settings.keywords)) {
    request_handover(tx, conversation, settings, "keyword");
    return heard;
  }
  if (conversation.answering_until && *conversation.answering_until > tx.now()) return heard;
  heard.turn = unanswered(tx, conversation);
  if (heard.turn) {
    if (!message.language.empty()) heard.turn->language = message.language;
    set_answering(tx, conversation, tx.now() + kAnsweringLeaseUs);
  }
  return heard;
}

bool goes_on(const Conversation& conversation, Timestamp now) {
  return conversation.state != State::resolved || now - conversation.state_since <= kReopenUs;
}

std::optional<Conversation> find_conversation(store::Tx& tx, OrganizationId organization, ConversationId id) {
  const std::string sql = "SELECT " + std::string(kConversationColumns) +
                          " FROM conversation c WHERE c.organization_id = $1 AND c.conversation_id = $2";
  const auto row = tx.first(sql, {organization, id});
  return row ? std::optional<Conversation>(conversation_of(*row)) : std::nullopt;
}

Conversation get_conversation(const Scope& scope, store::Tx& tx, ConversationId id) {
  identity::require(scope, Right::read_usage);
  auto found = find_conversation(tx, scope.organization, id);
  if (!found || !is_in_scope(scope, *found)) throw not_found("conversation");
  return std::move(*found);
}

void mark_read_by_visitor(store::Tx& tx, const Conversation& conversation, std::int64_t read_through) {
  tx.execute(
      "UPDATE conversation SET visitor_read = $3 WHERE organization_id = $1 AND conversation_id = $2 AND visitor_read < $3",
      {conversation.organization, conversation.id, read_through});
}

void give_feedback(store::Tx& tx, const Conversation& conversation, MessageId message, std::int64_t value,
                   std::string_view comment) {
  if (value != 1 && value != -1) throw invalid_field("value", "is 1 or -1");
  if (!is_valid_utf8(comment) || code_points(comment) > kRatingCommentCharactersMax)
    throw invalid_field("comment", "must have at most " + std::to_string(kRatingCommentCharactersMax) + " characters");
  const auto judged = runtime::entry_of_message(tx, conversation.organization, conversation.id, message);
  if (!judged || judged->kind != runtime::EntryKind::message || judged->message.sender == "User") throw not_found("message");
  runtime::LogEntry entry;
  entry.kind = runtime::EntryKind::feedback;
  entry.message.sender = "User";
  entry.message.shown = {{"message_id", message.text()}, {"value", value}, {"comment", comment}};
  runtime::append_entry(tx, conversation.key(), conversation.id, conversation.channel, std::move(entry));
}

void rate(store::Tx& tx, const Conversation& conversation, std::int64_t stars, std::string_view comment) {
  if (stars < 1 || stars > 5) throw invalid_field("rating", "is 1 to 5");
  if (!is_valid_utf8(comment) || code_points(comment) > kRatingCommentCharactersMax)
    throw invalid_field("comment", "must have at most " + std::to_string(kRatingCommentCharactersMax) + " characters");
  if (conversation.rated_at && tx.now() - *conversation.rated_at > kRatingChangeUs)
    throw Refusal(Code::conflict, "a rating can be changed for 24 hours");
  tx.execute(
      "UPDATE conversation SET rating = $3, rating_comment = $4, rated_at = COALESCE(rated_at, $5) "
      "WHERE organization_id = $1 AND conversation_id = $2",
      {conversation.organization, conversation.id, stars, comment, tx.now()});
  runtime::LogEntry entry;
  entry.kind = runtime::EntryKind::rating;
  entry.message.sender = "User";
  entry.message.shown = {{"rating", stars}, {"comment", comment}};
  runtime::append_entry(tx, conversation.key(), conversation.id, conversation.channel, std::move(entry));
  delivery::emit(tx, {.type = "conversation.rated",
                      .organization = conversation.organization,
                      .subject = conversation.id.uuid,
                      .payload = {{"rating", stars}}});
}

}  // namespace guildhall::support
