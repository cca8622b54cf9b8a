// What a crawler reads and obeys, as pure functions: URLs, robots.txt, sitemaps, links, globs.
#include <doctest/doctest.h>
#include <zlib.h>

#include <random>

#include "../limits.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "sources/page_links.h"
#include "sources/robots.h"
#include "sources/sitemap.h"
#include "sources/web_url.h"
#include "sources/wildcards.h"

namespace guildhall::knowledge {
namespace {

std::string url(std::string_view text) {
  const auto parsed = parse_web_url(text);
  return parsed ? parsed->text() : "refused";
}

std::string resolved_link(std::string_view base, std::string_view reference) {
  const auto link = resolve_link(parse_web_url(base).value(), reference);
  return link ? link->text() : "refused";
}

std::string gzip(std::string_view text) {
  z_stream stream{};
  REQUIRE(deflateInit2(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, text.size()) + 64, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string failure_of_sitemap(std::string_view bytes) {
  try {
    read_sitemap(bytes);
  } catch (const ExtractionFailure& failure) {
    return failure.code;
  }
  return "read";
}

}  // namespace

TEST_CASE("a URL has one spelling") {
  CHECK(url("HTTP://Example.COM") == "http://example.com/");
  CHECK(url("https://example.com:443/a/./b/../c") == "https://example.com/a/c");
  CHECK(url("http://example.com:8080/%7euser/%c3%a9?q=%2f#part") == "http://example.com:8080/~user/%C3%A9?q=%2F");
  CHECK(url("http://example.com/caf\xC3\xA9 au lait") == "http://example.com/caf%C3%A9%20au%20lait");
  CHECK(url("http://example.com/../../x") == "http://example.com/x");
  CHECK(url("http://example.com/a/..") == "http://example.com/");
  CHECK(url("http://example.com?") == "http://example.com/");
  CHECK(url("http://[::1]:81/x") == "http://[::1]:81/x");
}

TEST_CASE("what is not a plain page URL is refused") {
  for (const std::string_view text :
       {"", "example.com", "ftp://example.com/", "http://", "http://user@example.com/", "http://a..b/", "http://exa mple.com/",
        "http://ex\xC3\xA4mple.com/", "http://example.com:0/", "http://example.com:70000/", "http://a\\@b/",
        "javascript:alert(1)", "file:///etc/passwd"}) {
    CHECK_MESSAGE(url(text) == "refused", text);
  }
  CHECK(url("http://example.com/" + std::string(kUrlBytesMax, 'a')) == "refused");
}

TEST_CASE("a link means what RFC 3986 section 5.4 says") {
  const std::string_view base = "http://a/b/c/d;p?q";
  const std::pair<std::string_view, std::string_view> rows[] = {{"g", "http://a/b/c/g"},
                                                                {"./g", "http://a/b/c/g"},
                                                                {"g/", "http://a/b/c/g/"},
                                                                {"/g", "http://a/g"},
                                                                {"//g", "http://g/"},
                                                                {"?y", "http://a/b/c/d;p?y"},
                                                                {"g?y", "http://a/b/c/g?y"},
                                                                {"#s", "http://a/b/c/d;p?q"},
                                                                {"g#s", "http://a/b/c/g"},
                                                                {";x", "http://a/b/c/;x"},
                                                                {"", "http://a/b/c/d;p?q"},
                                                                {".", "http://a/b/c/"},
                                                                {"..", "http://a/b/"},
                                                                {"../g", "http://a/b/g"},
                                                                {"../..", "http://a/"},
                                                                {"../../../g", "http://a/g"},
                                                                {"/./g", "http://a/g"},
                                                                {"g.", "http://a/b/c/g."},
                                                                {"..g", "http://a/b/c/..g"},
                                                                {"./g/.", "http://a/b/c/g/"},
                                                                {"g;x=1/../y", "http://a/b/c/y"},
                                                                {"mailto:x@y", "refused"},
                                                                {"javascript:void(0)", "refused"},
                                                                {"tel:123", "refused"},
                                                                {"https://b/x", "https://b/x"},
                                                                {" g ", "http://a/b/c/g"},
                                                                {"g?y/../x", "http://a/b/c/g?y/../x"}};
  for (const auto& [reference, wanted] : rows) CHECK_MESSAGE(resolved_link(base, reference) == wanted, reference);
}

TEST_CASE("a site is a host and port, http and https alike on their own ports") {
  const auto same = [](std::string_view a, std::string_view b) {
    return is_same_site(parse_web_url(a).value(), parse_web_url(b).value());
  };
  CHECK(same("http://example.com/a", "https://example.com/b"));
  CHECK_FALSE(same("http://example.com/", "http://www.example.com/"));
  CHECK_FALSE(same("http://example.com:8080/", "http://example.com/"));
  CHECK_FALSE(same("http://example.com.evil.example/", "http://example.com/"));
}

TEST_CASE("robots.txt: the longest rule decides, allow before disallow") {
  const Robots robots = parse_robots(
      "User-agent: *\nDisallow: /private/\nAllow: /private/open\nDisallow: /*.pdf$\nDisallow: /caf%c3%a9\n"
      "Allow: /same\nDisallow: /same\n");
  CHECK(robots.allows("/"));
  CHECK_FALSE(robots.allows("/private/"));
  CHECK_FALSE(robots.allows("/private/x"));
  CHECK(robots.allows("/private/open/x"));
  CHECK_FALSE(robots.allows("/a/b.pdf"));
  CHECK(robots.allows("/a/b.pdf?x"));
  CHECK_FALSE(robots.allows("/caf%C3%A9"));
  CHECK(robots.allows("/same"));
  CHECK(robots.allows("/robots.txt"));
}

TEST_CASE("robots.txt: the groups that name the crawler replace those for all") {
  const Robots robots = parse_robots(
      "User-agent: *\nDisallow: /\n\nuser-agent: OtherBot\nUser-Agent: GuildhallBot/2.1 # ours\nDisallow: /one\n\n"
      "User-agent: guildhallbot\nDisallow: /two\nSitemap: https://example.com/sitemap.xml\n");
  CHECK(robots.allows("/three"));
  CHECK_FALSE(robots.allows("/one"));
  CHECK_FALSE(robots.allows("/two"));
  REQUIRE(robots.sitemaps().size() == 1);
  CHECK(robots.sitemaps()[0] == "https://example.com/sitemap.xml");
}

TEST_CASE("robots.txt: an empty disallow, nonsense and no file at all allow everything") {
  for (const std::string_view text : {"", "User-agent: *\nDisallow:\n", "<html>not found</html>", "Disallow: /before-any-group\n",
                                      "User-agent: guildhallbotany\nDisallow: /\n", "\xFF\xFE\0\0"}) {
    CHECK_MESSAGE(parse_robots(text).allows("/before-any-group"), text);
  }
  const Robots carriage = parse_robots("\xEF\xBB\xBFUser-agent: *\rDisallow: /x\r\n");
  CHECK_FALSE(carriage.allows("/x"));
}

TEST_CASE("robots.txt: a pattern of many stars costs no more than its length times the target's") {
  std::string rule = "User-agent: *\nDisallow: /";
  for (int i = 0; i < 500; ++i) rule += "*a";
  rule += "$\n";
  const Robots robots = parse_robots(rule);
  CHECK(robots.allows("/" + std::string(2000, 'b')));
  CHECK_FALSE(robots.allows("/" + std::string(500, 'a')));
}

TEST_CASE("a glob's star stays in its segment, two go on") {
  CHECK(glob_matches("/docs/**", "http://a/docs/x/y"));
  CHECK(glob_matches("/docs/**", "http://a/docs/"));
  CHECK_FALSE(glob_matches("/docs/**", "http://a/docs"));
  CHECK(glob_matches("/docs/*", "http://a/docs/x"));
  CHECK_FALSE(glob_matches("/docs/*", "http://a/docs/x/y"));
  CHECK(glob_matches("/docs/*/y", "http://a/docs/x/y"));
  CHECK(glob_matches("**/*.html", "http://a/x/y/z.html?print=1"));
  CHECK(glob_matches("/**/a/*b/**/c", "http://x/1/2/a/xb/3/c"));
  CHECK_FALSE(glob_matches("/**/a/*b/**/c", "http://x/1/2/a/xb/3/d"));
  CHECK(glob_matches("blog/?", "http://a/blog/1"));
  CHECK_FALSE(glob_matches("blog/?", "http://a/blog/12"));
  CHECK(glob_matches("https://example.com/en/**", "https://example.com/en/a"));
  CHECK_FALSE(glob_matches("https://example.com/en/**", "https://example.com/de/a"));
  CHECK(glob_matches("/search?q=*", "http://a/search?q=1"));
}

TEST_CASE("a glob made to take long ends without a match") {
  std::string glob = "/**";
  for (int i = 0; i < 100; ++i) glob += "a*";
  CHECK_FALSE(glob_matches(glob + "b", "http://x/" + std::string(2000, 'a')));
  CHECK(glob_matches("/**" + std::string(50, 'a'), "http://x/" + std::string(100, 'a')));
}

TEST_CASE("a sitemap gives the locations of its pages, not those of its images") {
  const Sitemap sitemap = read_sitemap(
      "<?xml version=\"1.0\"?><!-- <url><loc>http://a/comment</loc></url> -->"
      "<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\" xmlns:image=\"i\">"
      "<url><loc> http://a/one?x=1&amp;y=2 </loc><lastmod>2026-01-01</lastmod><image:image><image:loc>http://a/i.png</image:loc>"
      "</image:image></url><url><loc><![CDATA[http://a/two]]></loc></url><url><loc></loc></url></urlset>");
  CHECK_FALSE(sitemap.is_index);
  CHECK(sitemap.locations == std::vector<std::string>{"http://a/one?x=1&y=2", "http://a/two"});
}

TEST_CASE("a sitemap index, a prefix, gzip and plain lines are read too") {
  const std::string index =
      "<s:sitemapindex xmlns:s=\"x\"><s:sitemap><s:loc>http://a/1.xml.gz</s:loc></s:sitemap></s:sitemapindex>";
  CHECK(read_sitemap(index).is_index);
  CHECK(read_sitemap(gzip(index)).locations == std::vector<std::string>{"http://a/1.xml.gz"});
  CHECK(read_sitemap("http://a/1\nhttps://a/2\r\n\n").locations == std::vector<std::string>{"http://a/1", "https://a/2"});
}

TEST_CASE("what is no sitemap is refused by name") {
  CHECK(failure_of_sitemap("") == "not_a_sitemap");
  CHECK(failure_of_sitemap("<!DOCTYPE html><html><body>hello</body></html>") == "not_a_sitemap");
  CHECK(failure_of_sitemap("hello") == "not_a_sitemap");
  CHECK(failure_of_sitemap("\x1F\x8B garbage") == "broken_gzip");
  const std::string whole = gzip("<urlset></urlset>");
  CHECK(failure_of_sitemap(whole.substr(0, whole.size() - 9)) == "broken_gzip");
  CHECK(failure_of_sitemap(gzip(std::string(kSitemapBytesMax + 1, ' '))) == "too_large");
  CHECK(failure_of_sitemap("<urlset><url><loc>http://a/<") == "read");
}

namespace {

PageLinks page_links(std::string_view html, const WebUrl& page) {
  return links_of(extract_page(html).crawler, page);
}

}  // namespace

TEST_CASE("a page gives its links once each, against its base") {
  const PageLinks found = page_links(
      "<html><head><base href='/docs/'><link rel='canonical' href='/docs/page'></head><body>"
      "<a href='one'>1</a><a href='one#again'>1</a><a href='/two?x=1'>2</a><a rel='external nofollow' href='three'>3</a>"
      "<a href='mailto:x@y'>4</a><map><area href='//other.example/5'></map><a>6</a></body></html>",
      parse_web_url("http://a/index.html").value());
  std::vector<std::string> links;
  for (const WebUrl& link : found.links) links.push_back(link.text());
  CHECK(links == std::vector<std::string>{"http://a/docs/one", "http://a/two?x=1", "http://other.example/5"});
  REQUIRE(found.canonical);
  CHECK(found.canonical->text() == "http://a/docs/page");
  CHECK_FALSE(found.wishes.is_noindex);
}

TEST_CASE("noindex and nofollow are read from meta elements and header fields, for all crawlers or this one") {
  const auto page = parse_web_url("http://a/").value();
  const PageLinks none = page_links("<meta name=ROBOTS content='NONE'><a href=x>x</a>", page);
  CHECK(none.wishes.is_noindex);
  CHECK(none.links.empty());
  CHECK(page_links("<meta name=guildhallbot content='follow, noindex'>", page).wishes.is_noindex);
  CHECK_FALSE(page_links("<meta name=otherbot content=noindex>", page).wishes.is_noindex);
  CHECK(read_robots_tag("noindex").is_noindex);
  CHECK(read_robots_tag("unavailable_after: 25 Jun 2030, nofollow").is_nofollow);
  CHECK_FALSE(read_robots_tag("otherbot: noindex, nofollow").is_noindex);
  CHECK(read_robots_tag("otherbot: nofollow, guildhallbot: noindex").is_noindex);
  CHECK_FALSE(read_robots_tag("").is_noindex);
}

TEST_CASE("a page in another charset becomes UTF-8") {
  CHECK(page_in_utf8("caf\xE9", "text/html; charset=\"ISO-8859-1\"") == "caf\xC3\xA9");
  CHECK(page_in_utf8("<meta charset=windows-1252>\x80", "text/html") == "<meta charset=windows-1252>\xE2\x82\xAC");
  CHECK(page_in_utf8("caf\xC3\xA9", "text/html; charset=iso-8859-1") == "caf\xC3\xA9");
  CHECK(page_in_utf8("\xFF", "text/html; charset=no-such") == "\xFF");
}

TEST_CASE("mutated robots files, sitemaps, pages and addresses are read or refused, never more") {
  const std::uint32_t seed = std::random_device()();
  CAPTURE(seed);
  std::mt19937 random(seed);
  const std::string samples[] = {
      "User-agent: *\nDisallow: /a*b$\nAllow: /%7Ea\nSitemap: http://a/s.xml\n",
      "<?xml version='1.0'?><urlset xmlns='x'><url><loc>http://a/b?c&amp;d</loc></url><!-- c "
      "--><url><loc><![CDATA[x]]></loc></url>"
      "</urlset>",
      gzip("<sitemapindex><sitemap><loc>http://a/1.xml</loc></sitemap></sitemapindex>"),
      "<html><head><base href='/x/'><meta name=robots content='noindex, nofollow'><link rel=canonical href='../y'></head>"
      "<body><a href='?q#f'>a</a><a rel='nofollow' href='//b:81/%c3%a9'>b</a></body></html>",
      "http://[::1]:81/a/../b/./%2e%2e/c?d=e&f#g"};
  const WebUrl page = parse_web_url("http://shop.example/a/b?c").value();
  for (int i = 0; i < 4'000; ++i) {
    std::string text = samples[static_cast<std::size_t>(i) % std::size(samples)];
    for (std::uint32_t edits = random() % 4 + 1; edits > 0; --edits) {
      const std::size_t at = random() % text.size();
      switch (random() % 4) {
        case 0: text[at] = static_cast<char>(random() % 256); break;
        case 1: text.insert(at, 1, "<>&%/:?#*$\0\\"[random() % 12]); break;
        case 2: text.erase(at, random() % 4 + 1); break;
        default: text += text.substr(at, 16);
      }
      if (text.empty()) text = "x";
    }
    parse_robots(text).allows("/a/b?c");
    failure_of_sitemap(text);
    if (is_valid_utf8(text)) page_links(text, page);
    read_robots_tag(text);
    page_in_utf8(text, text);
    glob_matches(text, "http://shop.example/a/b?c");
    if (const auto link = resolve_link(page, text)) CHECK(link->path.starts_with('/'));
    if (const auto parsed = parse_web_url(text)) CHECK(parse_web_url(parsed->text()).value().text() == parsed->text());
  }
}

}  // namespace guildhall::knowledge
