// Parsing and resolving of page URLs.
#include "sources/web_url.h"

#include <vector>

#include "../limits.h"
#include "base/text.h"

namespace guildhall::knowledge {
namespace {

bool is_url_unreserved(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
         c == '~';
}

int url_hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void append_octet(std::string& out, unsigned char octet) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  out += '%';
  out += kDigits[octet >> 4];
  out += kDigits[octet & 15];
}

/// RFC 3986 §5.2.4.
std::string without_dot_segments(std::string_view path) {
  std::vector<std::string_view> kept;
  const auto segments = split(path.substr(path.starts_with('/') ? 1 : 0), '/');
  bool ends_open = false;
  for (const std::string_view segment : segments) {
    ends_open = segment == "." || segment == "..";
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (!ends_open) kept.push_back(segment);
  }
  std::string out;
  for (const std::string_view segment : kept) (out += '/') += segment;
  if (ends_open || out.empty()) out += '/';
  return out;
}

bool is_scheme(std::string_view text) {
  if (text.empty() || !((text[0] | 0x20) >= 'a' && (text[0] | 0x20) <= 'z')) return false;
  for (const char c : text) {
    const bool is_letter = (c | 0x20) >= 'a' && (c | 0x20) <= 'z';
    if (!is_letter && !(c >= '0' && c <= '9') && c != '+' && c != '-' && c != '.') return false;
  }
  return true;
}

bool is_host_name(std::string_view host) {
  if (host.empty() || host.size() > 253 || host.front() == '.' || host.find("..") != std::string_view::npos) return false;
  return host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-._") == std::string_view::npos;
}

bool is_bracketed_address(std::string_view host) {
  return host.size() > 2 && host.front() == '[' && host.back() == ']' &&
         host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
}

bool read_authority(WebUrl& url, std::string_view authority) {
  if (authority.find('@') != std::string_view::npos || authority.find('\\') != std::string_view::npos) return false;
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  url.host = ascii_lower(has_port ? authority.substr(0, colon) : authority);
  if (!is_host_name(url.host) && !is_bracketed_address(url.host)) return false;
  url.port = url.is_https ? 443 : 80;
  if (!has_port || colon + 1 == authority.size()) return true;
  const auto port = parse_integer(authority.substr(colon + 1));
  if (!port || *port < 1 || *port > 65535) return false;
  url.port = static_cast<std::uint16_t>(*port);
  return true;
}

/// The path and query of `rest`, which begins after the authority.
void read_target(WebUrl& url, std::string_view rest) {
  rest = rest.substr(0, rest.find('#'));
  const std::size_t question = rest.find('?');
  url.path = without_dot_segments(normalised_octets(rest.substr(0, question)));
  url.query = question == std::string_view::npos ? std::string() : normalised_octets(rest.substr(question));
  if (url.query == "?") url.query.clear();
}

/// What browsers drop from an address before they read it.
std::string without_breaks(std::string_view text) {
  std::string out;
  for (const char c : trimmed(text)) {
    if (c != '\t' && c != '\n' && c != '\r') out += c;
  }
  return out;
}

std::optional<WebUrl> bounded(WebUrl url) {
  if (url.text().size() > kUrlBytesMax) return std::nullopt;
  return url;
}

}  // namespace

std::string WebUrl::site() const {
  const bool is_plain = port == (is_https ? 443 : 80);
  return (is_https ? "https://" : "http://") + host + (is_plain ? "" : ":" + std::to_string(port));
}

std::string WebUrl::target() const {
  return path + query;
}

std::string WebUrl::text() const {
  return site() + target();
}

std::string normalised_octets(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto c = static_cast<unsigned char>(text[i]);
    if (c == '%' && i + 2 < text.size() && url_hex_digit(text[i + 1]) >= 0 && url_hex_digit(text[i + 2]) >= 0) {
      const auto octet = static_cast<unsigned char>(url_hex_digit(text[i + 1]) * 16 + url_hex_digit(text[i + 2]));
      if (is_url_unreserved(octet)) {
        out += static_cast<char>(octet);
      } else {
        append_octet(out, octet);
      }
      i += 2;
    } else if (c <= 0x20 || c >= 0x7F || std::string_view("\"<>\\^`{|}").find(static_cast<char>(c)) != std::string_view::npos) {
      append_octet(out, c);
    } else {
      out += static_cast<char>(c);
    }
  }
  return out;
}

std::optional<WebUrl> parse_web_url(std::string_view text) {
  if (text.size() > kUrlBytesMax) return std::nullopt;
  const std::string clean = without_breaks(text);
  const std::size_t colon = clean.find("://");
  if (colon == std::string::npos) return std::nullopt;
  const std::string scheme = ascii_lower(std::string_view(clean).substr(0, colon));
  if (scheme != "http" && scheme != "https") return std::nullopt;
  WebUrl url;
  url.is_https = scheme == "https";
  const std::string_view rest = std::string_view(clean).substr(colon + 3);
  const std::size_t end = std::min(rest.find_first_of("/?#"), rest.size());
  if (!read_authority(url, rest.substr(0, end))) return std::nullopt;
  read_target(url, rest.substr(end));
  return bounded(std::move(url));
}

std::optional<WebUrl> resolve_link(const WebUrl& base, std::string_view reference) {
  if (reference.size() > kUrlBytesMax) return std::nullopt;
  const std::string clean = without_breaks(reference);
  const std::string_view text = clean;
  const std::size_t colon = text.find_first_of(":/?#");
  if (colon != std::string_view::npos && text[colon] == ':' && is_scheme(text.substr(0, colon))) return parse_web_url(text);
  if (text.starts_with("//")) return parse_web_url((base.is_https ? "https:" : "http:") + clean);
  WebUrl url = base;
  if (text.empty() || text.front() == '#') return url;
  if (text.front() == '/') {
    read_target(url, text);
  } else if (text.front() == '?') {
    read_target(url, base.path + clean);
  } else {
    read_target(url, base.path.substr(0, base.path.rfind('/') + 1) + clean);
  }
  return bounded(std::move(url));
}

bool is_same_site(const WebUrl& a, const WebUrl& b) {
  if (a.host != b.host) return false;
  const auto is_plain = [](const WebUrl& url) { return url.port == (url.is_https ? 443 : 80); };
  return a.port == b.port || (is_plain(a) && is_plain(b));
}

}  // namespace guildhall::knowledge
