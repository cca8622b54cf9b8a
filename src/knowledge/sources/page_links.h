// What a page says to crawlers: where it links, what its canonical address is, whether it wants to be found.
// Written by the site that is crawled.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "extraction/extract.h"
#include "sources/web_url.h"

namespace guildhall::knowledge {

struct CrawlerWishes {
  bool is_noindex = false;
  bool is_nofollow = false;
};

struct PageLinks {
  std::vector<WebUrl> links;  ///< in the order of the page, each once; empty when the page says nofollow
  std::optional<WebUrl> canonical;
  CrawlerWishes wishes;
};

/// The page's own words as addresses and wishes.
PageLinks links_of(const CrawlerNotes& notes, const WebUrl& page);

/// The directives of an X-Robots-Tag field, for all crawlers or this one.
CrawlerWishes read_robots_tag(std::string_view field);

/// HTML in UTF-8, whatever charset the Content-Type or the page's own <meta> names; unchanged where none is known.
std::string page_in_utf8(std::string content, std::string_view content_type);

}  // namespace guildhall::knowledge
