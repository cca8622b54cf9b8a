// Links, base, canonical address and directives, as the page writes them.
#include "extraction/crawler_notes.h"

#include "../limits.h"
#include "base/text.h"
#include "sources/robots.h"

namespace guildhall::knowledge {
namespace {

bool has_rel(std::string_view list, std::string_view wanted) {
  for (const std::string_view word : split(list, ' ')) {
    if (equals_ignoring_case(trimmed(word), wanted)) return true;
  }
  return false;
}

/// The reference, unless it is too long to be followed.
std::string reference_of(const GumboNode& node) {
  const std::string_view reference = attribute(node, "href");
  return reference.size() <= kUrlBytesMax ? std::string(reference) : std::string();
}

void add_directives(CrawlerNotes& notes, std::string_view directives) {
  if (notes.directives.size() + directives.size() > kDirectivesBytesMax) return;
  if (!notes.directives.empty()) notes.directives += ',';
  notes.directives += directives;
}

void note_element(CrawlerNotes& notes, const GumboNode& node) {
  if (is_element(node, GUMBO_TAG_META)) {
    const std::string_view name = attribute(node, "name");
    if (equals_ignoring_case(name, "robots") || equals_ignoring_case(name, kCrawlerToken))
      add_directives(notes, attribute(node, "content"));
    return;
  }
  if (!has_attribute(node, "href")) return;
  if (is_element(node, GUMBO_TAG_BASE)) {
    if (notes.base.empty()) notes.base = reference_of(node);
  } else if (is_element(node, GUMBO_TAG_LINK)) {
    if (notes.canonical.empty() && has_rel(attribute(node, "rel"), "canonical")) notes.canonical = reference_of(node);
  } else if (is_element(node, GUMBO_TAG_A) || is_element(node, GUMBO_TAG_AREA)) {
    if (notes.links.size() < kLinksNotedMax && !has_rel(attribute(node, "rel"), "nofollow"))
      notes.links.push_back(reference_of(node));
  }
}

}  // namespace

CrawlerNotes crawler_notes(const GumboNode& root) {
  CrawlerNotes notes;
  walk(
      root,
      [&](const GumboNode& node) {
        if (node.type == GUMBO_NODE_ELEMENT) note_element(notes, node);
        return Visit::descend;
      },
      [](const GumboNode&) {});
  return notes;
}

}  // namespace guildhall::knowledge
