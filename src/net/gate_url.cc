// Reading outbound URLs. Two parsers that disagree are how filters are passed, so whatever could be read in two ways is refused.
#include <curl/curl.h>

#include <algorithm>
#include <memory>

#include "base/log.h"
#include "base/text.h"
#include "gate.h"
#include "net/limits.h"

namespace guildhall::net {
namespace {

struct CurlUrlCleanup {
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
};
using CurlUrl = std::unique_ptr<CURLU, CurlUrlCleanup>;

std::string url_part(CURLU* url, CURLUPart part, unsigned flags) {
  char* text = nullptr;
  if (curl_url_get(url, part, &text, flags) != CURLUE_OK || text == nullptr) return {};
  std::string copy(text);
  curl_free(text);
  return copy;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

/// What a browser would take for an IPv4 number: the last label is made of digits, or is 0x and hexadecimal digits.
bool ends_in_number(std::string_view host) {
  const auto dot = host.rfind('.');
  const auto last = dot == host.npos ? host : host.substr(dot + 1);
  if (last.empty()) return false;
  if (last.find_first_not_of("0123456789") == last.npos) return true;
  return last.substr(0, 2) == "0x" && last.substr(2).find_first_not_of("0123456789abcdef") == last.npos;
}

void check_name(std::string_view host) {
  if (host.empty() || host.size() > 253) refuse_destination(host, "the host is empty or too long");
  if (!std::all_of(host.begin(), host.end(), is_name_character)) {
    refuse_destination("(unreadable)", "the host has characters no host name has");
  }
  if (host.back() == '.') refuse_destination(host, "the host ends with a dot");
  for (const auto label : split(host, '.')) {
    if (label.empty() || label.size() > 63) refuse_destination(host, "the host has an empty or too long label");
  }
}

void check_characters(std::string_view text) {
  if (text.empty() || text.size() > kOutboundUrlBytesMax) refuse_destination("(none)", "the URL is empty or too long");
  for (const char c : text) {
    if (static_cast<unsigned char>(c) <= 0x20 || c == 0x7f || c == '\\') {
      refuse_destination("(unreadable)", "the URL contains white space, control characters or a backslash");
    }
  }
}

std::uint16_t port_of(std::string_view text, std::string_view host) {
  const auto port = parse_integer(text);
  const bool is_plain = text.size() <= 5 && text.find_first_not_of("0123456789") == text.npos && text.front() != '0';
  if (!is_plain || !port || *port < 1 || *port > 65535) refuse_destination(host, "the port is not a number from 1 to 65535");
  return static_cast<std::uint16_t>(*port);
}

/// Host and port out of `authority`, which has neither user nor escapes.
void read_authority(std::string_view authority, OutboundUrl& url) {
  std::string_view port_text;
  bool has_port = false;
  if (!authority.empty() && authority.front() == '[') {
    const auto end = authority.find(']');
    if (end == authority.npos) refuse_destination("(unreadable)", "the host has an open bracket");
    const auto address = parse_address(authority.substr(1, end - 1));
    if (!address || !address->is_v6) refuse_destination("(unreadable)", "what stands in brackets is not an IPv6 address");
    url.host = address_text(*address);
    url.is_address = true;
    const auto rest = authority.substr(end + 1);
    has_port = !rest.empty();
    if (has_port && rest.front() != ':') refuse_destination(url.host, "text follows the address");
    if (has_port) port_text = rest.substr(1);
  } else {
    const auto colon = authority.find(':');
    url.host = ascii_lower(authority.substr(0, colon));
    has_port = colon != authority.npos;
    if (has_port) port_text = authority.substr(colon + 1);
    check_name(url.host);
    url.is_address = parse_address(url.host).has_value();
    if (ends_in_number(url.host) && !url.is_address) refuse_destination(url.host, "an unusual spelling of an IPv4 address");
  }
  if (has_port && port_text.empty()) refuse_destination(url.host, "the port is empty");
  url.port = has_port ? port_of(port_text, url.host) : (url.is_https ? 443 : 80);
}

/// libcurl's reading must agree with ours; its encoding of path and query is what is sent.
void confirm_with_curl(const std::string& text, OutboundUrl& url) {
  const CurlUrl parsed(curl_url());
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, text.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
    refuse_destination(url.host, "libcurl does not read the URL");
  }
  auto host = ascii_lower(url_part(parsed.get(), CURLUPART_HOST, 0));
  if (host.size() > 2 && host.front() == '[') host = host.substr(1, host.size() - 2);
  const auto port = url_part(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT);
  const auto scheme = url_part(parsed.get(), CURLUPART_SCHEME, 0);
  const auto address = parse_address(host);
  const bool same_host = host == url.host || (address && address_text(*address) == url.host);
  if (!same_host || port != std::to_string(url.port) || scheme != (url.is_https ? "https" : "http") ||
      !url_part(parsed.get(), CURLUPART_USER, 0).empty() || !url_part(parsed.get(), CURLUPART_PASSWORD, 0).empty()) {
    refuse_destination(url.host, "two parsers read the URL differently");
  }
  url.request_target = url_part(parsed.get(), CURLUPART_PATH, 0);
  if (url.request_target.empty()) url.request_target = "/";
  const auto query = url_part(parsed.get(), CURLUPART_QUERY, 0);
  if (!query.empty()) url.request_target += "?" + query;
}

}  // namespace

void refuse_destination(std::string_view host, std::string_view reason) {
  log::warning("outbound_refused", {{"host", host}, {"reason", reason}});
  throw OutboundError(OutboundFailure::destination_refused, "destination_refused: this address may not be contacted");
}

std::string OutboundUrl::origin() const {
  const bool is_v6 = host.find(':') != host.npos;
  return std::string(is_https ? "https://" : "http://") + (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

OutboundUrl parse_outbound_url(std::string_view text) {
  check_characters(text);
  const auto scheme_end = text.find("://");
  const auto scheme = ascii_lower(text.substr(0, scheme_end == text.npos ? 0 : scheme_end));
  OutboundUrl url;
  url.is_https = scheme == "https";
  if (!url.is_https && scheme != "http") refuse_destination("(none)", "only http and https are spoken");
  const auto rest = text.substr(scheme_end + 3);
  const auto authority_end = std::min(rest.find_first_of("/?#"), rest.size());
  const auto authority = rest.substr(0, authority_end);
  const auto tail = rest.substr(authority_end);
  if (authority.find('@') != authority.npos) refuse_destination("(unreadable)", "the URL names a user");
  if (authority.find('%') != authority.npos) refuse_destination("(unreadable)", "the host is encoded or has a zone");
  for (const char c : authority) {
    if (static_cast<unsigned char>(c) >= 0x80) refuse_destination("(unreadable)", "the host is not ASCII; its xn-- form is");
  }
  // http://good#@evil and http://good?@evil are read as evil by some.
  const bool is_odd_tail = !tail.empty() && tail.front() != '/' && tail.substr(0, tail.find('/')).find('@') != tail.npos;
  if (is_odd_tail) refuse_destination("(unreadable)", "an @ follows the host without a path");
  read_authority(authority, url);
  confirm_with_curl(std::string(text.substr(0, text.find('#'))), url);
  return url;
}

OutboundUrl redirected(const OutboundUrl& base, std::string_view location) {
  check_characters(location);
  // A scheme of its own makes the location absolute; it is then parsed as it came.
  const auto colon = location.find(':');
  const auto first_special = location.find_first_of("/?#");
  if (colon != location.npos && colon < first_special) return parse_outbound_url(location);
  if (location.substr(0, 2) == "//") return parse_outbound_url((base.is_https ? "https:" : "http:") + std::string(location));
  const CurlUrl parsed(curl_url());
  const std::string relative(location);
  if (!parsed || curl_url_set(parsed.get(), CURLUPART_URL, base.text().c_str(), 0) != CURLUE_OK ||
      curl_url_set(parsed.get(), CURLUPART_URL, relative.c_str(), CURLU_URLENCODE) != CURLUE_OK) {
    refuse_destination(base.host, "the redirect's location is not a URL");
  }
  return parse_outbound_url(url_part(parsed.get(), CURLUPART_URL, 0));
}

}  // namespace guildhall::net
