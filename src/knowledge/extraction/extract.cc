// The dispatch to the formats, and what they share.
#include "extraction/extract.h"

#include <unicode/uchar.h>

#include <algorithm>

#include "../limits.h"
#include "base/text.h"
#include "language/folding.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

bool has_text(const Extracted& extracted) {
  return std::any_of(extracted.blocks.begin(), extracted.blocks.end(),
                     [](const Block& block) { return !trimmed(block.text).empty(); });
}

Extracted extract_text(std::string_view content, ContentType type) {
  const std::string text = decoded_text(content);
  switch (type) {
    case ContentType::markdown: return extract_markdown(text);
    case ContentType::html: return extract_html(text);
    case ContentType::csv: return extract_csv(text);
    default: return extract_plain(text);
  }
}

}  // namespace

Extracted extract(std::string_view content, ContentType type, std::string_view filename) {
  Extracted extracted = type == ContentType::pdf    ? extract_pdf_layout(content)
                        : type == ContentType::docx ? extract_docx(content)
                                                    : extract_text(content, type);
  if (!has_text(extracted))
    throw ExtractionFailure("empty", "'" + std::string(filename) + "' holds no text; upload a file with text in it");
  extracted.title = std::string(prefix_code_points(collapsed(extracted.title), kTitleCodePointsMax));
  for (Block& block : extracted.blocks) {
    if (block.kind == BlockKind::heading) block.text = std::string(prefix_code_points(block.text, kHeadingCodePointsMax));
  }
  return extracted;
}

Block heading_block(int level, std::string text, std::string anchor) {
  Block block;
  block.kind = BlockKind::heading;
  block.level = level;
  block.text = std::move(text);
  block.anchor = std::move(anchor);
  return block;
}

Block text_block(BlockKind kind, std::string text, int level) {
  Block block;
  block.kind = kind;
  block.level = level;
  block.text = std::move(text);
  return block;
}

Block row_block(std::string text, int table, int header) {
  Block block = text_block(BlockKind::table_row, std::move(text));
  block.table = table;
  block.header = header;
  return block;
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
