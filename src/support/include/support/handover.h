// From the agent to people and back: every step is one transaction of state, epoch, log entry, event and audit
// (contracts/support-partner.md §3.1, §5).
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "support/conversations.h"

namespace guildhall::support {

/// bot → handover_requested → waiting_human, announced by one platform text; outside the hours the text names the next opening.
/// Nothing when people have the conversation already.
void request_handover(store::Tx& tx, const Conversation& conversation, const HandoverSettings& settings, std::string_view cause);
/// The visitor no longer wants to wait: waiting_human → bot.
void cancel_handover(store::Tx& tx, const Conversation& conversation);
/// The visitor closes it.
void close_by_visitor(store::Tx& tx, const Conversation& conversation);

/// A person takes it, from the queue or from the agent. Refusal(conflict, already_claimed) when another has it.
/// `person` is the name the visitor sees.
Conversation claim(const Scope& scope, store::Tx& tx, ConversationId id, std::string_view person);
/// A person says something; takes the conversation when nobody has it, whatever its state. A repeated client id changes nothing.
runtime::LogEntry reply(const Scope& scope, store::Tx& tx, ConversationId id, std::string_view person, Uuid client_id,
                        std::string_view text);
/// To another person of the organization.
Conversation transfer(const Scope& scope, store::Tx& tx, ConversationId id, AccountId to, std::string_view name);
/// human or waiting_human → bot, epoch + 1, one platform text.
Conversation return_to_agent(const Scope& scope, store::Tx& tx, ConversationId id);
Conversation resolve(const Scope& scope, store::Tx& tx, ConversationId id);
Conversation set_blocked(const Scope& scope, store::Tx& tx, ConversationId id, bool is_blocked);
void mark_read_by_staff(const Scope& scope, store::Tx& tx, ConversationId id, std::int64_t read_through);

struct ChangedConversation {
  OrganizationId organization;
  ConversationId conversation;
};
/// What the clock does: waits that end, silence of people, idle conversations. The settings are those of each conversation's
/// subscription. Returns the conversations that changed.
std::vector<ChangedConversation> advance_due(store::Tx& tx, std::size_t limit,
                                             const std::function<HandoverSettings(const Conversation&)>& settings_of);

}  // namespace guildhall::support
