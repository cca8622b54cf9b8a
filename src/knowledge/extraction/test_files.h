// Files for tests, made here byte by byte: archives, word processors' documents, PDFs.
#pragma once

#include <zlib.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define GUILDHALL_TEST_IS_SANITIZED
#endif
#endif

namespace guildhall::knowledge::test {

/// A sanitizer multiplies time and memory, so what they may be is checked without one.
#ifdef GUILDHALL_TEST_IS_SANITIZED
inline constexpr bool kIsSanitized = true;
#else
inline constexpr bool kIsSanitized = false;
#endif

inline void put_little(std::string& out, std::uint32_t value, int bytes) {
  for (int i = 0; i < bytes; ++i) out += static_cast<char>((value >> (8 * i)) & 0xFF);
}

/// Raw deflate, as archives hold it.
inline std::string deflated(std::string_view bytes) {
  z_stream stream{};
  deflateInit2(&stream, 9, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  stream.avail_in = static_cast<uInt>(bytes.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  deflate(&stream, Z_FINISH);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

struct ZipEntry {
  std::string name;
  std::string content;
  std::uint32_t claimed_size = 0;  ///< what the directory says instead of the truth, when not 0
  std::uint16_t flags = 0;
};

/// A zip archive, with whatever its entries claim.
inline std::string zip_of(const std::vector<ZipEntry>& entries) {
  std::string out;
  std::string directory;
  for (const ZipEntry& entry : entries) {
    const std::string packed = deflated(entry.content);
    const auto crc = static_cast<std::uint32_t>(
        crc32(0, reinterpret_cast<const Bytef*>(entry.content.data()), static_cast<uInt>(entry.content.size())));
    const std::uint32_t size = entry.claimed_size != 0 ? entry.claimed_size : static_cast<std::uint32_t>(entry.content.size());
    const auto offset = static_cast<std::uint32_t>(out.size());
    std::string common;
    put_little(common, 20, 2);
    put_little(common, entry.flags, 2);
    put_little(common, 8, 2);
    put_little(common, 0x5821'0000, 4);
    put_little(common, crc, 4);
    put_little(common, static_cast<std::uint32_t>(packed.size()), 4);
    put_little(common, size, 4);
    put_little(common, static_cast<std::uint32_t>(entry.name.size()), 2);
    put_little(common, 0, 2);
    out += "PK\x03\x04" + common + entry.name + packed;
    directory += "PK\x01\x02";
    put_little(directory, 20, 2);
    directory += common;
    put_little(directory, 0, 2);
    put_little(directory, 0, 2);
    put_little(directory, 0, 2);
    put_little(directory, 0, 4);
    put_little(directory, offset, 4);
    directory += entry.name;
  }
  const auto begin = static_cast<std::uint32_t>(out.size());
  out += directory;
  out += "PK\x05\x06";
  put_little(out, 0, 4);
  put_little(out, static_cast<std::uint32_t>(entries.size()), 2);
  put_little(out, static_cast<std::uint32_t>(entries.size()), 2);
  put_little(out, static_cast<std::uint32_t>(directory.size()), 4);
  put_little(out, begin, 4);
  put_little(out, 0, 2);
  return out;
}

inline constexpr std::string_view kWordNamespace = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

inline std::string word_part(std::string_view element, std::string_view inner) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?><w:" + std::string(element) + " " + std::string(kWordNamespace) + ">" +
         std::string(inner) + "</w:" + std::string(element) + ">";
}

inline ZipEntry word_document(std::string_view body) {
  return {"word/document.xml", word_part("document", "<w:body>" + std::string(body) + "</w:body>"), 0, 0};
}

inline std::string docx(std::string_view body, std::vector<ZipEntry> others = {}) {
  others.insert(others.begin(), {"[Content_Types].xml", "<Types/>", 0, 0});
  others.push_back(word_document(body));
  return zip_of(others);
}

/// A paragraph, with a style when one is named.
inline std::string word_paragraph(std::string_view text, std::string_view style = {}) {
  const std::string properties = style.empty() ? "" : "<w:pPr><w:pStyle w:val=\"" + std::string(style) + "\"/></w:pPr>";
  return "<w:p>" + properties + "<w:r><w:t xml:space=\"preserve\">" + std::string(text) + "</w:t></w:r></w:p>";
}

/// A PDF from its objects, the first of which is the catalogue.
inline std::string pdf_of(const std::vector<std::string>& objects, std::string_view trailer = {}) {
  std::string out = "%PDF-1.4\n";
  std::vector<std::size_t> places;
  for (std::size_t i = 0; i < objects.size(); ++i) {
    places.push_back(out.size());
    out += std::to_string(i + 1) + " 0 obj\n" + objects[i] + "\nendobj\n";
  }
  const std::size_t table = out.size();
  out += "xref\n0 " + std::to_string(objects.size() + 1) + "\n0000000000 65535 f \n";
  for (const std::size_t place : places) {
    std::string number = std::to_string(place);
    number.insert(0, 10 - number.size(), '0');
    out += number + " 00000 n \n";
  }
  out += "trailer\n<< /Size " + std::to_string(objects.size() + 1) + " /Root 1 0 R " + std::string(trailer) + ">>\nstartxref\n" +
         std::to_string(table) + "\n%%EOF\n";
  return out;
}

inline std::string pdf_stream(std::string_view content, std::string_view entries = {}) {
  return "<< /Length " + std::to_string(content.size()) + " " + std::string(entries) + ">>\nstream\n" + std::string(content) +
         "\nendstream";
}

struct PdfText {
  std::string text;
  int size = 11;
  int gap = 0;  ///< more space above than a line
};

/// Pages of lines, from the top, 16 points apart.
inline std::string pdf(const std::vector<std::vector<PdfText>>& pages) {
  std::vector<std::string> objects = {"<< /Type /Catalog /Pages 2 0 R >>", "",
                                      "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>"};
  std::string kids;
  for (const auto& lines : pages) {
    std::string content = "BT\n";
    int y = 780;
    for (const PdfText& line : lines) {
      y -= line.gap;
      content += "/F1 " + std::to_string(line.size) + " Tf 1 0 0 1 60 " + std::to_string(y) + " Tm (" + line.text + ") Tj\n";
      y -= 16;
    }
    content += "ET";
    const std::string page = std::to_string(objects.size() + 1);
    kids += page + " 0 R ";
    objects.push_back("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents " +
                      std::to_string(objects.size() + 2) + " 0 R >>");
    objects.push_back(pdf_stream(content));
  }
  objects[1] = "<< /Type /Pages /Kids [" + kids + "] /Count " + std::to_string(pages.size()) + " >>";
  return pdf_of(objects);
}

}  // namespace guildhall::knowledge::test
