// Messages as values, targets, multipart forms.
#include "net/http.h"

#include <doctest/doctest.h>

#include "base/errors.h"
#include "target.h"

using namespace guildhall;
using namespace guildhall::net;

TEST_CASE("header fields compare without case, keep their order, and take no line breaks") {
  Headers headers;
  headers.add("Content-Type", "text/plain");
  headers.add("X-A", "1");
  headers.add("x-a", "2");
  CHECK(headers.get("content-type") == "text/plain");
  CHECK(headers.get("X-A") == "1");
  CHECK(headers.get_or("missing", "none") == "none");
  headers.set("X-a", "3");
  CHECK(headers.all().size() == 2);
  CHECK(headers.get("x-A") == "3");
  for (const auto& bad : {std::string("a\r\nb"), std::string("a\nb"), std::string("a\0b", 3)}) {
    CHECK_THROWS_AS(headers.add("X-B", bad), Refusal);
    CHECK_THROWS_AS(headers.set("X-B", bad), Refusal);
  }
  CHECK_THROWS_AS(headers.add("X B", "v"), Refusal);
  CHECK_THROWS_AS(headers.add("", "v"), Refusal);
}

TEST_CASE("queries are decoded in order; broken escapes and invalid UTF-8 are refused") {
  const auto query = Query::parse("a=1&b=x+y&a=%C3%A4&empty=&bare&&c=a%3Db%26c");
  CHECK(query.get("a") == "1");
  CHECK(query.all("a") == std::vector<std::string_view>{"1", "ä"});
  CHECK(query.get("b") == "x y");
  CHECK(query.get("empty") == "");
  CHECK(query.get("bare") == "");
  CHECK(query.get("c") == "a=b&c");
  CHECK_FALSE(query.get("nothing").has_value());
  for (const auto* bad : {"a=%", "a=%1", "a=%zz", "%C3=1", "a=%FF", "a=\xff"}) CHECK_THROWS_AS(Query::parse(bad), Refusal);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "a&";
  CHECK(Query::parse(many).items().size() == 1000);
  CHECK_THROWS_AS(Query::parse(many + "a"), Refusal);
}

TEST_CASE("percent-encoding leaves only unreserved characters") {
  CHECK(url_encoded("aZ09-._~") == "aZ09-._~");
  CHECK(url_encoded("a b/ä?") == "a%20b%2F%C3%A4%3F");
}

TEST_CASE("cookies: the first of two equal names stays, quotes go") {
  const auto cookies = parse_cookies("a=1; b=\"two\"; a=3; broken; =x; c=d=e");
  CHECK(cookies.size() == 3);
  CHECK(cookies.at("a") == "1");
  CHECK(cookies.at("b") == "two");
  CHECK(cookies.at("c") == "d=e");
}

TEST_CASE("targets: what is read and what is refused") {
  CHECK(parse_target("/").path == "/");
  CHECK(parse_target("/a/b/?x=1").path == "/a/b");
  CHECK(parse_target("/a/b/?x=1").query_text == "x=1");
  CHECK(parse_target("//a").path == "/a");
  CHECK(parse_target("///").path == "/");
  CHECK(parse_target("/a%20b/%C3%A4").path == "/a b/ä");
  CHECK(parse_target("/a%2Fb").raw_path == "/a%2Fb");
  CHECK(parse_target("http://example.com/x?y").path == "/x");
  CHECK(parse_target("HTTPS://example.com").path == "/");
  CHECK(parse_target("http://example.com?q").query_text == "q");
  CHECK(parse_target("/...").path == "/...");
  for (const auto* bad : {"/%",          "/%1",  "/%zz", "/a%00b",         "/a%0Ab",   "/a%7f",     "/%ff",
                          "/%C3",        "/.",   "/..",  "/a/../b",        "/a/./b",   "/%2e%2e/b", "/a/%2E",
                          "/a%2f..%2fb", "/a#b", "a/b",  "example.com:80", "ftp://x/", "http://",   "http:///x"}) {
    CAPTURE(bad);
    CHECK_THROWS_AS(parse_target(bad), Refusal);
  }
}

TEST_CASE("the client's address comes from a proxy only when that is trusted") {
  Headers headers;
  headers.add("X-Forwarded-For", "6.6.6.6, 1.2.3.4");
  headers.add("X-Forwarded-For", "10.0.0.2");
  const std::vector<std::string> proxies = {"10.0.0.1", "10.0.0.2"};
  CHECK(client_address("9.9.9.9", headers, proxies) == "9.9.9.9");
  CHECK(client_address("10.0.0.1", headers, {}) == "10.0.0.1");
  CHECK(client_address("10.0.0.1", headers, proxies) == "1.2.3.4");
  Headers broken;
  broken.add("X-Forwarded-For", "1.2.3.4, <script>");
  CHECK(client_address("10.0.0.1", broken, proxies) == "10.0.0.1");
}

TEST_CASE("request ids are 1 to 128 plain characters") {
  CHECK(is_request_id("a.B_9-"));
  CHECK(is_request_id(std::string(128, 'a')));
  CHECK_FALSE(is_request_id(std::string(129, 'a')));
  CHECK_FALSE(is_request_id(""));
  CHECK_FALSE(is_request_id("a b"));
}

namespace {

const std::string kFormType = "multipart/form-data; boundary=XX";

std::string form_part(const std::string& disposition, const std::string& content, const std::string& more = "") {
  return "--XX\r\nContent-Disposition: form-data; " + disposition + "\r\n" + more + "\r\n" + content + "\r\n";
}

}  // namespace

TEST_CASE("multipart forms are taken apart") {
  const std::string body = "preamble\r\n" + form_part("name=\"a\"", "1") +
                           form_part("name=\"file\"; filename=\"C:\\\\dir\\\\../evil \\\"x\\\".txt\"", "line\r\n--X\r\n",
                                     "Content-Type: text/plain\r\n") +
                           form_part("name=empty", "") + form_part("name=\"two\"", "\r\n") + "--XX--\r\nepilogue";
  const auto parts = parse_multipart("Multipart/Form-Data; boundary=\"XX\"", body);
  REQUIRE(parts.size() == 4);
  CHECK(parts[0].name == "a");
  CHECK(parts[0].content == "1");
  CHECK(parts[0].filename.empty());
  CHECK(parts[1].filename == "evil \"x\".txt");
  CHECK(parts[1].content_type == "text/plain");
  CHECK(parts[1].content == "line\r\n--X\r\n");
  CHECK(parts[2].content.empty());
  CHECK(parts[3].content == "\r\n");
  CHECK(parse_multipart(kFormType, "--XX--").empty());
}

TEST_CASE("malformed forms are refused") {
  const std::string good = form_part("name=a", "1") + "--XX--";
  CHECK(parse_multipart(kFormType, good).size() == 1);
  for (const auto* type :
       {"text/plain", "multipart/form-data", "multipart/form-data; boundary=", "multipart/form-data; boundary=\"X",
        "multipart/form-data; boundary=X; boundary=Y", "multipart/form-data; boundary"}) {
    CAPTURE(type);
    CHECK_THROWS_AS(parse_multipart(type, good), Refusal);
  }
  const std::vector<std::string> bodies = {"",
                                           "no boundary",
                                           "--XX",
                                           "--XXgarbage\r\n",
                                           "--XX\r\n\r\nx\r\n--XX--",
                                           "--XX\r\nContent-Disposition: form-data; name=a",
                                           form_part("name=a", "1"),
                                           form_part("filename=a", "1") + "--XX--",
                                           "--XX\r\nContent-Disposition: inline; name=a\r\n\r\n1\r\n--XX--",
                                           "--XX\r\nno colon\r\n\r\n1\r\n--XX--",
                                           form_part("name=a; name=b", "1") + "--XX--",
                                           form_part("name=\"a\" b", "1") + "--XX--",
                                           form_part("name=\"a", "1") + "--XX--",
                                           form_part("name=\"\xff\"", "1") + "--XX--",
                                           form_part("name=a", "1", "Content-Disposition: form-data; name=b\r\n") + "--XX--",
                                           form_part("name=a", "1", "Content-Transfer-Encoding: base64\r\n") + "--XX--"};
  for (const auto& body : bodies) {
    CAPTURE(body);
    CHECK_THROWS_AS(parse_multipart(kFormType, body), Refusal);
  }
}

TEST_CASE("a form has at most 100 parts") {
  std::string body;
  for (int i = 0; i < 100; ++i) body += form_part("name=a", "1");
  CHECK(parse_multipart(kFormType, body + "--XX--").size() == 100);
  CHECK_THROWS_AS(parse_multipart(kFormType, body + form_part("name=a", "1") + "--XX--"), Refusal);
}
