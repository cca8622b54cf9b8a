// From a response to what it means for a sync.
#include "sources/page_reading.h"

#include "../limits.h"
#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "sources/page_links.h"

namespace guildhall::knowledge {
namespace {

bool is_moved_status(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// What a reader sees of a page, hashed.
std::string reader_sha256(const Extracted& page) {
  std::string text = page.title;
  for (const Block& block : page.blocks) {
    text += '\n';
    text += std::to_string(static_cast<int>(block.kind)) + ":" + block.anchor + ":" + block.text;
  }
  return to_hex(bytes_of(sha256(text)));
}

void read_location(PageReading& reading, const WebUrl& page, std::string_view location) {
  const auto target = location.empty() ? std::nullopt : resolve_link(page, location);
  if (!target) {
    reading.reason = "bad_redirect";
  } else if (!is_same_site(page, *target)) {
    reading.kind = PageKind::unwanted;
    reading.reason = "redirected_elsewhere";
  } else if (page.is_https && !target->is_https) {
    reading.reason = "redirected_to_http";
  } else {
    reading.kind = PageKind::moved;
    reading.reason = "redirected";
    reading.moved_to = *target;
  }
}

void read_status(PageReading& reading, const PageResponse& response) {
  switch (response.status) {
    case 404:
    case 410:
      reading.kind = PageKind::gone;
      reading.reason = "not_found";
      break;
    case 429:
    case 503:
      reading.kind = PageKind::patience;
      reading.reason = "http_" + std::to_string(response.status);
      break;
    default: reading.reason = "http_" + std::to_string(response.status);
  }
}

/// Links and wishes of an HTML page; true when it is to be indexed itself.
bool read_html_page(PageReading& reading, const WebUrl& page, const CrawlerNotes& notes, const CrawlerWishes& from_header,
                    bool follows_canonical) {
  PageLinks found = links_of(notes, page);
  if (!from_header.is_nofollow) reading.links = std::move(found.links);
  if (found.wishes.is_noindex || from_header.is_noindex) {
    reading.kind = PageKind::unwanted;
    reading.reason = "noindex";
    return false;
  }
  if (!follows_canonical || !found.canonical || found.canonical->text() == page.text()) return true;
  const bool is_elsewhere = !is_same_site(page, *found.canonical);
  reading.kind = is_elsewhere ? PageKind::unwanted : PageKind::moved;
  reading.reason = is_elsewhere ? "canonical_elsewhere" : "canonical";
  if (!is_elsewhere) reading.moved_to = *found.canonical;
  return false;
}

void read_success(PageReading& reading, const Extractor& extractor, const WebUrl& page, const PageResponse& response,
                  const ReadingRules& rules) {
  const CrawlerWishes from_header = read_robots_tag(response.robots_tag);
  const std::string type = ascii_lower(response.content_type);
  const bool is_named_html = type.starts_with("text/html") || type.starts_with("application/xhtml+xml");
  reading.content = type.starts_with("text/") || is_named_html ? page_in_utf8(response.content, type) : response.content;
  reading.filename = filename_of_page(page, type);
  reading.content_type = media_type(sniff(reading.content, reading.filename));
  const bool is_html = is_named_html || reading.content_type == "text/html";
  if (is_html) {
    const Extracted read = extractor.read_page(reading.content);
    if (!read_html_page(reading, page, read.crawler, from_header, rules.follows_canonical)) return;
    reading.text_sha256 = reader_sha256(read);
  } else if (from_header.is_noindex) {
    reading.kind = PageKind::unwanted;
    reading.reason = "noindex";
    return;
  }
  if (!is_html) reading.text_sha256 = to_hex(bytes_of(sha256(reading.content)));
  reading.kind = PageKind::content;
}

void read_unchanged(PageReading& reading, const Extractor& extractor, const WebUrl& page, const PageResponse& response,
                    const ReadingRules& rules) {
  const CrawlerWishes from_header = read_robots_tag(response.robots_tag);
  reading.kind = PageKind::unchanged;
  if (rules.stored == nullptr) return;
  const bool is_html = media_type(sniff(*rules.stored, filename_of_page(page, {}))) == "text/html";
  if (is_html) read_html_page(reading, page, extractor.read_page(*rules.stored).crawler, from_header, rules.follows_canonical);
}

}  // namespace

std::string filename_of_page(const WebUrl& page, std::string_view content_type) {
  std::string_view path = page.path;
  while (path.ends_with('/')) path.remove_suffix(1);
  std::string name(path.substr(path.rfind('/') == std::string_view::npos ? 0 : path.rfind('/') + 1));
  if (name.empty()) name = page.host;
  const bool has_extension = name.find('.') != std::string::npos && !path.empty();
  if (content_type.starts_with("text/markdown") && !name.ends_with(".md") && !name.ends_with(".mdx")) name += ".md";
  if (content_type.starts_with("text/plain") && !has_extension) name += ".txt";
  if (content_type.starts_with("text/html") && !has_extension) name += ".html";
  return std::string(prefix_bytes(name, kFilenameBytesMax));
}

PageReading read_page(const Extractor& extractor, const WebUrl& page, const PageResponse& response, const ReadingRules& rules) {
  PageReading reading;
  if (!response.failure_code.empty()) {
    reading.reason = response.failure_code;
    return reading;
  }
  try {
    if (response.status == 304) {
      read_unchanged(reading, extractor, page, response, rules);
    } else if (response.status >= 200 && response.status < 300) {
      read_success(reading, extractor, page, response, rules);
    } else if (is_moved_status(response.status)) {
      read_location(reading, page, response.location);
    } else {
      read_status(reading, response);
    }
  } catch (const ExtractionFailure& failure) {
    reading.kind = PageKind::failed;
    reading.reason = failure.code;
  } catch (const Refusal& refusal) {
    reading.kind = PageKind::failed;
    reading.reason = name(refusal.code);
  }
  return reading;
}

}  // namespace guildhall::knowledge
