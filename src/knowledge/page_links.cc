// Links, canonical address and crawler directives of a page.
#include "page_links.h"

#include <unicode/ucnv.h>

#include <unordered_set>

#include "base/text.h"
#include "html_tree.h"
#include "limits.h"
#include "robots.h"

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

bool has_rel(std::string_view list, std::string_view wanted) {
  for (const std::string_view word : split(list, ' ')) {
    if (equals_ignoring_case(trimmed(word), wanted)) return true;
  }
  return false;
}

class LinkReader {
 public:
  explicit LinkReader(const WebUrl& page) : base_(page) {}

  Visit enter(const GumboNode& node) {
    if (node.type != GUMBO_NODE_ELEMENT) return Visit::descend;
    if (is_element(node, GUMBO_TAG_BASE) && !has_base_ && has_attribute(node, "href")) {
      has_base_ = true;
      if (const auto base = resolve_link(base_, attribute(node, "href"))) base_ = *base;
    } else if (is_element(node, GUMBO_TAG_META)) {
      const std::string_view name = attribute(node, "name");
      if (equals_ignoring_case(name, "robots") || equals_ignoring_case(name, kCrawlerToken))
        add_directives(found.wishes, attribute(node, "content"));
    } else if (is_element(node, GUMBO_TAG_LINK)) {
      if (!found.canonical && has_rel(attribute(node, "rel"), "canonical") && has_attribute(node, "href"))
        found.canonical = resolve_link(base_, attribute(node, "href"));
    } else if (is_element(node, GUMBO_TAG_A) || is_element(node, GUMBO_TAG_AREA)) {
      add_link(node);
    }
    return Visit::descend;
  }

  PageLinks found;

 private:
  void add_link(const GumboNode& node) {
    if (found.links.size() >= kLinksPerPageMax || !has_attribute(node, "href")) return;
    if (has_rel(attribute(node, "rel"), "nofollow")) return;
    const auto link = resolve_link(base_, attribute(node, "href"));
    if (link && seen_.insert(link->text()).second) found.links.push_back(*link);
  }

  WebUrl base_;
  bool has_base_ = false;
  std::unordered_set<std::string> seen_;
};

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

PageLinks read_page_links(std::string_view html, const WebUrl& page) {
  const HtmlTree tree(html);
  LinkReader reader(page);
  walk(tree.root(), [&](const GumboNode& node) { return reader.enter(node); }, [](const GumboNode&) {});
  if (reader.found.wishes.is_nofollow) reader.found.links.clear();
  return std::move(reader.found);
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
