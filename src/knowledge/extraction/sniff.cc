// Which kind of document the bytes are.
#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "extraction/encoding.h"
#include "extraction/extract.h"

namespace guildhall::knowledge {
namespace {

using namespace std::string_view_literals;

constexpr std::size_t kSniffBytes = 16 * 1024;
/// Programs that write PDF may put this much before its first line (Adobe's own reader searches as far).
constexpr std::size_t kPdfPrologueBytes = 1024;

struct Signature {
  std::string_view bytes;
  std::string_view format;
};

constexpr Signature kBinarySignatures[] = {
    {"PK\x05\x06"sv, "empty zip"},
    {"\x1F\x8B"sv, "gzip"},
    {"\x89PNG"sv, "PNG"},
    {"\xFF\xD8\xFF"sv, "JPEG"},
    {"GIF8"sv, "GIF"},
    {"\x7F"
     "ELF"sv,
     "program"},
    {"\xD0\xCF\x11\xE0"sv, "old or password-protected Office"},
    {"{\\rtf"sv, "RTF"},
    {"Rar!"sv, "rar"},
    {"7z\xBC\xAF"sv, "7z"},
    {"BZh"sv, "bzip2"},
    {"\x28\xB5\x2F\xFD"sv, "zstd"},
    {"SQLite format 3"sv, "SQLite"},
    {"%!PS"sv, "PostScript"},
    {"OggS"sv, "Ogg"},
    {"ID3"sv, "MP3"},
};

[[noreturn]] void refuse_type(std::string_view filename, std::string_view format,
                              std::string_view way_out = "upload PDF, DOCX, Markdown, HTML, plain text or CSV instead") {
  throw Refusal(Code::unsupported_media_type,
                "'" + std::string(filename) + "' looks like a " + std::string(format) + " file; " + std::string(way_out));
}

bool looks_binary(std::string_view content) {
  if (content.find('\0') != std::string_view::npos) return true;
  const std::string_view head = content.substr(0, kSniffBytes);
  const auto controls = std::count_if(head.begin(), head.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 && c != '\t' && c != '\n' && c != '\r' && c != '\f';
  });
  return static_cast<std::size_t>(controls) * 20 > head.size();
}

/// Skips white space, XML declarations and comments.
std::string_view without_prologue(std::string_view text) {
  while (true) {
    text = trimmed(text);
    const std::string_view close = text.starts_with("<!--") ? "-->" : text.starts_with("<?") ? "?>" : "";
    if (close.empty()) return text;
    const std::size_t end = text.find(close);
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + close.size());
  }
}

bool starts_with_tag(std::string_view lower, std::string_view tag) {
  if (!lower.starts_with('<') || !lower.substr(1).starts_with(tag)) return false;
  const std::string_view rest = lower.substr(1 + tag.size());
  return rest.empty() || rest[0] == '>' || rest[0] == ' ' || rest[0] == '\n' || rest[0] == '\r' || rest[0] == '\t' ||
         rest[0] == '/';
}

struct MarkdownSigns {
  int headings = 0;
  int others = 0;
};

MarkdownSigns markdown_signs(std::string_view head) {
  MarkdownSigns signs;
  if (head.starts_with("---\n") || head.starts_with("---\r\n") || head.starts_with("+++\n")) ++signs.others;
  for (const std::string_view raw : split(head, '\n')) {
    const std::string_view line = trimmed(raw);
    std::size_t hashes = 0;
    while (hashes < line.size() && line[hashes] == '#') ++hashes;
    if (hashes >= 1 && hashes <= 6 && hashes < line.size() && line[hashes] == ' ') ++signs.headings;
    if (line.starts_with("```") || line.starts_with("~~~") || line.starts_with("|--") || line.starts_with("| --") ||
        line.starts_with("| :-") || line.starts_with("|:-") || line.find("](") != std::string_view::npos) {
      ++signs.others;
    }
  }
  return signs;
}

bool is_html(std::string_view head, const MarkdownSigns& signs) {
  const std::string lower = ascii_lower(without_prologue(head).substr(0, 64));
  for (const std::string_view tag : {"!doctype html", "html", "head", "body"}) {
    if (starts_with_tag(lower, tag)) return true;
  }
  if (signs.headings + signs.others > 0) return false;
  for (const std::string_view tag :
       {"div",     "p",  "h1", "h2",     "h3",   "h4",    "h5",   "h6",   "table",  "article", "main",
        "section", "ul", "ol", "dl",     "span", "title", "meta", "link", "script", "style",   "header",
        "nav",     "a",  "b",  "strong", "em",   "br",    "hr",   "pre",  "form",   "center",  "font"}) {
    if (starts_with_tag(lower, tag)) return true;
  }
  return false;
}

bool ends_with_any(std::string_view name, std::initializer_list<std::string_view> endings) {
  const std::string lower = ascii_lower(name);
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return lower.ends_with(ending); });
}

/// True when the archive's directory has an entry whose name begins so. Names stand in it uncompressed, 46 bytes behind the
/// mark of their record (APPNOTE.TXT 4.3.12).
bool has_archive_entry(std::string_view archive, std::string_view name) {
  constexpr std::size_t kRecordBytes = 46;
  for (std::size_t at = archive.find(name); at != std::string_view::npos; at = archive.find(name, at + 1)) {
    if (at >= kRecordBytes && archive.substr(at - kRecordBytes, 4) == "PK\x01\x02"sv) return true;
  }
  return false;
}

ContentType type_of_archive(std::string_view archive, std::string_view filename) {
  if (has_archive_entry(archive, "word/document")) return ContentType::docx;
  if (has_archive_entry(archive, "xl/")) refuse_type(filename, "spreadsheet", "save it as CSV and upload that");
  if (has_archive_entry(archive, "ppt/")) refuse_type(filename, "presentation", "export it as PDF and upload that");
  if (archive.substr(0, 128).find("vnd.oasis.opendocument") != std::string_view::npos) {
    refuse_type(filename, "OpenDocument", "save it as DOCX or PDF and upload that");
  }
  refuse_type(filename, "zip", "unpack it and upload the documents in it");
}

bool is_pdf(std::string_view content) {
  if (content.starts_with("%PDF-")) return true;
  const std::size_t at = content.substr(0, kPdfPrologueBytes).find("%PDF-1.");
  return at != std::string_view::npos && (content[at - 1] == '\n' || content[at - 1] == '\r');
}

}  // namespace

std::string_view media_type(ContentType type) {
  switch (type) {
    case ContentType::markdown: return "text/markdown";
    case ContentType::html: return "text/html";
    case ContentType::text: return "text/plain";
    case ContentType::csv: return "text/csv";
    case ContentType::docx: return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
    case ContentType::pdf: return "application/pdf";
  }
  return "text/plain";
}

ContentType sniff(std::string_view content, std::string_view filename) {
  if (is_pdf(content)) return ContentType::pdf;
  if (content.starts_with("PK\x03\x04"sv)) return type_of_archive(content, filename);
  for (const Signature& signature : kBinarySignatures) {
    if (content.starts_with(signature.bytes)) refuse_type(filename, signature.format);
  }
  std::string converted;
  if (has_utf16_mark(content)) {
    // A damaged end is for the extraction to report; the first characters are enough to tell the kind.
    try {
      converted = utf16_to_utf8(content.substr(0, std::min(content.size(), kSniffBytes) & ~std::size_t{1}));
    } catch (const ExtractionFailure&) {
      return ContentType::text;
    }
    content = converted;
  } else if (looks_binary(content)) {
    refuse_type(filename, "binary");
  }
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  const std::string_view head = content.substr(0, kSniffBytes);
  const MarkdownSigns signs = markdown_signs(head);
  if (is_html(head, signs)) return ContentType::html;
  if (trimmed(head).starts_with("<?xml") || trimmed(head).starts_with("<svg")) refuse_type(filename, "XML");
  if (ends_with_any(filename, {".md", ".mdx", ".markdown"})) return ContentType::markdown;
  const bool is_named_csv = ends_with_any(filename, {".csv", ".tsv", ".tab"});
  if ((is_named_csv || signs.headings + signs.others == 0) && looks_like_csv(head, is_named_csv)) return ContentType::csv;
  const int wanted = ends_with_any(filename, {".txt", ".text", ".log"}) ? 3 : 1;
  return signs.headings + signs.others >= wanted ? ContentType::markdown : ContentType::text;
}

}  // namespace guildhall::knowledge
