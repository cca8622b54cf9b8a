// The outbound gate: which URLs may be fetched, and at which addresses (contracts/identity-and-security.md §14).
// Fed by tenants, by pages they point at, and by whoever answers a redirect.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "address.h"
#include "net/client.h"

namespace guildhall::net {

/// A URL taken apart once; what is connected to is built from these parts and nothing else.
struct OutboundUrl {
  bool is_https = false;
  std::string host;  ///< lower case; an IPv6 address without its brackets
  std::uint16_t port = 0;
  std::string request_target;  ///< path and query, percent-encoded
  bool is_address = false;     ///< the host is an IP address

  std::string origin() const;
  std::string text() const { return origin() + request_target; }
};

/// A checked URL with the addresses it may be fetched at.
struct Passage {
  OutboundUrl url;
  std::vector<Address> addresses;
  bool is_allowed = false;  ///< the operator let this host and port through
};

/// OutboundError(destination_refused) for whatever is not one plain http or https URL.
OutboundUrl parse_outbound_url(std::string_view text);
/// `location` as a browser would read it against `base`, then parsed as strictly as any URL.
OutboundUrl redirected(const OutboundUrl& base, std::string_view location);

/// The one error a refused destination gets. The reason is logged, not told.
[[noreturn]] void refuse_destination(std::string_view host, std::string_view reason);

/// Thread-safe. Resolves and checks.
class Gate {
 public:
  explicit Gate(ClientOptions options);

  Passage pass(const OutboundUrl& url);
  /// As pass, for a host that is not a URL's: mail relays. `is_port_open` says the port needs no permission.
  std::vector<Address> pass_host(const std::string& host, std::uint16_t port, bool is_port_open);
  bool is_allowed(const std::string& host, std::uint16_t port) const;
  /// Whether a socket may be opened to this address: public, and none of this machine's own.
  bool is_open_to(const Address& address) const;

 private:
  struct Resolved {
    std::vector<Address> addresses;
    std::int64_t until_us = 0;
  };
  std::vector<Address> resolve(const std::string& host);

  const ClientOptions options_;
  std::vector<Address> own_addresses_;
  std::mutex mutex_;
  std::map<std::string, Resolved> resolved_;
};

}  // namespace guildhall::net
