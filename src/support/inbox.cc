// The queue and what people keep beside it.
#include "support/inbox.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "conversation_rows.h"
#include "limits.h"
#include "support/handover.h"

namespace guildhall::support {
namespace {

/// `%`, `_` and `\` of a search are letters.
std::string like_pattern(std::string_view search) {
  std::string pattern = "%";
  for (const char c : ascii_lower(search)) {
    if (c == '%' || c == '_' || c == '\\') pattern += '\\';
    pattern += c;
  }
  return pattern + "%";
}

struct Conditions {
  std::string sql;
  std::vector<store::Param> params;

  std::string place(store::Param param) {
    params.push_back(std::move(param));
    return "$" + std::to_string(params.size());
  }
};

Conditions conditions_of(const Scope& scope, const InboxFilter& filter) {
  Conditions where;
  where.sql = " WHERE c.organization_id = " + where.place(scope.organization);
  const auto subscription = scope.subscription ? scope.subscription : filter.subscription;
  if (subscription) where.sql += " AND c.subscription_id = " + where.place(*subscription);
  if (scope.project) where.sql += " AND c.project_id = " + where.place(*scope.project);
  if (!filter.states.empty()) {
    std::string places;
    for (const State state : filter.states) places += (places.empty() ? "" : ", ") + where.place(wire_name(state));
    where.sql += " AND c.state IN (" + places + ")";
  }
  if (!filter.language.empty()) where.sql += " AND c.language = " + where.place(filter.language);
  if (filter.assignee) where.sql += " AND c.assignee_id = " + where.place(*filter.assignee);
  if (!filter.search.empty()) {
    const std::string pattern = where.place(like_pattern(filter.search));
    where.sql += " AND (LOWER(c.topic) LIKE " + pattern + " ESCAPE '\\' OR LOWER(c.visitor) LIKE " + pattern + " ESCAPE '\\')";
  }
  return where;
}

CannedAnswer canned_answer_of(const store::Row& row) {
  return {.id = row.id<CannedAnswerId>(0), .shortcut = row.text(1), .text = row.text(2), .language = row.text(3)};
}

}  // namespace

InboxPage inbox(const Scope& scope, store::Tx& tx, const InboxFilter& filter) {
  identity::require(scope, Right::read_usage);
  Conditions where = conditions_of(scope, filter);
  InboxPage page;
  page.total = tx.query("SELECT COUNT(*) FROM conversation c" + where.sql, where.params).front().integer(0);
  const std::string limit = where.place(static_cast<std::int64_t>(std::min(filter.limit, kInboxPageMax)));
  const std::string offset = where.place(static_cast<std::int64_t>(filter.offset));
  const std::string sql =
      "SELECT " + std::string(kConversationColumns) + " FROM conversation c" + where.sql +
      " ORDER BY CASE c.state WHEN 'waiting_human' THEN 0 WHEN 'handover_requested' THEN 0 WHEN 'human' THEN 1 WHEN 'bot' THEN 2 "
      "ELSE 3 END, CASE WHEN c.state IN ('waiting_human', 'handover_requested') THEN c.state_since ELSE -c.state_since END, "
      "c.conversation_id LIMIT " +
      limit + " OFFSET " + offset;
  std::vector<ConversationId> ids;
  for (const store::Row& row : tx.query(sql, where.params)) {
    page.items.push_back({.conversation = conversation_of(row), .last_text = {}, .last_sequence = 0});
    ids.push_back(page.items.back().conversation.id);
  }
  const auto last = runtime::last_messages(tx, scope.organization, ids);
  for (InboxItem& item : page.items) {
    const auto found = last.find(item.conversation.id);
    if (found == last.end()) continue;
    item.last_text = found->second.message.text;
    item.last_sequence = found->second.sequence;
  }
  return page;
}

QueueState queue_state(store::Tx& tx, const Conversation& conversation) {
  QueueState queue;
  const auto row = tx.first(
      "SELECT COUNT(*), COALESCE(SUM(CASE WHEN state_since < $2 OR (state_since = $2 AND conversation_id <= $3) THEN 1 ELSE 0 "
      "END), 0) "
      "FROM conversation WHERE organization_id = $1 AND state = 'waiting_human'",
      {conversation.organization, conversation.state_since, conversation.id});
  queue.waiting = row->integer(0);
  if (conversation.state == State::waiting_human) queue.position = row->integer(1);
  queue.available_people =
      tx.first("SELECT COUNT(*) FROM staff_presence WHERE organization_id = $1 AND is_available = TRUE AND seen_at > $2",
               {conversation.organization, tx.now() - kPresenceUs})
          ->integer(0);
  std::vector<std::int64_t> waits;
  for (const store::Row& taken : tx.query("SELECT waited_s FROM conversation WHERE organization_id = $1 AND waited_s IS NOT NULL "
                                          "ORDER BY state_since DESC LIMIT 50",
                                          {conversation.organization}))
    waits.push_back(taken.integer(0));
  if (!waits.empty()) {
    const auto middle = waits.begin() + static_cast<std::ptrdiff_t>(waits.size() / 2);
    std::nth_element(waits.begin(), middle, waits.end());
    queue.median_wait_s = *middle;
  }
  return queue;
}

Note add_note(const Scope& scope, store::Tx& tx, ConversationId id, std::string_view person, std::string_view text) {
  if (!is_valid_utf8(text) || trimmed(text).empty() || code_points(text) > kNoteCharactersMax)
    throw invalid_field("text", "must have 1 to " + std::to_string(kNoteCharactersMax) + " characters");
  identity::require(scope, Right::answer_visitors);
  const Conversation conversation = get_conversation(scope, tx, id);
  const auto last = runtime::entries_before(tx, conversation.organization, id, INT64_MAX, 1);
  Note note{.id = Id<struct NoteTag>::random(),
            .after = last.empty() ? 0 : last.front().sequence,
            .author = std::string(person),
            .text = std::string(text),
            .created_at = tx.now()};
  tx.execute(
      "INSERT INTO conversation_note (organization_id, conversation_id, note_id, after_sequence, author_id, author_name, text, "
      "created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
      {conversation.organization, id, note.id, note.after, scope.account, note.author, note.text, note.created_at});
  return note;
}

std::vector<Note> notes(const Scope& scope, store::Tx& tx, ConversationId id) {
  const Conversation conversation = get_conversation(scope, tx, id);
  std::vector<Note> all;
  for (const store::Row& row : tx.query("SELECT note_id, after_sequence, author_name, text, created_at FROM conversation_note "
                                        "WHERE organization_id = $1 AND conversation_id = $2 ORDER BY created_at, note_id",
                                        {conversation.organization, id}))
    all.push_back({.id = row.id<Id<struct NoteTag>>(0),
                   .after = row.integer(1),
                   .author = row.text(2),
                   .text = row.text(3),
                   .created_at = row.timestamp(4)});
  return all;
}

std::vector<CannedAnswer> canned_answers(const Scope& scope, store::Tx& tx) {
  identity::require(scope, Right::read_usage);
  std::vector<CannedAnswer> all;
  for (const store::Row& row : tx.query("SELECT canned_answer_id, shortcut, text, language FROM canned_answer "
                                        "WHERE organization_id = $1 ORDER BY shortcut, language",
                                        {scope.organization}))
    all.push_back(canned_answer_of(row));
  return all;
}

CannedAnswer put_canned_answer(const Scope& scope, store::Tx& tx, const CannedAnswer& given) {
  identity::require(scope, Right::answer_visitors);
  CannedAnswer answer = given;
  if (trimmed(answer.shortcut).empty() || code_points(answer.shortcut) > kShortcutCharactersMax)
    throw invalid_field("shortcut", "must have 1 to " + std::to_string(kShortcutCharactersMax) + " characters");
  if (trimmed(answer.text).empty() || code_points(answer.text) > kHumanTextCharactersMax)
    throw invalid_field("text", "must have 1 to " + std::to_string(kHumanTextCharactersMax) + " characters");
  const bool is_known =
      answer.id.is_nil() || tx.first("SELECT 1 FROM canned_answer WHERE organization_id = $1 AND canned_answer_id = $2",
                                     {scope.organization, answer.id})
                                .has_value();
  if (!is_known) throw not_found("canned answer");
  const auto same =
      tx.first("SELECT canned_answer_id FROM canned_answer WHERE organization_id = $1 AND shortcut = $2 AND language = $3",
               {scope.organization, answer.shortcut, answer.language});
  if (same && same->id<CannedAnswerId>(0) != answer.id) throw Refusal(Code::conflict, "there is an answer with this shortcut");
  if (!answer.id.is_nil()) {
    tx.execute(
        "UPDATE canned_answer SET shortcut = $3, text = $4, language = $5 WHERE organization_id = $1 AND canned_answer_id = $2",
        {scope.organization, answer.id, answer.shortcut, answer.text, answer.language});
    return answer;
  }
  if (tx.first("SELECT COUNT(*) FROM canned_answer WHERE organization_id = $1", {scope.organization})->integer(0) >=
      kCannedAnswersMax)
    throw Refusal(Code::limit_exceeded, "an organization keeps at most " + std::to_string(kCannedAnswersMax) + " canned answers");
  answer.id = CannedAnswerId::random();
  tx.execute(
      "INSERT INTO canned_answer (organization_id, canned_answer_id, shortcut, text, language, created_at) "
      "VALUES ($1, $2, $3, $4, $5, $6)",
      {scope.organization, answer.id, answer.shortcut, answer.text, answer.language, tx.now()});
  return answer;
}

void delete_canned_answer(const Scope& scope, store::Tx& tx, CannedAnswerId id) {
  identity::require(scope, Right::answer_visitors);
  if (tx.execute("DELETE FROM canned_answer WHERE organization_id = $1 AND canned_answer_id = $2", {scope.organization, id}) == 0)
    throw not_found("canned answer");
}

void set_presence(const Scope& scope, store::Tx& tx, std::string_view person, bool is_available) {
  identity::require(scope, Right::answer_visitors);
  if (!scope.account) throw Refusal(Code::permission_denied, "only a person can be present");
  tx.execute(
      "INSERT INTO staff_presence (organization_id, account_id, name, is_available, seen_at) VALUES ($1, $2, $3, $4, $5) "
      "ON CONFLICT (organization_id, account_id) DO UPDATE SET name = excluded.name, is_available = excluded.is_available, "
      "seen_at = excluded.seen_at",
      {scope.organization, *scope.account, person, is_available, tx.now()});
}

std::vector<Person> people_present(const Scope& scope, store::Tx& tx) {
  identity::require(scope, Right::read_usage);
  std::vector<Person> people;
  for (const store::Row& row : tx.query("SELECT account_id, name, is_available FROM staff_presence "
                                        "WHERE organization_id = $1 AND seen_at > $2 ORDER BY name, account_id",
                                        {scope.organization, tx.now() - kPresenceUs}))
    people.push_back({.account = row.id<AccountId>(0), .name = row.text(1), .is_available = row.boolean(2)});
  return people;
}

}  // namespace guildhall::support
