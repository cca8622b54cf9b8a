// Resolving and judging destinations.
#include "gate.h"

#include <ifaddrs.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "base/time.h"
#include "net/limits.h"

namespace guildhall::net {
namespace {

// Names that never leave a machine or a private network (RFC 6761, RFC 8375, and what cloud providers use).
constexpr std::string_view kInnerSuffixes[] = {".localhost", ".local", ".localdomain", ".internal",  ".intranet",
                                               ".lan",       ".corp",  ".home",        ".home.arpa", ".private",
                                               ".arpa",      ".test",  ".invalid",     ".onion"};

bool is_inner_name(std::string_view host) {
  if (host.find('.') == host.npos) return true;
  return std::any_of(std::begin(kInnerSuffixes), std::end(kInnerSuffixes),
                     [host](std::string_view suffix) { return host.size() > suffix.size() && host.ends_with(suffix); });
}

std::vector<Address> machine_addresses() {
  std::vector<Address> addresses;
  ifaddrs* first = nullptr;
  if (getifaddrs(&first) != 0) return addresses;
  for (const ifaddrs* it = first; it != nullptr; it = it->ifa_next) {
    if (it->ifa_addr == nullptr) continue;
    if (const auto address = address_of(*it->ifa_addr)) addresses.push_back(*address);
  }
  freeifaddrs(first);
  return addresses;
}

std::vector<Address> system_addresses(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* first = nullptr;
  std::vector<Address> addresses;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &first) != 0) return addresses;
  for (const addrinfo* it = first; it != nullptr; it = it->ai_next) {
    const auto address = address_of(*it->ai_addr);
    if (address && std::find(addresses.begin(), addresses.end(), *address) == addresses.end()) addresses.push_back(*address);
  }
  freeaddrinfo(first);
  return addresses;
}

}  // namespace

std::vector<AllowedDestination> parse_allowed(std::string_view list) {
  std::vector<AllowedDestination> allowed;
  for (const auto item : split(list, ',')) {
    const auto text = trimmed(item);
    if (text.empty()) continue;
    const auto colon = text.rfind(':');
    const auto port = colon == text.npos ? std::nullopt : parse_integer(text.substr(colon + 1));
    auto host = ascii_lower(text.substr(0, colon == text.npos ? 0 : colon));
    const bool is_bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
    if (is_bracketed) {
      const auto address = parse_address(std::string_view(host).substr(1, host.size() - 2));
      host = address && address->is_v6 ? address_text(*address) : std::string();
    }
    const bool is_host = !host.empty() && (is_bracketed || host.find_first_of(":/@[]%\\ \t") == host.npos);
    if (!is_host || !port || *port < 1 || *port > 65535) {
      throw Refusal(Code::validation_failed, "allowed destination '" + std::string(text) + "' is not host:port");
    }
    allowed.push_back({host, static_cast<std::uint16_t>(*port)});
  }
  return allowed;
}

Gate::Gate(ClientOptions options) : options_(std::move(options)), own_addresses_(machine_addresses()) {}

bool Gate::is_allowed(const std::string& host, std::uint16_t port) const {
  return std::any_of(options_.allowed.begin(), options_.allowed.end(),
                     [&](const AllowedDestination& allowed) { return allowed.host == host && allowed.port == port; });
}

bool Gate::is_open_to(const Address& address) const {
  return is_global_unicast(address) && std::find(own_addresses_.begin(), own_addresses_.end(), address) == own_addresses_.end();
}

Passage Gate::pass(const OutboundUrl& url) {
  const bool is_usual_port = url.port == (url.is_https ? 443 : 80);
  return {url, pass_host(url.host, url.port, is_usual_port), is_allowed(url.host, url.port)};
}

std::vector<Address> Gate::pass_host(const std::string& host, std::uint16_t port, bool is_port_open) {
  const bool allowed = is_allowed(host, port);
  if (!allowed && !is_port_open) refuse_destination(host, "the port is not one of those everyone may use");
  const auto literal = parse_address(host);
  if (!allowed && !literal && is_inner_name(host)) refuse_destination(host, "the name belongs to an inner network");
  auto addresses = literal ? std::vector<Address>{*literal} : resolve(host);
  if (addresses.empty()) throw OutboundError(OutboundFailure::unreachable, "the host name cannot be resolved");
  if (allowed) return addresses;
  for (const auto& address : addresses) {
    if (!is_open_to(address)) refuse_destination(host, "an address of the host is not a public one");
  }
  return addresses;
}

std::vector<Address> Gate::resolve(const std::string& host) {
  std::vector<Address> addresses;
  if (options_.resolve) {
    for (const auto& text : options_.resolve(host)) {
      const auto address = parse_address(text);
      if (!address) refuse_destination(host, "the resolver answered with something that is no address");
      addresses.push_back(*address);
    }
    return addresses;
  }
  const auto now_us = monotonic_us();
  {
    const std::lock_guard lock(mutex_);
    const auto known = resolved_.find(host);
    if (known != resolved_.end() && known->second.until_us > now_us) return known->second.addresses;
  }
  addresses = system_addresses(host);
  const std::lock_guard lock(mutex_);
  if (resolved_.size() >= kResolvedNamesMax) resolved_.clear();
  if (!addresses.empty()) resolved_[host] = {addresses, now_us + kResolvedForUs};
  return addresses;
}

}  // namespace guildhall::net
