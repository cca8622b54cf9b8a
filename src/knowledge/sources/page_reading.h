// What a fetched page turned out to be, without looking at anything but the response. The bytes come from anyone.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/crawl.h"
#include "knowledge/extractor.h"
#include "sources/web_url.h"

namespace guildhall::knowledge {

enum class PageKind : std::uint8_t {
  content,    ///< to be indexed
  unchanged,  ///< as it was stored
  moved,      ///< a redirect or a canonical link leads to `moved_to`
  gone,       ///< 404 or 410
  unwanted,   ///< the page does not want to be found, or is another site's
  patience,   ///< the site asks to come again later
  failed
};

struct PageReading {
  PageKind kind = PageKind::failed;
  std::string reason;  ///< a code, for what is not content
  std::string content;
  std::string content_type;
  std::string filename;
  std::string text_sha256;    ///< of what a reader sees, so that a counter in the mark-up is no change
  std::vector<WebUrl> links;  ///< followed also from pages that are not indexed
  std::optional<WebUrl> moved_to;
};

struct ReadingRules {
  bool follows_canonical = true;
  const std::string* stored = nullptr;  ///< the page as it was stored, for a 304
};

PageReading read_page(const Extractor& extractor, const WebUrl& page, const PageResponse& response, const ReadingRules& rules);

/// What the page's document is called: the last segment of its path, else its host.
std::string filename_of_page(const WebUrl& page, std::string_view content_type);

}  // namespace guildhall::knowledge
