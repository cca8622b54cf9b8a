// Outgoing mail: to an SMTP server, or to a folder where people and tests can read it.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "net/client.h"

namespace guildhall::net {

struct Mail {
  std::string from;  ///< address
  std::string from_name;
  std::vector<std::string> to;
  std::string subject;
  std::string text;
  std::string html;        ///< empty: text only
  std::string message_id;  ///< without angle brackets; empty makes one
  Headers headers;         ///< further fields, e.g. Auto-Submitted
};

class Mailer {
 public:
  virtual ~Mailer() = default;
  /// Hands the mail over, or throws OutboundError. An address or header with CR, LF or NUL is Refusal(invalid_request).
  virtual void send(const Mail& mail) = 0;
};

/// `smtp://user:password@host:port`, `smtps://…`, or `folder:PATH` (one .eml file per mail, written atomically).
/// An SMTP host passes the gate: private relays must be in `allowed`.
std::unique_ptr<Mailer> open_mailer(const std::string& destination, const std::vector<AllowedDestination>& allowed);

}  // namespace guildhall::net
