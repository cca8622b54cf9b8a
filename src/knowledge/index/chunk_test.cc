// Chunking by the rules of contracts/support-partner.md §2.3.
#include <doctest/doctest.h>

#include "base/text.h"
#include "index/chunk.h"
#include "index/chunk_terms.h"
#include "knowledge/language.h"

namespace guildhall::knowledge {
namespace {

std::string words(int count, const std::string& word = "word") {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i == 0 ? "" : " ") + word + std::to_string(i);
  return text;
}

std::string sentences_of(int count, int length) {
  std::string text;
  for (int i = 0; i < count; ++i) text += (i == 0 ? "Sentence" : " Sentence") + std::to_string(i) + " " + words(length - 1) + ".";
  return text;
}

/// The extracted document as one text: what the character ranges of chunks count in.
std::string whole_text(const Extracted& extracted) {
  std::string text;
  for (const Block& block : extracted.blocks) (text += block.text) += '\n';
  return text;
}

std::string_view code_point_range(std::string_view text, std::int64_t begin, std::int64_t end) {
  const std::size_t from = prefix_code_points(text, static_cast<std::size_t>(begin)).size();
  return prefix_code_points(text.substr(from), static_cast<std::size_t>(end - begin));
}

std::string own_text(const Chunk& chunk) {
  return collapsed(std::string_view(chunk.text).substr(static_cast<std::size_t>(chunk.overlap_bytes)));
}

std::vector<Chunk> chunked(const std::string& markdown, const BaseSettings& settings = {}) {
  return chunk_document(extract_markdown(markdown), settings, "en");
}

}  // namespace

TEST_CASE("chunks break at headings and carry their heading path and anchor") {
  const auto chunks = chunked("# Shop\n\n" + words(80) + "\n\n## Returns\n\n" + words(90) + "\n\n### Costs\n\n" + words(70));
  REQUIRE(chunks.size() == 3);
  CHECK(chunks[0].heading_path == std::vector<std::string>{"Shop"});
  CHECK(chunks[2].heading_path == std::vector<std::string>{"Shop", "Returns", "Costs"});
  CHECK(chunks[2].anchor == "costs");
  CHECK(chunks[1].tokens == 90);
  CHECK(chunks[0].section != chunks[1].section);
}

TEST_CASE("a section below 64 tokens joins its next sibling, one of 64 does not") {
  const auto joined = chunked("# A\n\n## One\n\n" + words(63) + "\n\n## Two\n\n" + words(100));
  REQUIRE(joined.size() == 1);
  CHECK(joined[0].anchor == "one");
  CHECK(joined[0].text.find("\n\nTwo\n\n") != std::string::npos);
  CHECK(chunked("# A\n\n## One\n\n" + words(64) + "\n\n## Two\n\n" + words(100)).size() == 2);
  // A parent is not a sibling of its child.
  CHECK(chunked("# A\n\nshort\n\n## One\n\n" + words(100)).size() == 2);
}

TEST_CASE("a section longer than a chunk splits at paragraphs, and the next chunk repeats its last sentences") {
  const auto chunks = chunked("# A\n\n" + sentences_of(20, 20) + "\n\n" + sentences_of(10, 20), {512, 50});
  REQUIRE(chunks.size() == 2);
  CHECK(chunks[0].tokens == 400);
  CHECK(chunks[1].overlap_bytes > 0);
  const std::string repeated = chunks[1].text.substr(0, static_cast<std::size_t>(chunks[1].overlap_bytes));
  CHECK(chunks[0].text.ends_with(repeated));
  CHECK(text_tokens(repeated) <= 50);
  CHECK(repeated.starts_with("Sentence18"));
  CHECK(chunked("# A\n\n" + sentences_of(20, 20) + "\n\n" + sentences_of(10, 20), {512, 0})[1].overlap_bytes == 0);
}

TEST_CASE("a paragraph longer than a chunk splits between sentences, a sentence longer than that between words") {
  for (const Chunk& chunk : chunked("# A\n\n" + sentences_of(60, 20), {256, 20})) {
    CHECK(chunk.tokens <= 256);
    CHECK(chunk.text.ends_with("."));
    CHECK(chunk.text.starts_with("Sentence"));
  }
  std::int64_t total = 0;
  for (const Chunk& chunk : chunked(words(2'000), {256, 0})) {
    CHECK(chunk.tokens <= 256);
    total += chunk.tokens;
  }
  CHECK(total == 2'000);
}

TEST_CASE("a line without any space is cut") {
  std::string han;
  for (int i = 0; i < 5'000; ++i) han += "字";
  std::int64_t total = 0;
  for (const Chunk& chunk : chunked(han, {256, 0})) {
    CHECK(chunk.tokens <= 256);
    total += chunk.tokens;
  }
  CHECK(total == 2'500);
  CHECK(chunked(std::string(300'000, 'x'), {256, 0}).size() == 1);
}

TEST_CASE("a split table repeats its header and never splits a row") {
  std::string table = "| Name | Value |\n|---|---|\n";
  for (int i = 0; i < 100; ++i) table += "| row" + std::to_string(i) + " | " + words(8) + " |\n";
  const auto chunks = chunked(table, {256, 20});
  REQUIRE(chunks.size() >= 4);
  for (const Chunk& chunk : chunks) {
    CHECK(chunk.text.starts_with("| Name | Value |\n"));
    CHECK(chunk.text.ends_with(" |"));
    CHECK(chunk.tokens <= 256);
  }
}

TEST_CASE("a code fence that fits stays whole, a longer one splits between lines in fences of its own") {
  std::string code = "```sh\n";
  for (int i = 0; i < 20; ++i) code += "run " + words(4) + "\n";
  code += "```\n";
  const auto whole = chunked(words(200) + "\n\n" + code, {256, 0});
  REQUIRE(whole.size() == 2);
  CHECK(whole[1].text.starts_with("```sh\n"));
  std::string long_code = "```sh\n";
  for (int i = 0; i < 200; ++i) long_code += "run " + words(4) + "\n";
  long_code += "```\n";
  for (const Chunk& chunk : chunked(long_code, {256, 0})) {
    CHECK(chunk.text.starts_with("```sh\n"));
    CHECK(chunk.text.ends_with("\n```"));
  }
}

TEST_CASE("a document of headings alone is one chunk") {
  const auto chunks = chunked("# One\n\n## Two\n");
  REQUIRE(chunks.size() == 1);
  CHECK(chunks[0].text == "One\nTwo");
}

TEST_CASE("what a chunk adds is exactly what its character range holds") {
  std::string document;
  for (int i = 0; i < 12; ++i) {
    document += "# Überschrift " + std::to_string(i) + "\n\n" + words(i % 3 == 0 ? 20 : 300, "Größe") + ".\n\n" +
                sentences_of(25, 15) + "\n\n- " + words(30) + "\n- " + words(200) + "\n\n| A | B |\n|---|---|\n";
    for (int row = 0; row < 40; ++row) document += "| " + words(6, "zelle") + " | x |\n";
    document += "\n";
  }
  const Extracted extracted = extract_markdown(document);
  const std::string whole = whole_text(extracted);
  std::int64_t last_end = 0;
  for (const Chunk& chunk : chunk_document(extracted, {256, 40}, "de")) {
    CHECK(chunk.char_begin >= last_end);
    CHECK(own_text(chunk) == collapsed(code_point_range(whole, chunk.char_begin, chunk.char_end)));
    last_end = chunk.char_end;
  }
  // Nothing but headings and the space between blocks is outside of every chunk.
  CHECK(last_end + 1 == static_cast<std::int64_t>(code_points(whole)));
}

TEST_CASE("no sentence that fits a chunk is split") {
  std::string document = "# A\n\n";
  std::vector<std::string> all;
  for (int i = 0; i < 200; ++i) {
    all.push_back("Begin" + std::to_string(i) + " " + words(3 + (i * 37) % 240) + ".");
    document += all.back() + (i % 7 == 6 ? "\n\n" : " ");
  }
  const auto chunks = chunked(document, {256, 30});
  for (const std::string& sentence : all) {
    const bool is_whole = std::any_of(chunks.begin(), chunks.end(),
                                      [&](const Chunk& chunk) { return chunk.text.find(sentence) != std::string::npos; });
    CHECK(is_whole);
  }
  for (const Chunk& chunk : chunks) CHECK(chunk.tokens <= 256);
}

TEST_CASE("a chunk carries the page on which its own text begins") {
  Extracted extracted;
  for (int page = 1; page <= 3; ++page) {
    extracted.blocks.push_back(text_block(BlockKind::paragraph, sentences_of(10, 20)));
    extracted.blocks.back().page = page;
  }
  const auto chunks = chunk_document(extracted, {256, 50}, "en");
  REQUIRE(chunks.size() == 3);
  CHECK(chunks[0].page == 1);
  CHECK(chunks[1].page == 2);
  CHECK(chunks[1].overlap_bytes > 0);
  CHECK(chunks[2].page == 3);
}

TEST_CASE("a CSV row is one chunk below its header, a pair one chunk whatever its length") {
  const auto rows = chunk_document(extract_csv("Name,Price\nCup,1\nPlate,2\n"), {}, "en");
  REQUIRE(rows.size() == 2);
  CHECK(rows[0].text == "| Name | Price |\n| Cup | 1 |");
  CHECK(rows[1].text == "| Name | Price |\n| Plate | 2 |");
  CHECK(rows[1].overlap_bytes == static_cast<std::int64_t>(std::string("| Name | Price |").size()));
  CHECK(rows[0].section != rows[1].section);
  const auto pairs = chunk_document(extract_csv("question,answer\nWhy?,\"" + words(400) + "\"\nHow?,So.\n"), {256, 0}, "en");
  REQUIRE(pairs.size() == 2);
  CHECK(pairs[0].question == "Why?");
  CHECK(pairs[0].text == words(400));
  CHECK(pairs[1].question == "How?");
}

TEST_CASE("a header too long to repeat stands in the first part of its table alone") {
  std::string table = "| " + std::string(1'100, 'h') + " | Value |\n|---|---|\n";
  for (int i = 0; i < 100; ++i) table += "| row" + std::to_string(i) + " | " + words(8) + " |\n";
  const auto chunks = chunked(table, {256, 0});
  REQUIRE(chunks.size() >= 3);
  for (std::size_t i = 1; i < chunks.size(); ++i) CHECK(chunks[i].text.starts_with("| row"));
}

TEST_CASE("a paragraph of a hundred thousand sentences is chunked in time that grows with its length") {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += "Short one here. ";
  Extracted extracted;
  extracted.blocks.push_back(text_block(BlockKind::paragraph, text));
  const auto chunks = chunk_document(extracted, {512, 0}, "en");
  CHECK(chunks.size() >= 500);
  CHECK(chunks.back().char_end + 1 == static_cast<std::int64_t>(text.size()));
}

TEST_CASE("counted terms survive storage, and damaged bytes are noticed") {
  const std::vector<std::string> path = {"Shop", "Returns"};
  const ChunkTerms terms = terms_of({"Shop", path, "", "Returns are free within sixty days of delivery.", "en"});
  const std::string bytes = encode(terms);
  const auto decoded = decode_terms(bytes);
  REQUIRE(decoded);
  CHECK(decoded->own.length == terms.own.length);
  CHECK(decoded->universal.terms.size() == terms.universal.terms.size());
  CHECK(decoded->sketch == terms.sketch);
  CHECK_FALSE(decode_terms(bytes.substr(0, bytes.size() - 1)));
  CHECK_FALSE(decode_terms(bytes + "x"));
  CHECK_FALSE(decode_terms(""));
  // The title is not counted again as the first heading.
  CHECK(terms.universal.terms[0].term == "are");
  for (const TermCount& term : terms.universal.terms) {
    if (term.term == "shop") CHECK(term.count == 1);
  }
}

const std::vector<std::string> kNoPath;

TEST_CASE("sketches tell near copies from other texts") {
  const auto sketch = [](const std::string& text) { return terms_of({"", kNoPath, "", text, "en"}).sketch; };
  const std::string text = words(300, "alpha");
  CHECK(overlap(sketch(text), sketch(text)) == 1.0);
  CHECK(overlap(sketch(text), sketch(text + " and")) >= 0.9);
  CHECK(overlap(sketch(text), sketch(words(300, "beta"))) == 0.0);
  CHECK(overlap(sketch("one two"), sketch("one two")) == 1.0);
  CHECK(overlap(sketch(""), sketch("")) == 0.0);
}

}  // namespace guildhall::knowledge
