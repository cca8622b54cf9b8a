// The tokens a visitor's page holds: signed, compact, checked without a table (contracts/support-partner.md §4.4–4.6).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"
#include "base/time.h"

namespace guildhall::api::widget_dialect {

inline constexpr std::int64_t kSessionTokenLifeUs = 15 * 60 * kMicrosecondsPerSecond;
inline constexpr std::int64_t kResumeTokenLifeUs = 30 * kMicrosecondsPerDay;

/// `wt_` opens the calls of one conversation, `wr_` only a new session for the same conversation.
enum class TokenKind : std::uint8_t { session, resume };

struct VisitorToken {
  std::string widget;        ///< public id, `wgt_…`
  std::string conversation;  ///< the session id of the runtime, a UUID
  std::string origin;        ///< as the browser sent it
  Timestamp expires_at;
};

std::string signed_token(const Secret& key, TokenKind kind, const VisitorToken& token);

/// What the token says, when this server signed it as one of that kind; whether it has expired is the caller's question, because
/// the answer to an expired one still names its origin. Fed by anyone.
std::optional<VisitorToken> verified_token(const Secret& key, TokenKind kind, std::string_view text);

}  // namespace guildhall::api::widget_dialect
