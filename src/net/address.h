// Internet addresses as bytes, and which of them are public. The table behind the outbound gate.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

struct sockaddr;

namespace guildhall::net {

/// An IPv4 address in the first four bytes, or an IPv6 address.
struct Address {
  bool is_v6 = false;
  std::array<std::uint8_t, 16> bytes{};

  auto operator<=>(const Address&) const = default;
};

/// Canonical dotted quads and IPv6 without zone; no other spelling of IPv4.
std::optional<Address> parse_address(std::string_view text);
/// From a socket address; nullopt for another family.
std::optional<Address> address_of(const sockaddr& socket_address);
std::string address_text(const Address& address);
/// contracts/identity-and-security.md §14: false for every range that is not for unicast on the public internet.
bool is_global_unicast(const Address& address);

}  // namespace guildhall::net
