// Hosts a widget may stand on, and the Origin headers that prove it (contracts/support-partner.md §4.6); private to registry.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guildhall::registry {

/// A host or an origin taken apart. The host is lower-case ASCII: names in Punycode, addresses in their shortest form.
struct Place {
  std::string scheme;
  std::string host;  ///< an IPv6 address in brackets
  int port = 0;      ///< 0: not given
  bool is_wildcard = false;
};

/// An entry of `domains`: `host`, `host:port` or `*.host`; names may be in any script. nullopt when it is malformed.
std::optional<Place> parse_domain(std::string_view text);
/// An Origin header as browsers send it: scheme, ASCII host, perhaps a port, nothing else. nullopt when it is malformed.
std::optional<Place> parse_origin(std::string_view text);
/// The entry in the form it is stored.
std::string text_of(const Place& domain);

}  // namespace guildhall::registry
