// Hostile and broken files for tests and benchmarks (contracts/support-partner.md §9 A25), made here so that none is stored.
#pragma once

#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "../limits.h"
#include "extraction/test_files.h"

namespace guildhall::knowledge::test {

using namespace std::string_literals;

inline constexpr unsigned kHostileSeed = 20'260'101;
struct HostileFile {
  std::string name;
  std::string what;
  std::string expected;  ///< the codes it may end with; "415" at the door, "read" when its text comes out
  std::function<std::string()> make;
};

inline std::string repeated(std::string_view part, std::size_t times) {
  std::string out;
  out.reserve(part.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += part;
  return out;
}

inline std::string noise(std::size_t bytes) {
  std::mt19937_64 random(kHostileSeed);
  std::string out(bytes, '\0');
  for (char& c : out) c = static_cast<char>(random());
  return out;
}

inline std::string sound_pdf() {
  return pdf({{PdfText{"Some words on a page."}}, {PdfText{"More words."}}});
}

inline std::string xml_bomb() {
  std::string out = "<?xml version=\"1.0\"?><!DOCTYPE d [<!ENTITY a \"aaaaaaaaaa\">";
  for (char c = 'b'; c < 'k'; ++c) {
    out += "<!ENTITY "s + c + " \"" + repeated("&"s + static_cast<char>(c - 1) + ";", 10) + "\">";
  }
  return out + "]><d>&j;</d>";
}

inline std::string zlib_bomb(std::size_t megabytes) {
  const std::string raw(megabytes * 1024 * 1024, ' ');
  uLongf size = compressBound(raw.size());
  std::string out(size, '\0');
  compress2(reinterpret_cast<Bytef*>(out.data()), &size, reinterpret_cast<const Bytef*>(raw.data()), raw.size(), 9);
  out.resize(size);
  return out;
}

inline std::string pdf_with_page(const std::string& page, std::vector<std::string> more) {
  more.insert(more.begin(), {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", page});
  return pdf_of(more);
}

inline constexpr const char* kPage =
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>";
inline constexpr const char* kFont = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>";

inline std::string nested(std::string_view open, std::size_t depth, std::string_view inner, std::string_view close = {}) {
  return repeated(open, depth) + std::string(inner) + repeated(close, depth);
}

inline std::vector<HostileFile> archives() {
  return {
      {"bomb.docx", "a document of a gigabyte of spaces", "unsafe",
       [] { return zip_of({word_document(""), {"word/document.xml", std::string(60'000'000, ' '), 0, 0}}); }},
      {"ratio.docx", "unpacks to a hundred times and more of its size", "unsafe",
       [] { return docx(word_paragraph(std::string(9'000'000, 'a'))); }},
      {"liar.docx", "an entry larger than its directory says", "damaged unsafe",
       [] {
         return zip_of({{"word/document.xml", word_part("document", word_paragraph(std::string(5'000'000, 'a'))), 100, 0}});
       }},
      {"huge-claim.docx", "an entry that claims four gigabytes", "unsafe",
       [] { return zip_of({{"word/document.xml", "<a/>", 0xFFFF'FFF0, 0}}); }},
      {"many.docx", "ten thousand entries", "too_complex",
       [] { return docx("", std::vector<ZipEntry>(10'000, ZipEntry{"word/x.xml", "", 0, 0})); }},
      {"nested.zip", "an archive in an archive in an archive", "415",
       [] { return zip_of({{"a.zip", zip_of({{"b.zip", zip_of({{"c.txt", "text", 0, 0}}), 0, 0}}), 0, 0}}); }},
      {"nested.docx", "a document with a bomb beside its text", "unsafe",
       [] {
         return docx(
             word_paragraph("text"),
             {{"word/embeddings/a.zip", zip_of({{"b", std::string(40'000'000, 0), 0, 0}}) + std::string(3'000'000, 'x'), 0, 0}});
       }},
      {"traversal.docx", "entries named by paths out of the archive", "read",
       [] { return docx(word_paragraph("Only text."), {{"../../../../etc/passwd", "root", 0, 0}, {"/etc/shadow", "x", 0, 0}}); }},
      {"encrypted.docx", "an entry under a password", "encrypted", [] { return zip_of({{"word/document.xml", "abc", 0, 1}}); }},
      {"truncated.docx", "the first half of a document", "415 damaged",
       [] {
         const std::string whole = docx(word_paragraph("text"));
         return whole.substr(0, whole.size() / 2);
       }},
      {"cut-end.docx", "a document without its last bytes", "damaged",
       [] {
         const std::string whole = docx(word_paragraph("text"));
         return whole.substr(0, whole.size() - 10);
       }},
      {"noise.docx", "an archive with a directory of noise", "415 damaged",
       [] { return "PK\x03\x04" + noise(50'000) + "PK\x01\x02" + noise(42) + "word/document.xml" + noise(1'000); }},
      {"empty.docx", "a document without text", "empty", [] { return docx(""); }},
      {"no-part.docx", "an archive that names the part but has none", "unsupported",
       [] { return zip_of({{"word/document-notes.txt", "x", 0, 0}}); }},
  };
}

inline std::vector<HostileFile> xml() {
  return {
      {"laughs.docx", "a billion laughs", "unsafe", [] { return zip_of({{"word/document.xml", xml_bomb(), 0, 0}}); }},
      {"quadratic.docx", "one long entity used often", "unsafe",
       [] {
         return zip_of(
             {{"word/document.xml",
               "<!DOCTYPE d [<!ENTITY a \"" + noise(0) + std::string(50'000, 'a') + "\">]><d>" + repeated("&a;", 50'000) + "</d>",
               0, 0}});
       }},
      {"external.docx", "an entity that is a file", "unsafe",
       [] {
         return zip_of({{"word/document.xml", "<!DOCTYPE d [<!ENTITY a SYSTEM \"file:///etc/passwd\">]><d>&a;</d>", 0, 0}});
       }},
      {"parameter.docx", "a parameter entity of another host", "unsafe",
       [] {
         return zip_of(
             {{"word/styles.xml", "<!DOCTYPE d [<!ENTITY % a SYSTEM \"http://127.0.0.1/\"> %a;]><d/>", 0, 0}, word_document("")});
       }},
      {"utf16-dtd.docx", "a document type in UTF-16", "unsafe",
       [] {
         std::string wide = "\xFF\xFE";
         for (const char c : "<?xml version=\"1.0\" encoding=\"UTF-16\"?><!DOCTYPE d [<!ENTITY a \"b\">]><d>&a;</d>"s)
           wide += std::string{c, '\0'};
         return zip_of({{"word/document.xml", wide, 0, 0}});
       }},
      {"deep.docx", "elements a hundred thousand deep", "too_complex unsafe",
       [] {
         return zip_of({{"word/document.xml", nested("<w:p" + std::to_string(kHostileSeed) + ">", 100'000, ""), 0, 0},
                        {"pad", noise(200'000), 0, 0}});
       }},
      {"attributes.docx", "an element of a hundred thousand attributes", "too_complex",
       [] {
         std::string out = "<w:document xmlns:w=\"x\"><w:p ";
         for (int i = 0; i < 100'000; ++i) out += "a" + std::to_string(i) + "=\"\" ";
         return zip_of({{"word/document.xml", out + "/></w:document>", 0, 0}});
       }},
      {"unclosed.docx", "XML that stops in a tag", "damaged",
       [] { return zip_of({{"word/document.xml", "<w:document><w:p", 0, 0}}); }},
      {"controls.docx", "control characters and broken UTF-8 in XML", "damaged",
       [] { return docx(word_paragraph("a\x01\xFF\xFE b")); }},
      {"notes.docx", "one note that every word refers to", "read",
       [] {
         return docx("<w:p>" + repeated("<w:r><w:t>a</w:t><w:footnoteReference w:id=\"2\"/></w:r>", 2'000) + "</w:p>",
                     {{"word/footnotes.xml",
                       word_part("footnotes", "<w:footnote w:id=\"2\">" + word_paragraph(noise(0) + std::string(1'000, 'n')) +
                                                  "</w:footnote>"),
                       0, 0},
                      {"pad", noise(20'000), 0, 0}});
       }},
      {"tables.docx", "tables in tables", "too_complex read unsafe",
       [] { return docx(nested("<w:tbl><w:tr><w:tc>", 500, word_paragraph("core"), "</w:tc></w:tr></w:tbl>")); }},
      {"styles-loop.docx", "styles based on each other", "read",
       [] {
         return docx(word_paragraph("text", "a"),
                     {{"word/styles.xml",
                       word_part("styles",
                                 "<w:style w:type=\"paragraph\" w:styleId=\"a\"><w:basedOn w:val=\"b\"/></w:style>"
                                 "<w:style w:type=\"paragraph\" w:styleId=\"b\"><w:basedOn w:val=\"a\"/></w:style>"),
                       0, 0}});
       }},
  };
}

inline std::vector<HostileFile> pdfs() {
  return {
      {"half.pdf", "the first half of a PDF", "damaged no_text read",
       [] { return sound_pdf().substr(0, sound_pdf().size() / 2); }},
      {"head.pdf", "nothing but the first line", "damaged", [] { return "%PDF-1.7\n"s; }},
      {"noise.pdf", "noise behind the first line", "damaged", [] { return "%PDF-1.7\n" + noise(500'000); }},
      {"flipped.pdf", "every fiftieth byte changed", "damaged read no_text too_complex",
       [] {
         std::string out = sound_pdf();
         for (std::size_t i = 20; i < out.size(); i += 50) out[i] = static_cast<char>(out[i] ^ 0x15);
         return out;
       }},
      {"page-loop.pdf", "a page tree that is its own child", "damaged no_text",
       [] { return pdf_of({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>"}); }},
      {"object-loop.pdf", "a content that refers to itself", "damaged no_text",
       [] { return pdf_with_page(kPage, {"4 0 R", kFont}); }},
      {"form-loop.pdf", "a drawing that draws itself", "no_text read damaged",
       [] {
         return pdf_with_page(
             "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
             {pdf_stream("/X Do"),
              pdf_stream("/X Do /X Do",
                         "/Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /X 5 0 R >> >> ")});
       }},
  };
}

inline std::vector<HostileFile> endless_pdfs() {
  return {
      {"stream-bomb.pdf", "a stream of two hundred megabytes of spaces", "no_text too_complex too_large",
       [] { return pdf_with_page(kPage, {pdf_stream(zlib_bomb(200), "/Filter /FlateDecode "), kFont}); }},
      {"huge-page.pdf", "a page of a million miles", "no_text read damaged",
       [] {
         return pdf_with_page(
             "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 1e30 1e30] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
             {pdf_stream("BT /F1 1e20 Tf 60 700 Td (far) Tj ET"), kFont});
       }},
      {"huge-image.pdf", "a picture of two thousand million dots", "no_text read damaged",
       [] {
         return pdf_with_page(
             "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /X 5 0 R >> >> /Contents 4 0 R >>",
             {pdf_stream("/X Do"), pdf_stream("x",
                                              "/Type /XObject /Subtype /Image /Width 2147483647 /Height 2147483647 "
                                              "/BitsPerComponent 8 /ColorSpace /DeviceRGB ")});
       }},
      {"count.pdf", "two thousand million pages claimed", "read no_text damaged",
       [] {
         return pdf_of({"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 2147483647 >>", kPage,
                        pdf_stream("BT /F1 11 Tf 60 700 Td (few) Tj ET"), kFont});
       }},
      {"many-pages.pdf", "three thousand and one pages", "too_large",
       [] { return pdf(std::vector<std::vector<PdfText>>(static_cast<std::size_t>(kPdfPagesMax) + 1, {PdfText{"again"}})); }},
      {"same-page.pdf", "one page shown fifty thousand times", "damaged too_large",
       [] {
         return pdf_of({"<< /Type /Catalog /Pages 2 0 R >>",
                        "<< /Type /Pages /Kids [" + repeated("3 0 R ", 50'000) + "] /Count 50000 >>", kPage,
                        pdf_stream("BT /F1 11 Tf 60 700 Td (again) Tj ET"), kFont});
       }},
      {"words.pdf", "a page of a hundred thousand words in one place", "read too_complex too_large",
       [] {
         return pdf_with_page(kPage, {pdf_stream("BT /F1 11 Tf 60 700 Td " + repeated("(word ) Tj ", 20'000) + "ET"), kFont});
       }},
      {"nest.pdf", "arrays a hundred thousand deep", "damaged no_text too_complex",
       [] {
         return pdf_of(
             {"<< /Type /Catalog /Pages 2 0 R /X " + nested("[", 100'000, "") + " >>", "<< /Type /Pages /Kids [] /Count 0 >>"});
       }},
      {"password.pdf", "a password nobody gave", "encrypted damaged",
       [] {
         return pdf_of(
             {"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", kPage, pdf_stream("x"), kFont},
             "/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <" + std::string(64, 'A') + "> /U <" + std::string(64, 'B') +
                 "> >> /ID [<00> <00>] ");
       }},
      {"script.pdf", "a script that runs on opening", "read",
       [] {
         return pdf_of(
             {"<< /Type /Catalog /Pages 2 0 R /OpenAction << /S /JavaScript /JS (app.launchURL\\(\"http://127.0.0.1\"\\)) >> >>",
              "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", kPage, pdf_stream("BT /F1 11 Tf 60 700 Td (calm) Tj ET"), kFont});
       }},
  };
}

inline std::vector<HostileFile> texts_and_others() {
  return {
      {"divs.html", "elements a million deep", "too_complex", [] { return "<html>" + repeated("<div>", 1'000'000); }},
      {"adopt.html", "formatting that multiplies itself", "too_complex",
       [] {
         std::string out = "<p>";
         for (int i = 0; i < 4'000; ++i) out += "<b id=" + std::to_string(i) + ">";
         return out + repeated("<p>x", 50'000);
       }},
      {"table.html", "a table without an end", "read too_complex too_large",
       [] { return "<table>" + repeated("<tr><td>a<td>b", 500'000); }},
      {"attribute.html", "an attribute of twenty megabytes", "read empty too_complex too_large",
       [] { return "<p title=\"" + std::string(20'000'000, 'a') + "\">text</p>"; }},
      {"entities.html", "a million entities", "read too_complex",
       [] { return "<p>" + repeated("&amp;&#x10FFFF;&bogus;", 300'000); }},
      {"brackets.md", "a million open brackets", "read too_complex", [] { return repeated("[", 1'000'000); }},
      {"quotes.md", "quotations twenty thousand deep", "read too_complex damaged",
       [] { return repeated("> ", 20'000) + "deep"; }},
      {"stars.md", "emphasis that never ends", "read too_complex", [] { return "# x\n\n" + repeated("*a_ ", 300'000); }},
      {"table.md", "a table of ten thousand columns", "read too_complex",
       [] { return repeated("|a", 10'000) + "|\n" + repeated("|-", 10'000) + "|\n" + repeated("|b", 10'000) + "|\n"; }},
      {"line.txt", "one line of twenty megabytes", "read too_large", [] { return std::string(20'000'000, 'x'); }},
      {"invalid.txt", "invalid UTF-8", "unsupported_encoding", [] { return "text \xC3\x28 \xF5\x80 \xED\xA0\x80 end"s; }},
      {"nul.txt", "text with NUL in it", "415", [] { return "text\0text"s; }},
      {"wide.txt", "UTF-16 with half a pair", "unsupported_encoding", [] { return "\xFF\xFE\x3D\xD8\x61\x00"s; }},
      {"rows.csv", "rows without an end", "too_large", [] { return "a,b\n" + repeated("1,2\n", 2'000'000); }},
      {"columns.csv", "a row of a million columns", "too_complex 415 read", [] { return "a,b\n" + repeated("x,", 1'000'000); }},
      {"open.csv", "a quotation mark that is never closed", "damaged", [] { return "a,b\n1,\"" + repeated("x,y\n", 200'000); }},
      {"archive.txt", "gzip under the name of a text", "415", [] { return "\x1F\x8B\x08" + noise(1'000); }},
      {"picture.pdf", "a picture under the name of a PDF", "415", [] { return "\x89PNG\r\n\x1A\n" + noise(1'000); }},
      {"program.docx", "a program under the name of a document", "415", [] { return "\x7F"s + "ELF" + noise(1'000); }},
      {"polyglot.pdf", "a PDF that is an archive as well", "read damaged no_text",
       [] { return sound_pdf() + docx(word_paragraph("other")); }},
      {"polyglot.html", "a page with a PDF behind it", "415 read empty",
       [] { return "<html><body><p>text</p>\n" + sound_pdf(); }},
  };
}

/// All of them.
inline std::vector<HostileFile> hostile_files() {
  std::vector<HostileFile> all;
  for (auto& files : {archives(), xml(), pdfs(), endless_pdfs(), texts_and_others()})
    all.insert(all.end(), files.begin(), files.end());
  return all;
}

}  // namespace guildhall::knowledge::test
