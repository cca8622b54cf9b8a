// Messages as rows of the table `message`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "runtime/sessions.h"

namespace guildhall::runtime {

/// The columns message_of reads, in its order, of `message` under the name `m`.
inline constexpr std::string_view kMessageColumns =
    "m.message_id, m.sender, m.sender_name, m.context_id, m.text, m.category, m.is_error, m.flow_id, m.run_id, m.details, "
    "m.created_at, m.shown";
inline constexpr std::size_t kMessageColumnCount = 12;
Message message_of(const store::Row& row, const std::string& session_id);

/// The columns `details` and `shown` of a message; nullopt when it has none.
std::optional<std::string> message_details(const Message& message);
std::optional<std::string> message_shown(const Message& message);

/// Inserts the messages with ascending sequence numbers from `first_sequence` on, in one statement; one whose id exists in the
/// organization is updated in place. The number inserted.
std::int64_t insert_messages(store::Tx& tx, OrganizationId organization, ConversationId conversation, std::int64_t first_sequence,
                             const std::vector<Message>& messages);

}  // namespace guildhall::runtime
