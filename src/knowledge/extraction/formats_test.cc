// PDF, DOCX and CSV: what is kept of them, and by which code they are refused.
#include <doctest/doctest.h>

#include <unistd.h>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "extraction/test_files.h"
#include "knowledge/extractor.h"

namespace guildhall::knowledge {
namespace {

using namespace test;

std::string texts(const Extracted& extracted) {
  std::vector<std::string> lines;
  for (const Block& block : extracted.blocks) {
    const std::string mark = block.kind == BlockKind::heading     ? "H" + std::to_string(block.level) + " "
                             : block.kind == BlockKind::list_item ? "L" + std::to_string(block.level) + " "
                             : block.kind == BlockKind::table_row ? "R "
                                                                  : "P ";
    lines.push_back(mark + block.text);
  }
  return join(lines, "\n");
}

/// Lines as texts() prints them.
std::string lines_of(const std::vector<std::string>& lines) {
  return join(lines, "\n");
}

template <class Body>
std::string code_of(Body&& body) {
  try {
    body();
  } catch (const ExtractionFailure& failure) {
    return failure.code;
  }
  return "none";
}

const Extractor& reader() {
  static const Extractor shared;
  return shared;
}

bool has_pdftotext() {
  const bool is_there = access("/usr/bin/pdftotext", X_OK) == 0;
  if (!is_there) MESSAGE("skipped: pdftotext is not installed");
  return is_there;
}

std::vector<PdfText> body_lines(std::initializer_list<std::string> lines) {
  std::vector<PdfText> out;
  for (const std::string& line : lines) out.push_back({line});
  return out;
}

}  // namespace

TEST_CASE("a CSV file with question and answer columns is pairs, whatever the order and case of its columns") {
  const Extracted extracted = extract_csv("id;Answer;QUESTION\n1;\"Within 60 days; free.\";Can I return it?\n2;;Nothing said\n");
  REQUIRE(extracted.blocks.size() == 1);
  CHECK(extracted.blocks[0].question == "Can I return it?");
  CHECK(extracted.blocks[0].text == "Within 60 days; free.");
  CHECK(extracted.blocks[0].is_passage);
  // A pair beyond what a pair may be stays findable as a row.
  const Extracted longer = extract_csv("question,answer\n" + std::string(501, 'q') + ",short\n");
  CHECK(longer.blocks[0].question.empty());
  CHECK(longer.blocks[0].kind == BlockKind::table_row);
}

TEST_CASE("every other CSV row is a passage with its header") {
  const Extracted extracted = extract_csv("Name,Price\nCup,\"1,50\"\n\n\"Plate \"\"big\"\"\",\"two\nlines\"\nSpoon\n");
  CHECK(texts(extracted) == lines_of({"R | Cup | 1,50 |", "R | Plate \"big\" | two lines |", "R | Spoon | |"}));
  for (const Block& block : extracted.blocks) {
    CHECK(block.is_passage);
    CHECK(extracted.header_of(block) == "| Name | Price |");
  }
  CHECK(texts(extract_csv("sep=|\nA|B\n1|2\n")) == lines_of({"R | 1 | 2 |"}));
  CHECK(texts(extract_csv("A\tB\n1\t2, 3\n")) == lines_of({"R | 1 | 2, 3 |"}));
  CHECK(texts(extract_csv("Only,header\n")) == lines_of({"R | Only | header |"}));
}

TEST_CASE("CSV is read from UTF-16 too, and its limits are named") {
  std::string utf16 = "\xFF\xFE";
  for (const char c : std::string_view("question,answer\nWhy?,So.\n")) utf16 += std::string{c, '\0'};
  CHECK(sniff(utf16, "a.csv") == ContentType::csv);
  CHECK(extract(utf16, ContentType::csv, "a.csv").blocks[0].question == "Why?");
  std::string rows = "a,b\n";
  for (std::size_t i = 0; i < kCsvRowsMax; ++i) rows += "1,2\n";
  CHECK(extract_csv(rows).blocks.size() == kCsvRowsMax);
  CHECK(code_of([&] { extract_csv(rows + "1,2\n"); }) == "too_large");
  CHECK(code_of([] { extract_csv("a,b\n1,\"open\n2,3\n"); }) == "damaged");
  CHECK(code_of([] { extract_csv(std::string(1'002, ',') + "\n"); }) == "too_complex");
}

TEST_CASE("rows of text are CSV by their content, prose with commas is not") {
  CHECK(sniff("name,price,stock\ncup,1,2\nplate,3,4\n", "export") == ContentType::csv);
  CHECK(sniff("question,answer\nWhy?,So.\n", "faq.txt") == ContentType::csv);
  CHECK(sniff("Name;Preis\nTasse;1\n", "preise.csv") == ContentType::csv);
  CHECK(sniff("Dear all,\nplease find below what we agreed, as promised.\nBest,\nAnn", "letter.txt") == ContentType::text);
  CHECK(sniff("First, open it.\nThen, close it.\nNow, wait.", "steps.txt") == ContentType::text);
  CHECK(sniff("# Title\n\na, b, c\nd, e, f\n", "notes.md") == ContentType::markdown);
}

TEST_CASE("DOCX keeps headings, lists, tables and notes") {
  const std::string styles =
      word_part("styles",
                "<w:style w:type=\"paragraph\" w:styleId=\"berschrift1\"><w:name w:val=\"heading 1\"/></w:style>"
                "<w:style w:type=\"paragraph\" w:styleId=\"Sub\"><w:basedOn w:val=\"berschrift1\"/><w:name w:val=\"Mine\"/>"
                "<w:pPr><w:outlineLvl w:val=\"1\"/></w:pPr></w:style>"
                "<w:style w:type=\"paragraph\" w:styleId=\"Ttl\"><w:name w:val=\"Title\"/></w:style>");
  const std::string numbering = word_part(
      "numbering",
      "<w:abstractNum w:abstractNumId=\"7\"><w:lvl w:ilvl=\"0\"><w:start w:val=\"1\"/><w:numFmt w:val=\"decimal\"/></w:lvl>"
      "<w:lvl w:ilvl=\"1\"><w:numFmt w:val=\"bullet\"/></w:lvl></w:abstractNum>"
      "<w:num w:numId=\"3\"><w:abstractNumId w:val=\"7\"/></w:num>");
  const auto item = [](int level, std::string_view text) {
    return "<w:p><w:pPr><w:numPr><w:ilvl w:val=\"" + std::to_string(level) +
           "\"/><w:numId w:val=\"3\"/></w:numPr></w:pPr><w:r><w:t>" + std::string(text) + "</w:t></w:r></w:p>";
  };
  const auto row = [](std::string_view a, std::string_view b) {
    return "<w:tr><w:tc>" + word_paragraph(a) + "</w:tc><w:tc>" + word_paragraph(b) + "</w:tc></w:tr>";
  };
  const std::string body =
      word_paragraph("Shop rules", "Ttl") + word_paragraph("Returns", "berschrift1") +
      "<w:p><w:r><w:t xml:space=\"preserve\">Within "
      "</w:t></w:r><w:del><w:r><w:delText>30</w:delText></w:r></w:del><w:ins><w:r><w:t>60"
      "</w:t></w:r></w:ins><w:r><w:t xml:space=\"preserve\"> days</w:t><w:footnoteReference w:id=\"2\"/></w:r></w:p>" +
      item(0, "Pack it") + item(1, "carefully") + item(0, "Send it") + "<w:tbl><w:tblPr><w:tblLook w:val=\"04A0\"/></w:tblPr>" +
      row("Item", "Fee") + row("Cup | big", "1") + "</w:tbl>" + word_paragraph("Costs", "Sub") + word_paragraph("None.");
  const std::string notes = word_part("footnotes", "<w:footnote w:type=\"separator\" w:id=\"0\">" + word_paragraph("x") +
                                                       "</w:footnote>"
                                                       "<w:footnote w:id=\"2\">" +
                                                       word_paragraph("From delivery on.") + "</w:footnote>");
  const Extracted extracted = extract_docx(docx(
      body, {{"word/styles.xml", styles, 0, 0}, {"word/numbering.xml", numbering, 0, 0}, {"word/footnotes.xml", notes, 0, 0}}));
  CHECK(extracted.title == "Shop rules");
  CHECK(texts(extracted) ==
        lines_of({"H1 Shop rules", "H1 Returns", "P Within 60 days[1]", "P [1] From delivery on.", "L0 1. Pack it",
                  "L1 - carefully", "L0 2. Send it", "R | Item | Fee |", "R | Cup / big | 1 |", "H2 Costs", "P None."}));
  CHECK(extracted.header_of(extracted.blocks[8]) == "| Item | Fee |");
}

TEST_CASE("DOCX takes its title from its properties, and its headings by their names when it has no styles") {
  const Extracted extracted =
      extract_docx(docx(word_paragraph("First", "Heading2") + word_paragraph("Text."),
                        {{"docProps/core.xml", "<cp xmlns:dc=\"d\"><dc:title>Handbook</dc:title></cp>", 0, 0}}));
  CHECK(extracted.title == "Handbook");
  CHECK(texts(extracted) == lines_of({"H2 First", "P Text."}));
}

TEST_CASE("a DOCX that is damaged, protected or hostile is refused by name") {
  CHECK(code_of([] { extract_docx("PK\x03\x04 and no more"); }) == "damaged");
  CHECK(code_of([] { extract_docx(docx("<w:p><w:r>")); }) == "damaged");
  CHECK(code_of([] { extract_docx(zip_of({{"other.xml", "<a/>", 0, 0}})); }) == "unsupported");
  CHECK(code_of([] { extract_docx(zip_of({{"word/document.xml", "<a/>", 0, 1}})); }) == "encrypted");
  const std::string bomb = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"bbbb\">]><a>&b;</a>";
  CHECK(code_of([&] { extract_docx(zip_of({{"word/document.xml", bomb, 0, 0}})); }) == "unsafe");
  std::string deep;
  for (int i = 0; i < 300; ++i) deep += "<w:sdt>";
  CHECK(code_of([&] { extract_docx(docx(deep)); }) == "too_complex");
  CHECK(code_of([] { extract_docx(docx(word_paragraph(std::string(3'000'000, 'a')))); }) == "unsafe");
  std::vector<ZipEntry> many(2'000, ZipEntry{"x", "y", 0, 0});
  CHECK(code_of([&] { extract_docx(docx("", many)); }) == "too_complex");
}

TEST_CASE("the type of an archive comes from its directory") {
  CHECK(sniff(docx("<w:p/>"), "letter.pdf") == ContentType::docx);
  const auto refusal = [](std::string_view content) {
    try {
      sniff(content, "file");
    } catch (const Refusal& refused) {
      return refused.message;
    }
    return std::string();
  };
  CHECK(refusal(zip_of({{"xl/workbook.xml", "<a/>", 0, 0}})).find("CSV") != std::string::npos);
  CHECK(refusal(zip_of({{"ppt/slides/1.xml", "<a/>", 0, 0}})).find("PDF") != std::string::npos);
  CHECK(refusal(zip_of({{"a.txt", "word/document.xml", 0, 0}})).find("unpack") != std::string::npos);
  CHECK(sniff("\n%PDF-1.4\n", "a") == ContentType::pdf);
  CHECK(sniff("The mark %PDF-1.4 in a text", "a") == ContentType::text);
}

TEST_CASE("PDF keeps its pages, finds headings by size, and leaves running heads out") {
  if (!has_pdftotext()) return;
  std::vector<std::vector<PdfText>> pages;
  for (int page = 1; page <= 4; ++page) {
    pages.push_back({{"Shop handbook", 8}, {"Chapter " + std::to_string(page), 20, 40}});
    for (const auto& line : body_lines({"Everything of this chapter stands in a few lines of text, and the second of",
                                        "them goes on where the first one stopped, with a di-", "vided word."})) {
      pages.back().push_back(line);
    }
    pages.back().push_back({"Page " + std::to_string(page) + " of 4", 8, 600});
  }
  const Extracted extracted = reader().extract(pdf(pages), "handbook.pdf");
  CHECK(extracted.pages == 4);
  CHECK(extracted.title == "Chapter 1");
  CHECK(extracted.pages_without_text.empty());
  REQUIRE(extracted.blocks.size() == 8);
  CHECK(extracted.blocks[0].kind == BlockKind::heading);
  CHECK(extracted.blocks[1].text ==
        "Everything of this chapter stands in a few lines of text, and the second of them goes on where the first one stopped, "
        "with a divided word.");
  CHECK(extracted.blocks[6].text == "Chapter 4");
  CHECK(extracted.blocks[7].page == 4);
}

TEST_CASE("the layout of a PDF loses its tables of contents and joins bullets to their text") {
  const auto page = [](const std::string& blocks) { return "<page width=\"600\" height=\"800\">" + blocks + "</page>"; };
  const auto line = [](std::string_view text, int y, int size) {
    return "<block a=\"1\"><line a=\"1\"><word xMin=\"1\" yMin=\"" + std::to_string(y) + "\" xMax=\"2\" yMax=\"" +
           std::to_string(y + size) + "\">" + std::string(text) + "</word></line></block>";
  };
  const Extracted extracted = extract_pdf_layout(
      "<title>Template 7</title>" +
      page(line("Handbook &amp; rules", 100, 24) + line("Returns . . . . . . 4", 200, 12) + line("•", 300, 12) +
           line("First \xEF\xAC\x81nding", 310, 12) + line("Text that stops in the", 400, 12)) +
      page(line("middle of a sentence.", 200, 12) + line("2.1 Numbered Part", 300, 12) + line("More.", 400, 12)));
  CHECK(extracted.title == "Handbook & rules");
  CHECK(texts(extracted) == lines_of({"H1 Handbook & rules", "L0 - First finding",
                                      "P Text that stops in the middle of a sentence.", "H2 2.1 Numbered Part", "P More."}));
  REQUIRE(extracted.blocks.size() == 5);
  CHECK(extracted.blocks[2].page == 1);
  CHECK(extracted.blocks[4].page == 2);
  CHECK(code_of([] { extract_pdf_layout("nothing of the kind"); }) == "damaged");
}

TEST_CASE("pages without text are named, and a PDF of nothing else fails as no_text") {
  if (!has_pdftotext()) return;
  const Extracted some = reader().extract(pdf({{{"Words here."}}, {}, {}, {{"And here."}}}), "a.pdf");
  CHECK(some.pages_without_text == std::vector<int>{2, 3});
  CHECK(some.blocks.back().page == 4);
  CHECK(code_of([] { reader().extract(pdf({{}, {}}), "a.pdf"); }) == "no_text");
}

TEST_CASE("a PDF that is damaged is refused by name") {
  if (!has_pdftotext()) return;
  CHECK(code_of([] { reader().extract("%PDF-1.7\nnothing else", "a.pdf"); }) == "damaged");
}

}  // namespace guildhall::knowledge
