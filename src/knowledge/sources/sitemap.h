// Sitemaps (sitemaps.org 0.9): the pages a site names itself, plain or in gzip. Written by the site that is crawled.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

struct Sitemap {
  bool is_index = false;  ///< the locations are further sitemaps
  std::vector<std::string> locations;
};

/// Reads XML, or text with one URL a line. ExtractionFailure: "not_a_sitemap", "too_large" when gzip holds more than the
/// protocol's 50 MiB, "broken_gzip".
Sitemap read_sitemap(std::string_view bytes);

/// What gzip holds, up to `bytes_max`. ExtractionFailure: "broken_gzip", "too_large".
std::string gunzipped(std::string_view bytes, std::size_t bytes_max);

}  // namespace guildhall::knowledge
