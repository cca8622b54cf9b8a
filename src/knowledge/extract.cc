// Which kind of document the bytes are, their encoding, and the dispatch to the formats.
#include "extract.h"

#include <unicode/uchar.h>

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "base/text.h"
#include "folding.h"
#include "limits.h"
#include "words.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kSniffBytes = 16 * 1024;

struct Signature {
  std::string_view bytes;
  std::string_view format;
};

using namespace std::string_view_literals;
constexpr Signature kBinarySignatures[] = {
    {"%PDF-"sv, "PDF"},
    {"PK\x03\x04"sv, "zip or Office"},
    {"PK\x05\x06"sv, "zip"},
    {"\x1F\x8B"sv, "gzip"},
    {"\x89PNG"sv, "PNG"},
    {"\xFF\xD8\xFF"sv, "JPEG"},
    {"GIF8"sv, "GIF"},
    {"\x7F"
     "ELF"sv,
     "program"},
    {"\xD0\xCF\x11\xE0"sv, "old Office"},
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

[[noreturn]] void refuse_type(std::string_view filename, std::string_view format) {
  throw Refusal(Code::unsupported_media_type, "'" + std::string(filename) + "' looks like a " + std::string(format) +
                                                  " file; upload Markdown, HTML or plain text instead");
}

bool has_utf16_mark(std::string_view content) {
  return content.starts_with("\xFF\xFE"sv) || content.starts_with("\xFE\xFF"sv);
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

std::string utf16_to_utf8(std::string_view content) {
  const bool little = content[0] == '\xFF';
  const auto unit_at = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(content[i]);
    const auto second = static_cast<unsigned char>(content[i + 1]);
    return static_cast<std::int32_t>(little ? first | (second << 8) : (first << 8) | second);
  };
  if (content.size() % 2 != 0) throw ExtractionFailure("unsupported_encoding", "the UTF-16 text ends in half a character");
  std::string out;
  out.reserve(content.size());
  for (std::size_t i = 2; i < content.size(); i += 2) {
    std::int32_t c = unit_at(i);
    if (c >= 0xD800 && c < 0xE000) {
      const bool has_pair = c < 0xDC00 && i + 3 < content.size();
      const std::int32_t low = has_pair ? unit_at(i + 2) : 0;
      if (low < 0xDC00 || low > 0xDFFF) throw ExtractionFailure("unsupported_encoding", "the UTF-16 text is damaged");
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(out, c);
  }
  return out;
}

bool has_text(const Extracted& extracted) {
  return std::any_of(extracted.blocks.begin(), extracted.blocks.end(),
                     [](const Block& block) { return !trimmed(block.text).empty(); });
}

}  // namespace

std::string_view media_type(ContentType type) {
  switch (type) {
    case ContentType::markdown: return "text/markdown";
    case ContentType::html: return "text/html";
    case ContentType::text: return "text/plain";
  }
  return "text/plain";
}

ContentType sniff(std::string_view content, std::string_view filename) {
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
  const int wanted = ends_with_any(filename, {".txt", ".text", ".log"}) ? 3 : 1;
  return signs.headings + signs.others >= wanted ? ContentType::markdown : ContentType::text;
}

std::string decoded_text(std::string_view content) {
  std::string text = has_utf16_mark(content) ? utf16_to_utf8(content) : std::string(content);
  if (text.starts_with("\xEF\xBB\xBF")) text.erase(0, 3);
  if (!is_valid_utf8(text)) {
    throw ExtractionFailure("unsupported_encoding",
                            "the text is neither UTF-8 nor UTF-16 with a byte order mark; save it as UTF-8");
  }
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\0') continue;
    if (text[i] == '\r') {
      if (i + 1 >= text.size() || text[i + 1] != '\n') out += '\n';
      continue;
    }
    out += text[i];
  }
  return out;
}

Extracted extract(std::string_view content, ContentType type, std::string_view filename) {
  const std::string text = decoded_text(content);
  Extracted extracted;
  switch (type) {
    case ContentType::markdown: extracted = extract_markdown(text); break;
    case ContentType::html: extracted = extract_html(text); break;
    case ContentType::text: extracted = extract_plain(text); break;
  }
  if (!has_text(extracted)) throw ExtractionFailure("empty", "'" + std::string(filename) + "' holds no text");
  extracted.title = std::string(prefix_code_points(collapsed(extracted.title), kTitleCodePointsMax));
  for (Block& block : extracted.blocks) {
    if (block.kind == BlockKind::heading) block.text = std::string(prefix_code_points(block.text, kHeadingCodePointsMax));
  }
  return extracted;
}

std::string AnchorNames::name(std::string_view heading) {
  std::string out;
  const std::string lower = folded_word(heading, {});
  for (std::size_t at = 0; at < lower.size();) {
    const std::size_t begin = at;
    const std::int32_t c = decode(lower, at);
    if (c == ' ' || c == '-') {
      out += '-';
    } else if (c == '_' || (c >= 0 && (u_isalnum(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0))) {
      out.append(lower, begin, at - begin);
    }
  }
  const auto [found, is_new] = used_.emplace(out, 0);
  return is_new ? out : out + "-" + std::to_string(++found->second);
}

std::string collapsed(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  bool space = false;
  for (const char c : text) {
    if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v') {
      space = true;
      continue;
    }
    if (space && !out.empty()) out += ' ';
    space = false;
    out += c;
  }
  return out;
}

std::string table_row_text(const std::vector<std::string>& cells) {
  std::string out = "|";
  for (const std::string& cell : cells) out += " " + cell + (cell.empty() ? "|" : " |");
  return out;
}

}  // namespace guildhall::knowledge
