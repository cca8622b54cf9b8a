// Rows of the table `conversation`, and the entries that go with their changes.
#pragma once

#include <string>
#include <string_view>

#include "support/conversations.h"

namespace guildhall::support {

/// The columns conversation_of reads, in its order, of `conversation` under the name `c`.
inline constexpr std::string_view kConversationColumns =
    "c.conversation_id, c.organization_id, c.subscription_id, c.project_id, c.session_id, c.channel, c.widget_id, c.state, "
    "c.epoch, c.cause, "
    "c.topic, c.language, c.visitor, c.is_blocked, c.is_after_hours, c.assignee_id, c.assignee_name, c.refusals, c.turns, "
    "c.visitor_read, c.staff_read, c.rating, c.rating_comment, c.answering_until, c.started_at, c.state_since, c.visitor_at, "
    "c.human_at, c.rated_at";
inline constexpr std::size_t kConversationColumnCount = 29;
Conversation conversation_of(const store::Row& row);
/// A key of one subscription, or rights in one project, reach no other conversation.
bool is_in_scope(const Scope& scope, const Conversation& conversation);

void insert_conversation(store::Tx& tx, const Conversation& conversation);

/// Moves the conversation: writes state, epoch, cause, assignee and when it is due, appends the entry that says so and emits the
/// event, if it has a name. `conversation` is as it is to be, with `state_since` set here.
void change_state(store::Tx& tx, Conversation& conversation, std::optional<Timestamp> due_at, std::string_view event = {});

/// A text of the platform, in the conversation's language.
void say_as_platform(store::Tx& tx, const Conversation& conversation, std::string text, bool offers_person = false);

/// The row is locked until the end of the transaction, where the database locks rows; Refusal(not_found).
Conversation locked_conversation(store::Tx& tx, OrganizationId organization, ConversationId id);

/// The visitor's words that no answer followed, joined; nullopt when there are none.
std::optional<Turn> unanswered(store::Tx& tx, const Conversation& conversation);
void set_answering(store::Tx& tx, const Conversation& conversation, std::optional<Timestamp> until);

}  // namespace guildhall::support
