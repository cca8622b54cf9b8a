// Whether an Origin may use a widget. The header comes from anyone: what is not exactly an origin never matches.
#include "origins.h"

#include <arpa/inet.h>
#include <unicode/uidna.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.h"
#include "limits.h"
#include "registry/access.h"

namespace guildhall::registry {
namespace {

constexpr int kHttpPort = 80;
constexpr int kHttpsPort = 443;
constexpr std::size_t kLabelBytesMax = 63;

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_label(std::string_view label) {
  if (label.empty() || label.size() > kLabelBytesMax || label.front() == '-' || label.back() == '-') return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return (c >= 'a' && c <= 'z') || is_digit(c) || c == '-'; });
}

/// Letters, digits and dashes between dots; what ends in a number has to be an IPv4 address.
bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > kHostBytesMax) return false;
  const auto labels = split(host, '.');
  if (!std::all_of(labels.begin(), labels.end(), is_label)) return false;
  if (!std::all_of(labels.back().begin(), labels.back().end(), is_digit)) return true;
  std::array<unsigned char, 4> bytes{};
  return inet_pton(AF_INET, std::string(host).c_str(), bytes.data()) == 1;
}

/// `[…]` in the one form of RFC 5952; nullopt when it is no address.
std::optional<std::string> shortest_v6(std::string_view bracketed) {
  const std::string inner(bracketed.substr(1, bracketed.size() - 2));
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, inner.c_str(), bytes.data()) != 1) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> shortest{};
  if (inet_ntop(AF_INET6, bytes.data(), shortest.data(), shortest.size()) == nullptr) return std::nullopt;
  return "[" + std::string(shortest.data()) + "]";
}

/// UTS 46, as browsers do it before they write an Origin.
std::optional<std::string> punycode(std::string_view host) {
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<UIDNA, decltype(&uidna_close)> idna(
      uidna_openUTS46(UIDNA_CHECK_BIDI | UIDNA_CHECK_CONTEXTJ | UIDNA_NONTRANSITIONAL_TO_ASCII, &error), &uidna_close);
  if (U_FAILURE(error) != 0) return std::nullopt;
  std::array<char, 512> ascii{};
  UIDNAInfo found = UIDNA_INFO_INITIALIZER;
  const std::int32_t size = uidna_nameToASCII_UTF8(idna.get(), host.data(), static_cast<std::int32_t>(host.size()), ascii.data(),
                                                   static_cast<std::int32_t>(ascii.size()), &found, &error);
  if (U_FAILURE(error) != 0 || found.errors != 0 || size <= 0 || size > static_cast<std::int32_t>(kHostBytesMax))
    return std::nullopt;
  return std::string(ascii.data(), static_cast<std::size_t>(size));
}

std::optional<std::string> normal_host(std::string_view host, bool may_be_unicode) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') return shortest_v6(host);
  std::string name = ascii_lower(host);
  if (!is_ascii(name)) {
    if (!may_be_unicode || !is_valid_utf8(name) || name.size() > kHostBytesMax) return std::nullopt;
    const auto ascii = punycode(name);
    if (!ascii) return std::nullopt;
    name = *ascii;
  }
  return is_host_name(name) ? std::optional<std::string>(std::move(name)) : std::nullopt;
}

/// Reads `host` or `host:port` to the end of the text.
bool read_authority(std::string_view text, bool may_be_unicode, Place& place) {
  const std::size_t bracket = text.rfind(']');
  const std::size_t colon = text.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon != std::string_view::npos) {
    const std::string_view digits = text.substr(colon + 1);
    const auto port = parse_integer(digits);
    if (!port || *port < 1 || *port > 65'535 || std::to_string(*port) != digits) return false;
    place.port = static_cast<int>(*port);
  }
  const auto host = normal_host(text.substr(0, colon), may_be_unicode);
  if (host) place.host = *host;
  return host.has_value();
}

bool is_local(std::string_view host) {
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

/// `*.` stands for one label.
bool covers(const Place& domain, std::string_view host) {
  if (!domain.is_wildcard) return host == domain.host;
  const std::size_t dot = host.find('.');
  return dot != std::string_view::npos && dot > 0 && host.substr(dot + 1) == domain.host;
}

bool allows(const Place& domain, const Place& origin) {
  if (!covers(domain, origin.host)) return false;
  const bool may_be_plain = !domain.is_wildcard && is_local(domain.host);
  if (origin.scheme != "https" && !(may_be_plain && origin.scheme == "http")) return false;
  const int port = origin.port != 0 ? origin.port : (origin.scheme == "https" ? kHttpsPort : kHttpPort);
  if (domain.port != 0) return port == domain.port;
  return may_be_plain || port == kHttpsPort;
}

}  // namespace

std::optional<Place> parse_domain(std::string_view text) {
  Place place;
  if (text.starts_with("*.")) {
    place.is_wildcard = true;
    text.remove_prefix(2);
  }
  if (!read_authority(text, true, place)) return std::nullopt;
  // A wildcard over a top-level domain or an address would cover what the customer does not own.
  const bool is_address = place.host.front() == '[' || is_digit(place.host.back());
  if (place.is_wildcard && (is_address || place.host.find('.') == std::string::npos)) return std::nullopt;
  return place;
}

std::optional<Place> parse_origin(std::string_view text) {
  Place place;
  const std::size_t separator = text.find("://");
  if (separator == std::string_view::npos) return std::nullopt;
  place.scheme = ascii_lower(text.substr(0, separator));
  if (place.scheme != "https" && place.scheme != "http") return std::nullopt;
  return read_authority(text.substr(separator + 3), false, place) ? std::optional<Place>(std::move(place)) : std::nullopt;
}

std::string text_of(const Place& domain) {
  return (domain.is_wildcard ? "*." : "") + domain.host + (domain.port == 0 ? "" : ":" + std::to_string(domain.port));
}

bool is_origin_allowed(const std::vector<std::string>& domains, std::string_view origin) {
  const auto from = parse_origin(origin);
  if (!from) return false;
  return std::any_of(domains.begin(), domains.end(), [&](const std::string& text) {
    const auto domain = parse_domain(text);
    return domain && allows(*domain, *from);
  });
}

}  // namespace guildhall::registry
