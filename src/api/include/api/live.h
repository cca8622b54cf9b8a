// Who follows which conversation right now, and what each has been sent: the log in order, and what is not kept (typing, text as
// it is written) as it comes (contracts/support-partner.md §4.4).
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/ids.h"
#include "net/server.h"
#include "runtime/conversation_log.h"
#include "store/database.h"

namespace guildhall::api {

inline constexpr std::int64_t kPingUs = 15'000'000;
inline constexpr std::int64_t kPollSecondsMax = 25;  ///< how long a poll is held
/// How often polls are looked through, and, where several servers share a database, the changes made on another.
inline constexpr std::int64_t kLookUs = 1'000'000;

/// One open stream of a conversation.
struct Reader {
  OrganizationId organization;
  ConversationId conversation;
  std::int64_t after = 0;  ///< number of the last entry the reader has
  std::shared_ptr<net::Stream> stream;
  /// The bytes to send for an entry; empty when this reader does not see it.
  std::function<std::string(const runtime::LogEntry&)> view;
  bool is_staff = false;        ///< sees the visitor typing; visitors see people typing
  std::int64_t ends_at_us = 0;  ///< of a long poll: it ends with the first entries, or then; 0: a stream
};

/// Thread-safe. One thread reads what changed and writes to every reader; a slow reader is cut off and comes back with its
/// number.
class Live {
 public:
  explicit Live(store::Database& database);
  ~Live();
  Live(const Live&) = delete;
  Live& operator=(const Live&) = delete;

  /// Sends everything after `reader.after`, the text that is being written, and from then on whatever happens.
  void follow(Reader reader);
  /// `stream` gets an event `inbox` whenever a conversation of the organization changes; `ends_at_us` as of a Reader.
  void follow_inbox(OrganizationId organization, std::shared_ptr<net::Stream> stream, std::int64_t ends_at_us);

  /// The conversation's log has grown; called after the commit. Never waits.
  void changed(OrganizationId organization, ConversationId conversation);
  /// Text of an answer as it is written; kept until `written` so that late readers get the whole of it.
  void writing(ConversationId conversation, const MessageId& message, std::string_view chunk);
  void written(ConversationId conversation);
  /// What was written so far.
  std::string partial_text(ConversationId conversation) const;
  /// The token of the run that answers now; stop() asks it to end. `written` forgets it.
  std::stop_token answering(ConversationId conversation);
  void stop(ConversationId conversation);
  /// Somebody types; `by_staff` decides who is told.
  void typing(ConversationId conversation, bool by_staff, std::string_view name);

  /// Tells every reader to come back soon, and ends their streams.
  void drain();
  std::size_t readers() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace guildhall::api
