// A mail as RFC 5322 text with MIME parts.
#pragma once

#include <string>
#include <string_view>

#include "base/time.h"
#include "net/mail.h"

namespace guildhall::net {

/// The whole message with CRLF line ends. Refusal(invalid_request) for an address that is none, or a line break where none
/// may be. `now` is its date, `message_id` is used when the mail has none.
std::string rendered_mail(const Mail& mail, Timestamp now, std::string_view message_id);
/// `local@domain` as it may stand in an SMTP command: ASCII, no spaces, brackets or control characters.
void check_mail_address(std::string_view address);

}  // namespace guildhall::net
