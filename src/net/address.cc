// Which addresses are public: the IANA special-purpose registries as a table.
#include "address.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

#include "base/text.h"
#include "net/client.h"

namespace guildhall::net {
namespace {

struct Block {
  const char* first;
  int bits;
};

// IANA IPv4 Special-Purpose Address Registry, multicast and the reserved class E.
constexpr Block kNotGlobal4[] = {
    {"0.0.0.0", 8},      {"10.0.0.0", 8},     {"100.64.0.0", 10},   {"127.0.0.0", 8},     {"169.254.0.0", 16},
    {"172.16.0.0", 12},  {"192.0.0.0", 24},   {"192.0.2.0", 24},    {"192.31.196.0", 24}, {"192.52.193.0", 24},
    {"192.88.99.0", 24}, {"192.168.0.0", 16}, {"192.175.48.0", 24}, {"198.18.0.0", 15},   {"198.51.100.0", 24},
    {"203.0.113.0", 24}, {"224.0.0.0", 4},    {"240.0.0.0", 4},
};

// Everything outside 2000::/3 is refused without a table; these are the exceptions inside it. 2001::/23 holds Teredo,
// benchmarking, ORCHID and the other protocol assignments; 2002::/16 is 6to4, which carries an IPv4 address.
constexpr Block kNotGlobal6[] = {
    {"2001::", 23}, {"2001:db8::", 32}, {"2002::", 16}, {"2620:4f:8000::", 48}, {"3ffe::", 16}, {"3fff::", 20},
};

struct Range {
  std::array<std::uint8_t, 16> first{};
  int bits = 0;
};

template <std::size_t N>
std::array<Range, N> ranges_of(const Block (&blocks)[N], int family) {
  std::array<Range, N> ranges;
  for (std::size_t i = 0; i < N; ++i) {
    inet_pton(family, blocks[i].first, ranges[i].first.data());
    ranges[i].bits = blocks[i].bits;
  }
  return ranges;
}

bool lies_in(const std::array<std::uint8_t, 16>& bytes, const Range& range) {
  const auto whole = static_cast<std::size_t>(range.bits / 8);
  if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole), range.first.begin())) return false;
  const int rest = range.bits % 8;
  return rest == 0 || (bytes[whole] >> (8 - rest)) == (range.first[whole] >> (8 - rest));
}

}  // namespace

std::optional<Address> parse_address(std::string_view text) {
  if (text.empty() || text.size() > 45) return std::nullopt;
  const std::string copy(text);
  Address address;
  address.is_v6 = text.find(':') != text.npos;
  // inet_pton takes four decimal numbers only, but lets leading zeros through on some systems.
  if (!address.is_v6) {
    bool number_starts = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (number_starts && text[i] == '0' && i + 1 < text.size() && text[i + 1] != '.') return std::nullopt;
      number_starts = text[i] == '.';
    }
  }
  if (inet_pton(address.is_v6 ? AF_INET6 : AF_INET, copy.c_str(), address.bytes.data()) != 1) return std::nullopt;
  return address;
}

std::optional<Address> address_of(const sockaddr& socket_address) {
  Address address;
  if (socket_address.sa_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &socket_address, sizeof(v4));
    std::memcpy(address.bytes.data(), &v4.sin_addr, 4);
    return address;
  }
  if (socket_address.sa_family == AF_INET6) {
    sockaddr_in6 v6{};
    std::memcpy(&v6, &socket_address, sizeof(v6));
    address.is_v6 = true;
    std::memcpy(address.bytes.data(), &v6.sin6_addr, 16);
    return address;
  }
  return std::nullopt;
}

std::string address_text(const Address& address) {
  char text[INET6_ADDRSTRLEN] = {};
  inet_ntop(address.is_v6 ? AF_INET6 : AF_INET, address.bytes.data(), text, sizeof(text));
  return text;
}

bool is_global_unicast(const Address& address) {
  static const auto not_global_4 = ranges_of(kNotGlobal4, AF_INET);
  static const auto not_global_6 = ranges_of(kNotGlobal6, AF_INET6);
  const auto inside = [&](const Range& range) { return lies_in(address.bytes, range); };
  if (!address.is_v6) return std::none_of(not_global_4.begin(), not_global_4.end(), inside);
  // Only 2000::/3 is given out. That leaves out ::/96, mapped ::ffff:0:0/96, NAT64 64:ff9b::/96 and 64:ff9b:1::/48,
  // discard 100::/64, 5f00::/16, unique local fc00::/7, link-local fe80::/10, site-local fec0::/10 and multicast ff00::/8.
  if ((address.bytes[0] >> 5) != 1) return false;
  return std::none_of(not_global_6.begin(), not_global_6.end(), inside);
}

bool is_global_unicast(std::string_view address) {
  const auto parsed = parse_address(address);
  return parsed && is_global_unicast(*parsed);
}

bool is_in_network(std::string_view address, std::string_view network) {
  const auto slash = network.find('/');
  const auto of_address = parse_address(address);
  const auto of_network = parse_address(network.substr(0, slash));
  if (!of_address || !of_network || of_address->is_v6 != of_network->is_v6) return false;
  const std::int64_t bits_max = of_address->is_v6 ? 128 : 32;
  const auto bits = slash == std::string_view::npos ? std::optional(bits_max) : parse_integer(network.substr(slash + 1));
  if (!bits || *bits < 0 || *bits > bits_max) return false;
  for (std::int64_t bit = 0; bit < *bits; ++bit) {
    const auto byte = static_cast<std::size_t>(bit / 8);
    const auto mask = static_cast<std::uint8_t>(0x80 >> (bit % 8));
    if (((of_address->bytes[byte] ^ of_network->bytes[byte]) & mask) != 0) return false;
  }
  return true;
}

}  // namespace guildhall::net
