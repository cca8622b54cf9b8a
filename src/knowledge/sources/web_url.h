// URLs of pages as the crawler compares them: absolute, http or https, in one spelling. Fed by tenants and by pages.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace guildhall::knowledge {

struct WebUrl {
  bool is_https = false;
  std::string host;  ///< lower case; IPv6 with its brackets
  std::uint16_t port = 80;
  std::string path;   ///< begins with '/'; dot segments resolved, percent-encoding in one spelling
  std::string query;  ///< with its '?', or empty

  std::string text() const;    ///< without a fragment
  std::string target() const;  ///< path and query
  std::string site() const;    ///< scheme, host and port
};

/// nullopt for what is not one plain absolute http or https URL: other schemes, user information, names that are not ASCII.
std::optional<WebUrl> parse_web_url(std::string_view text);
/// What a link on the page `base` means (RFC 3986 §5); nullopt where it leads nowhere a crawler goes (mailto:, javascript:).
std::optional<WebUrl> resolve_link(const WebUrl& base, std::string_view reference);
/// The same host and port; http and https on their own ports count as one site.
bool is_same_site(const WebUrl& a, const WebUrl& b);

/// Percent-encoding in one spelling: unreserved characters plain, hexadecimal digits in capitals, everything that may not
/// stand in a URL encoded.
std::string normalised_octets(std::string_view text);

}  // namespace guildhall::knowledge
