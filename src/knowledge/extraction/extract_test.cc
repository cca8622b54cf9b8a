// Extraction: what is kept, what is dropped, what is refused.
#include <doctest/doctest.h>

#include "base/errors.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {
namespace {

std::string shown(const Block& block) {
  switch (block.kind) {
    case BlockKind::heading: return "H" + std::to_string(block.level) + " " + block.text + " #" + block.anchor;
    case BlockKind::paragraph: return "P " + block.text;
    case BlockKind::list_item: return "L" + std::to_string(block.level) + " " + block.text;
    case BlockKind::table_row: return "R " + block.text;
    case BlockKind::code: return "C " + block.text;
  }
  return {};
}

std::vector<std::string> shown(const Extracted& extracted) {
  std::vector<std::string> lines;
  for (const Block& block : extracted.blocks) lines.push_back(shown(block));
  return lines;
}

std::string everything(const Extracted& extracted) {
  std::string all;
  for (const std::string& line : shown(extracted)) all += line + "\n";
  return all;
}

std::string failure_code(std::string_view content, ContentType type) {
  try {
    extract(content, type, "file");
  } catch (const ExtractionFailure& failure) {
    return failure.code;
  }
  return "none";
}

Code sniff_refusal(std::string_view content, std::string_view name) {
  try {
    sniff(content, name);
  } catch (const Refusal& refusal) {
    return refusal.code;
  }
  return Code::internal_error;
}

using Lines = std::vector<std::string>;
using namespace std::string_view_literals;

}  // namespace

TEST_CASE("Markdown becomes headings, paragraphs, list items, table rows and code") {
  const Extracted extracted = extract_markdown(
      "# Orders\n\nFirst *line*\nsecond line with [a link](http://x).\n\n## Change it {#change}\n- one\n- two\n  1. nested\n\n"
      "| A | B |\n|---|---|\n| 1 | `2` |\n\n```js\nlet a = 1;\n```\n\n## Change it\nEnd &amp; more &#8364;\n");
  CHECK(extracted.title == "Orders");
  CHECK(shown(extracted) == Lines{"H1 Orders #orders", "P First line second line with a link.", "H2 Change it #change",
                                  "L0 - one", "L0 - two", "L1 1. nested", "R | A | B |", "R | 1 | 2 |",
                                  "C ```js\nlet a = 1;\n```", "H2 Change it #change-it", "P End & more €"});
  CHECK(extracted.header_of(extracted.blocks[7]) == "| A | B |");
}

TEST_CASE("front matter goes, but its title is the title") {
  const Extracted extracted = extract_markdown("---\ntitle: \"Gift cards\"\nlayout: page\n---\n# Other\n\nText.\n");
  CHECK(extracted.title == "Gift cards");
  CHECK(everything(extracted).find("layout") == std::string::npos);
  CHECK(extract_markdown("---\nnot closed\n\ntext").title.empty());
}

TEST_CASE("MDX imports, exports and tags go; the text inside tags and the code stay") {
  const Extracted extracted = extract_markdown(
      "import { Card } from '/snippets/card'\nimport {\n  A,\n} from 'a'\nexport const meta = {\n  a: 1\n}\n\n# Use\n\n"
      "<Card title=\"x > y\" onClick={() => go(1)}>\n    Keep **this** text.\n</Card>\n\n{/* gone */}\n\n<!-- gone too -->\n\n"
      "Use `<div>` and a < b.\n\n```jsx\nimport x from 'y'\n<Card/>\n```\n<script>alert('gone')</script>\n");
  const std::string all = everything(extracted);
  CHECK(all.find("P Keep this text.") != std::string::npos);
  CHECK(all.find("P Use <div> and a < b.") != std::string::npos);
  CHECK(all.find("C ```jsx\nimport x from 'y'\n<Card/>\n```") != std::string::npos);
  for (const char* gone : {"snippets", "meta", "onClick", "gone", "A,"}) CHECK(all.find(gone) == std::string::npos);
}

TEST_CASE("HTML keeps the main content with headings, lists, tables and anchors") {
  const Extracted extracted = extract_html(
      "<!doctype html><html><head><title>Site | Page</title><style>p{}</style></head><body><header>Banner</header><nav>Menu</nav>"
      "<main><article><header><h1 id=top>Returns</h1></header><p>Within <b>60</b> days.<br>Free.</p>"
      "<section id=how><h2>How</h2><ol><li>Open <i>it</i><ul><li>inner</li></ul></li><li>Send</li></ol></section>"
      "<table><thead><tr><th>A<th>B</tr></thead><tr><td>1<td><p>2</p><p>3</p></tr></table><pre>x  y\n z</pre>"
      "<div "
      "hidden>Secret</div><script>alert(1)</script></article></main><aside>Ad</aside><footer>Imprint</footer></body></html>");
  CHECK(extracted.title == "Returns");
  INFO(everything(extracted));
  CHECK(shown(extracted) == Lines{"H1 Returns #top", "P Within 60 days. Free.", "H2 How #how", "L0 1. Open it", "L1 - inner",
                                  "L0 2. Send", "R | A | B |", "R | 1 | 2 3 |", "C ```\nx  y\n z\n```"});
  CHECK(extracted.header_of(extracted.blocks[7]) == "| A | B |");
}

TEST_CASE("HTML without a main part loses its furniture only") {
  const Extracted extracted =
      extract_html("<title>T</title><header>Site</header><div class='breadcrumb x'>A</div><p>One<p>Two<footer>F");
  CHECK(extracted.title == "T");
  CHECK(shown(extracted) == Lines{"P One", "P Two"});
}

TEST_CASE("plain text keeps paragraphs, underlined headings and list lines") {
  const Extracted extracted = extract_plain(
      "Contact\n\nA long first line of a paragraph that was wrapped by its writer\nand goes on here.\n\nHours\n-----\n- "
      "Monday\n- Tuesday\n");
  CHECK(extracted.title == "Contact");
  CHECK(shown(extracted) == Lines{"H1 Contact #",
                                  "P A long first line of a paragraph that was wrapped by its writer and goes on here.",
                                  "H2 Hours #", "L0 - Monday", "L0 - Tuesday"});
}

TEST_CASE("the type comes from the content, not from the name") {
  CHECK(sniff("<!DOCTYPE html><p>x", "a.txt") == ContentType::html);
  CHECK(sniff("\xEF\xBB\xBF  <html>", "a.md") == ContentType::html);
  CHECK(sniff("<?xml version='1.0'?><html xmlns='x'>", "a") == ContentType::html);
  CHECK(sniff("# Title\n\nText", "a") == ContentType::markdown);
  CHECK(sniff("<div align=center>\n\n# Title\n</div>", "readme.md") == ContentType::markdown);
  CHECK(sniff("just words", "a.md") == ContentType::markdown);
  CHECK(sniff("just words", "a.pdf") == ContentType::text);
  CHECK(sniff("", "a.txt") == ContentType::text);
  CHECK(sniff("%PDF-1.7 ...", "a.txt") == ContentType::pdf);
  CHECK(sniff_refusal("PK\x03\x04rest", "a.md") == Code::unsupported_media_type);
  CHECK(sniff_refusal("\x89PNG\r\n", "a.html") == Code::unsupported_media_type);
  CHECK(sniff_refusal("text with \0 inside"sv, "a.txt") == Code::unsupported_media_type);
  CHECK(sniff_refusal("<?xml version='1.0'?><feed/>", "a.xml") == Code::unsupported_media_type);
  CHECK(sniff_refusal("{\\rtf1 x}", "a.md") == Code::unsupported_media_type);
}

TEST_CASE("UTF-8 and UTF-16 are read, everything else is said to be unreadable") {
  CHECK(decoded_text("\xEF\xBB\xBFgr\xC3\xBC\xC3\x9F\r\nx\ry") == "grüß\nx\ny");
  CHECK(decoded_text("\xFF\xFE"
                     "a\0\x3D\xD8\x00\xDE"sv) == "a\xF0\x9F\x98\x80");
  CHECK(decoded_text("\xFE\xFF\0a\0\0\0b"sv) == "ab");
  CHECK(failure_code("gr\xFC\xDF", ContentType::text) == "unsupported_encoding");
  CHECK(failure_code("\xFF\xFE"
                     "a"sv,
                     ContentType::text) == "unsupported_encoding");
  CHECK(failure_code("\xFF\xFE\x3D\xD8"
                     "a\0"sv,
                     ContentType::text) == "unsupported_encoding");
}

TEST_CASE("a document without text is empty") {
  CHECK(failure_code("", ContentType::text) == "empty");
  CHECK(failure_code(" \n\t\n", ContentType::markdown) == "empty");
  CHECK(failure_code("---\ntitle: x\n---\n", ContentType::markdown) == "empty");
  CHECK(failure_code("<html><body><nav>Menu</nav><script>x</script></body></html>", ContentType::html) == "empty");
}

TEST_CASE("deeply nested HTML neither crashes nor runs on") {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  CHECK(failure_code(deep + "core", ContentType::html) == "too_complex");
  std::string inlines;
  for (int i = 0; i < 100'000; ++i) inlines += "<span class='a'>x";
  CHECK(failure_code(inlines, ContentType::html) == "too_complex");
  // Paragraphs need no end tag, so many open ones are no sign of depth.
  std::string paragraphs;
  for (int i = 0; i < 100'000; ++i) paragraphs += "<p>x<br>";
  CHECK(failure_code(paragraphs, ContentType::html) == "none");
  std::string balanced;
  for (int i = 0; i < 2'000; ++i) balanced += "<div>";
  balanced += "core";
  for (int i = 0; i < 2'000; ++i) balanced += "</div>";
  CHECK(failure_code(balanced, ContentType::html) == "none");
}

TEST_CASE("HTML that multiplies itself is stopped by its memory") {
  std::string bomb = "<p>";
  for (int i = 0; i < 3'000; ++i) bomb += "<b id=" + std::to_string(i) + ">";
  for (int i = 0; i < 20'000; ++i) bomb += "<p>x";
  CHECK(failure_code(bomb, ContentType::html) == "too_complex");
}

TEST_CASE("hostile Markdown ends in time") {
  CHECK(failure_code(std::string(200'000, '['), ContentType::markdown) == "none");
  CHECK(failure_code(std::string(200'000, '<'), ContentType::markdown) == "none");
  CHECK(failure_code(std::string(200'000, '`'), ContentType::markdown) != "crash");
  std::string quotes;
  for (int i = 0; i < 5'000; ++i) quotes += "> ";
  CHECK(failure_code(quotes + "deep", ContentType::markdown) == "none");
  std::string tags;
  for (int i = 0; i < 50'000; ++i) tags += "<a ";
  CHECK(failure_code(tags, ContentType::markdown) == "none");
  std::string comments;
  for (int i = 0; i < 50'000; ++i) comments += "x <!-- ";
  CHECK(failure_code(comments, ContentType::markdown) == "none");
}

}  // namespace guildhall::knowledge
