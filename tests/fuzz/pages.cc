// Any bytes as what a crawled site sends: robots.txt, a sitemap, a page, a link, a glob.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "extraction/extract.h"
#include "knowledge/crawl.h"
#include "knowledge/extractor.h"
#include "sources/page_reading.h"
#include "sources/robots.h"
#include "sources/sitemap.h"
#include "sources/web_url.h"
#include "sources/wildcards.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall::knowledge;
  const std::string_view content(reinterpret_cast<const char*>(bytes), size);
  const WebUrl page = *parse_web_url("http://shop.example/a/b?c");
  parse_robots(content).allows("/a/b?c");
  if (const auto url = parse_web_url(content)) {
    // One spelling: reading it again changes nothing.
    if (parse_web_url(url->text())->text() != url->text()) std::abort();
  }
  if (const auto link = resolve_link(page, content); link && !link->path.starts_with('/')) std::abort();
  glob_matches(content.substr(0, 256), "http://shop.example/a/b?c");
  try {
    read_sitemap(content);
  } catch (const ExtractionFailure& failure) {
    if (failure.code.empty()) std::abort();
  }
  PageResponse response;
  response.status = 200;
  response.content = content;
  response.content_type = "text/html";
  response.robots_tag = content.substr(0, 200);
  const PageReading reading = read_page(Extractor::in_process(), page, response, {});
  if (reading.kind == PageKind::failed && reading.reason.empty()) std::abort();
  return 0;
}
