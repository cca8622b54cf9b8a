// UTF-8 and text forms, with the inputs that usually break them.
#include "base/text.h"

#include <doctest/doctest.h>

using namespace guildhall;

TEST_CASE("UTF-8 is valid only in its shortest form and without surrogates") {
  for (const char* good : {"", "a", "é", "€", "😀", "\xef\xbf\xbf", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80"})
    CHECK(is_valid_utf8(good));
  for (const char* bad : {"\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80",
                          "\xf5\x80\x80\x80", "\xff", "a\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2\x82z"}) {
    CAPTURE(bad);
    CHECK_FALSE(is_valid_utf8(bad));
  }
}

TEST_CASE("prefixes never split a code point") {
  CHECK(code_points("aé€😀") == 4);
  CHECK(code_points("") == 0);
  CHECK(prefix_bytes("aé€", 0) == "");
  CHECK(prefix_bytes("aé€", 2) == "a");
  CHECK(prefix_bytes("aé€", 3) == "aé");
  CHECK(prefix_bytes("aé€", 5) == "aé");
  CHECK(prefix_bytes("aé€", 6) == "aé€");
  CHECK(prefix_bytes("aé€", 100) == "aé€");
  CHECK(prefix_code_points("aé€😀", 3) == "aé€");
  CHECK(prefix_code_points("aé€😀", 4) == "aé€😀");
  CHECK(prefix_code_points("aé", 0) == "");
}

TEST_CASE("names are compared after NFKC and case folding") {
  CHECK(folded("Straße") == "strasse");
  CHECK(folded("ＡＤＭＩＮ") == "admin");
  CHECK(folded("e\xcc\x81") == "é");
  CHECK(folded("ﬁ") == "fi");
  CHECK(folded("ΣΑΣ") == "σασ");
  CHECK(folded("a\xe2\x80\x8b"
               "b") == "ab");
  CHECK(folded("") == "");
}

TEST_CASE("a slug is lower-case ASCII with single dashes and never empty") {
  CHECK(slug("Hello, World!") == "hello-world");
  CHECK(slug("  Café  Zürich — 24/7 ") == "cafe-zurich-24-7");
  CHECK(slug("日本語") == "item");
  CHECK(slug("") == "item");
  CHECK(slug("---") == "item");
  CHECK(slug("abc def", 4) == "abc");
  CHECK(slug("abcdef", 3) == "abc");
  CHECK(slug("a\xcd") == "a");
}

TEST_CASE("ASCII functions leave other bytes alone") {
  CHECK(trimmed(" \t\r\n\v\fa b\n ") == "a b");
  CHECK(trimmed("   ") == "");
  CHECK(ascii_lower("ÀBC") == "Àbc");
  CHECK(equals_ignoring_case("Content-Type", "content-TYPE"));
  CHECK_FALSE(equals_ignoring_case("a", "ab"));
  CHECK_FALSE(equals_ignoring_case("[", "{"));
}

TEST_CASE("splitting, joining and replacing") {
  CHECK(split("a,,b,", ',') == std::vector<std::string_view>{"a", "", "b", ""});
  CHECK(split("", ',') == std::vector<std::string_view>{""});
  CHECK(join({"a", "", "b"}, ", ") == "a, , b");
  CHECK(join({}, ",") == "");
  CHECK(replaced("aaa", "aa", "b") == "ba");
  CHECK(replaced("abc", "", "x") == "abc");
  CHECK(replaced("a-b-c", "-", "--") == "a--b--c");
  CHECK(html_escaped("<a href=\"x\">&'</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&#39;&lt;/a&gt;");
}

TEST_CASE("an integer is the whole text or nothing") {
  CHECK(parse_integer("0") == 0);
  CHECK(parse_integer("-9223372036854775808") == INT64_MIN);
  CHECK(parse_integer("9223372036854775807") == INT64_MAX);
  for (const char* bad : {"", "-", "+1", " 1", "1 ", "1.0", "0x1", "9223372036854775808", "1e3", "１"}) {
    CAPTURE(bad);
    CHECK_FALSE(parse_integer(bad));
  }
}
