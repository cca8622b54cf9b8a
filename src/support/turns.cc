// An agent's turn: from the run that answers to what the conversation shows (contracts/support-partner.md §3.1, E8).
#include <algorithm>

#include "base/errors.h"
#include "conversation_rows.h"
#include "limits.h"
#include "support/conversations.h"
#include "support/handover.h"
#include "texts.h"

namespace guildhall::support {
namespace {

/// What a view shows of an answer; scores never reach visitors.
json::Object shown_answer(const runtime::RunResult& result, bool offers_person) {
  json::Array citations;
  for (const auto& citation : result.citations) {
    json::Array headings;
    for (const auto& heading : citation.heading_path) headings.emplace_back(heading);
    citations.push_back(json::Object{{"n", citation.n},
                                     {"title", citation.title},
                                     {"url", citation.url.empty() ? json::Value(nullptr) : json::Value(citation.url)},
                                     {"page", citation.page ? json::Value(*citation.page) : json::Value(nullptr)},
                                     {"heading_path", std::move(headings)},
                                     {"anchor", citation.anchor},
                                     {"quote", citation.quote},
                                     {"language", citation.language}});
  }
  json::Array suggestions;
  for (const auto& suggestion : result.suggestions) suggestions.emplace_back(suggestion);
  json::Object shown{{"speaker", "agent"},
                     {"outcome", models::wire_name(result.outcome)},
                     {"language", result.language},
                     {"grounded", result.is_grounded},
                     {"removed_sentences", result.removed_sentences},
                     {"citations", std::move(citations)},
                     {"suggestions", std::move(suggestions)}};
  if (offers_person) shown["offers_person"] = true;
  return shown;
}

/// Counts the turn while the agent still has the word; nullopt when it no longer has. Waits for whoever changes hands.
std::optional<Conversation> counted_turn(store::Tx& tx, const Turn& turn, const runtime::RunResult* result) {
  const bool is_refused = result != nullptr && result->outcome == models::Outcome::refused;
  const std::string language = result == nullptr ? std::string() : result->language;
  const std::int64_t counted = tx.execute(
      "UPDATE conversation SET turns = turns + CASE WHEN $6 THEN 1 ELSE 0 END, refusals = CASE WHEN $4 THEN refusals + 1 ELSE 0 "
      "END, answering_until = NULL, "
      "language = CASE WHEN $5 = '' THEN language ELSE $5 END "
      "WHERE organization_id = $1 AND conversation_id = $2 AND epoch = $3 AND state = 'bot'",
      {turn.organization, turn.conversation, turn.epoch, is_refused, language, result != nullptr});
  return counted == 1 ? find_conversation(tx, turn.organization, turn.conversation) : std::nullopt;
}

void note_superseded(store::Tx& tx, const Turn& turn, const std::vector<runtime::Message>& said) {
  const auto conversation = find_conversation(tx, turn.organization, turn.conversation);
  if (!conversation) return;
  set_answering(tx, *conversation, std::nullopt);
  const auto answer = std::find_if(said.rbegin(), said.rend(), [](const runtime::Message& m) { return m.sender != "User"; });
  if (answer == said.rend() || !answer->id) return;
  runtime::LogEntry entry;
  entry.kind = runtime::EntryKind::superseded;
  entry.message.shown = {{"message_id", answer->id->text()}};
  runtime::append_entry(tx, conversation->key(), conversation->id, conversation->channel, std::move(entry));
}

/// What the visitor said while the turn was answered.
std::optional<Turn> next_turn(store::Tx& tx, const Turn& turn, const Conversation& conversation) {
  Turn next = turn;
  next.text.clear();
  next.is_first = conversation.turns == 0;
  for (const auto& entry : runtime::entries_after(tx, turn.organization, turn.conversation, turn.through, 100)) {
    if (entry.kind != runtime::EntryKind::message || entry.message.sender != "User") continue;
    next.text += (next.text.empty() ? "" : "\n") + entry.message.text;
    next.through = entry.sequence;
  }
  if (next.text.empty()) return std::nullopt;
  set_answering(tx, conversation, tx.now() + kAnsweringLeaseUs);
  return next;
}

/// One message of the agent: what its flow said last, or, when the flow stores nothing, its text.
void keep_answer(std::vector<runtime::Message>& said, const runtime::RunResult& result, bool offers_person, Timestamp now) {
  std::erase_if(said, [](const runtime::Message& message) { return message.sender == "User"; });
  if (said.empty()) {
    runtime::Message message;
    message.text = result.text();
    message.timestamp = now;
    said.push_back(std::move(message));
  }
  said.back().shown = shown_answer(result, offers_person);
}

}  // namespace

Settled settle_turn(store::Tx& tx, const Turn& turn, const HandoverSettings& settings, std::vector<runtime::Message>& said,
                    const runtime::RunResult* result) {
  Settled settled;
  const auto conversation = counted_turn(tx, turn, result);
  if (!conversation) {
    note_superseded(tx, turn, said);
    said.clear();
    settled.is_superseded = true;
    return settled;
  }
  if (result == nullptr) {
    said.clear();
    say_as_platform(tx, *conversation, handover_text("failed", conversation->language), true);
  } else if (result->outcome == models::Outcome::handover && settings.explicit_request) {
    said.clear();
    request_handover(tx, *conversation, settings, "explicit_request");
    return settled;
  } else {
    const bool is_long = settings.turns_max && conversation->turns >= *settings.turns_max;
    keep_answer(said, *result, conversation->refusals >= settings.unanswered_threshold || is_long, tx.now());
  }
  settled.next = next_turn(tx, turn, *conversation);
  return settled;
}

void fail_turn(store::Tx& tx, const Turn& turn) {
  const auto conversation = counted_turn(tx, turn, nullptr);
  if (conversation) say_as_platform(tx, *conversation, handover_text("failed", conversation->language), true);
}

std::vector<Turn> lost_turns(store::Tx& tx, std::size_t limit) {
  const std::string sql = "SELECT " + std::string(kConversationColumns) +
                          " FROM conversation c WHERE c.answering_until IS NOT NULL AND c.answering_until <= $1 "
                          "ORDER BY c.answering_until LIMIT $2";
  std::vector<Turn> turns;
  for (const store::Row& row : tx.query(sql, {tx.now(), static_cast<std::int64_t>(limit)})) {
    const Conversation conversation = conversation_of(row);
    auto turn = conversation.state == State::bot ? unanswered(tx, conversation) : std::nullopt;
    set_answering(tx, conversation, turn ? std::optional(tx.now() + kAnsweringLeaseUs) : std::nullopt);
    if (turn) turns.push_back(std::move(*turn));
  }
  return turns;
}

std::optional<Turn> unanswered_turn(store::Tx& tx, OrganizationId organization, ConversationId id) {
  const auto conversation = find_conversation(tx, organization, id);
  return conversation && conversation->state == State::bot ? unanswered(tx, *conversation) : std::nullopt;
}

void release_turns(store::Tx& tx) {
  tx.execute("UPDATE conversation SET answering_until = $1 WHERE answering_until > $1", {tx.now()});
}

}  // namespace guildhall::support
