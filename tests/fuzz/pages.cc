// Any bytes as what a crawled site sends: robots.txt, a sitemap, a page, a link, a glob.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "extraction/extract.h"
#include "extraction/test_files.h"
#include "knowledge/crawl.h"
#include "knowledge/extractor.h"
#include "sources/page_reading.h"
#include "sources/robots.h"
#include "sources/sitemap.h"
#include "sources/web_url.h"
#include "sources/wildcards.h"

namespace {

using namespace guildhall::knowledge;

/// The content as a site would send it compressed; with its end cut off for half of them.
std::string gzipped(std::string_view content) {
  std::string packed("\x1f\x8b\x08\0\0\0\0\0\0\x03", 10);
  packed += test::deflated(content);
  if (content.size() % 2 == 1) return packed;
  test::put_little(
      packed,
      static_cast<std::uint32_t>(crc32(0, reinterpret_cast<const Bytef*>(content.data()), static_cast<uInt>(content.size()))), 4);
  test::put_little(packed, static_cast<std::uint32_t>(content.size()), 4);
  return packed;
}

void check_sitemap(std::string_view bytes) {
  try {
    read_sitemap(bytes);
  } catch (const ExtractionFailure& failure) {
    if (failure.code.empty()) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const std::string_view content(reinterpret_cast<const char*>(bytes), size);
  const WebUrl page = *parse_web_url("http://shop.example/a/b?c");
  parse_robots(content).allows("/a/b?c");
  if (const auto url = parse_web_url(content)) {
    // One spelling: reading it again changes nothing.
    if (parse_web_url(url->text())->text() != url->text()) std::abort();
  }
  if (const auto link = resolve_link(page, content); link && !link->path.starts_with('/')) std::abort();
  glob_matches(content.substr(0, 256), "http://shop.example/a/b?c");
  check_sitemap(content);
  check_sitemap(gzipped(content));
  PageResponse response;
  response.status = 200;
  response.content = content;
  response.content_type = "text/html";
  response.robots_tag = content.substr(0, 200);
  const PageReading reading = read_page(Extractor::in_process(), page, response, {});
  if (reading.kind == PageKind::failed && reading.reason.empty()) std::abort();
  return 0;
}
