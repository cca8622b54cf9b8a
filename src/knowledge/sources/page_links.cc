// Links, canonical address and crawler directives of a page.
#include "sources/page_links.h"

#include <unicode/ucnv.h>

#include <unordered_set>

#include "../limits.h"
#include "base/text.h"
#include "sources/robots.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kCharsetPrescanBytes = 1024;

void add_directives(CrawlerWishes& wishes, std::string_view list) {
  for (const std::string_view item : split(list, ',')) {
    const std::string word = ascii_lower(trimmed(item));
    if (word == "noindex" || word == "none") wishes.is_noindex = true;
    if (word == "nofollow" || word == "none") wishes.is_nofollow = true;
  }
}

/// The value after `charset=` in text, without quotes; empty when there is none.
std::string charset_in(std::string_view text) {
  const std::string lower = ascii_lower(text);
  const std::size_t at = lower.find("charset=");
  if (at == std::string::npos) return {};
  std::string_view value = std::string_view(lower).substr(at + 8);
  while (!value.empty() && (value.front() == '"' || value.front() == '\'' || value.front() == ' ')) value.remove_prefix(1);
  return std::string(value.substr(0, value.find_first_of("\"' ;/>")));
}

}  // namespace

PageLinks links_of(const CrawlerNotes& notes, const WebUrl& page) {
  PageLinks found;
  add_directives(found.wishes, notes.directives);
  const WebUrl base = notes.base.empty() ? page : resolve_link(page, notes.base).value_or(page);
  if (!notes.canonical.empty()) found.canonical = resolve_link(base, notes.canonical);
  if (found.wishes.is_nofollow) return found;
  std::unordered_set<std::string> seen;
  for (const std::string& reference : notes.links) {
    if (found.links.size() == kLinksPerPageMax) break;
    const auto link = resolve_link(base, reference);
    if (link && seen.insert(link->text()).second) found.links.push_back(*link);
  }
  return found;
}

CrawlerWishes read_robots_tag(std::string_view field) {
  CrawlerWishes wishes;
  bool is_ours = true;
  for (const std::string_view item : split(field, ',')) {
    const std::size_t colon = item.find(':');
    // `unavailable_after: date` is a directive; every other word before a colon names a crawler.
    if (colon != std::string_view::npos && !equals_ignoring_case(trimmed(item.substr(0, colon)), "unavailable_after")) {
      is_ours = equals_ignoring_case(trimmed(item.substr(0, colon)), kCrawlerToken);
      if (is_ours) add_directives(wishes, item.substr(colon + 1));
    } else if (is_ours) {
      add_directives(wishes, item);
    }
  }
  return wishes;
}

std::string page_in_utf8(std::string content, std::string_view content_type) {
  if (is_valid_utf8(content)) return content;
  std::string charset = charset_in(content_type);
  if (charset.empty()) charset = charset_in(std::string_view(content).substr(0, kCharsetPrescanBytes));
  if (charset.empty() || charset == "utf-8" || charset == "utf8") return content;
  UErrorCode status = U_ZERO_ERROR;
  const int32_t size =
      ucnv_convert("UTF-8", charset.c_str(), nullptr, 0, content.data(), static_cast<int32_t>(content.size()), &status);
  if (status != U_BUFFER_OVERFLOW_ERROR || size <= 0) return content;
  std::string converted(static_cast<std::size_t>(size), '\0');
  status = U_ZERO_ERROR;
  ucnv_convert("UTF-8", charset.c_str(), converted.data(), size, content.data(), static_cast<int32_t>(content.size()), &status);
  return U_SUCCESS(status) ? converted : content;
}

}  // namespace guildhall::knowledge
