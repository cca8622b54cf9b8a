// Length-prefixed fields, little-endian.
#include "extraction/extracted_wire.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <optional>

#include "../limits.h"
#include "base/text.h"

namespace guildhall::knowledge {
namespace {

constexpr std::string_view kDocumentMark = "guildhall document 2\n";
constexpr std::string_view kFailureMark = "guildhall failure 1\n";
constexpr std::string_view kEndMark = "\nend\n";
constexpr int kListLevelMax255 = 255;
constexpr std::size_t kFailureCodeBytesMax = 40;
constexpr std::size_t kFailureMessageBytesMax = 2'000;

using WireSink = std::function<void(std::string_view)>;

void put_number(std::string& out, std::size_t value) {
  const auto number = static_cast<std::uint32_t>(value);
  for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>((number >> shift) & 0xFF);
}

void put_text(std::string& out, std::string_view text) {
  put_number(out, text.size());
  out += text;
}

void put_block(std::string& out, const Block& block) {
  out += static_cast<char>(block.kind);
  out += static_cast<char>(std::clamp(block.level, 0, kListLevelMax255));
  out += static_cast<char>(block.is_passage ? 1 : 0);
  put_number(out, static_cast<std::size_t>(block.header + 1));
  put_number(out, static_cast<std::size_t>(block.table));
  put_number(out, static_cast<std::size_t>(block.page));
  put_text(out, block.text);
  put_text(out, block.anchor);
  put_text(out, block.question);
}

/// Takes fields from the front; anything wrong makes it stay bad.
class WireFields {
 public:
  explicit WireFields(std::string_view bytes) : rest_(bytes) {}

  bool is_good() const { return is_good_; }
  bool is_at_end() const { return is_good_ && rest_.empty(); }

  bool mark(std::string_view expected) {
    if (!rest_.starts_with(expected)) return is_good_ = false;
    rest_.remove_prefix(expected.size());
    return is_good_;
  }

  /// A byte or number above `most` is not in the form.
  int byte(int most) {
    if (!has(1)) return 0;
    const int value = static_cast<unsigned char>(rest_.front());
    rest_.remove_prefix(1);
    if (value > most) is_good_ = false;
    return is_good_ ? value : 0;
  }

  std::size_t number(std::size_t most) {
    if (!has(4)) return 0;
    std::size_t value = 0;
    for (std::size_t i = 0; i < 4; ++i) value |= std::size_t{static_cast<unsigned char>(rest_[i])} << (8 * i);
    rest_.remove_prefix(4);
    if (value > most) is_good_ = false;
    return is_good_ ? value : 0;
  }

  std::string text(std::size_t most) {
    const std::size_t size = number(std::min(most, rest_.size()));
    if (!has(size)) return {};
    std::string value(rest_.substr(0, size));
    rest_.remove_prefix(size);
    if (value.find('\0') != std::string::npos || !is_valid_utf8(value)) is_good_ = false;
    return value;
  }

 private:
  bool has(std::size_t bytes) {
    if (rest_.size() < bytes) is_good_ = false;
    return is_good_;
  }

  std::string_view rest_;
  bool is_good_ = true;
};

constexpr std::size_t kAnyBytes = 0x7FFF'FFFF;

void put_notes(std::string& out, const CrawlerNotes& notes) {
  put_text(out, notes.base);
  put_text(out, notes.canonical);
  put_text(out, notes.directives);
  put_number(out, notes.links.size());
  for (const std::string& link : notes.links) put_text(out, link);
}

CrawlerNotes take_notes(WireFields& fields) {
  CrawlerNotes notes;
  notes.base = fields.text(kUrlBytesMax);
  notes.canonical = fields.text(kUrlBytesMax);
  notes.directives = fields.text(kDirectivesBytesMax);
  const std::size_t links = fields.number(kLinksNotedMax);
  for (std::size_t i = 0; i < links && fields.is_good(); ++i) notes.links.push_back(fields.text(kUrlBytesMax));
  return notes;
}

Block take_block(WireFields& fields, std::size_t headers) {
  Block block;
  block.kind = static_cast<BlockKind>(fields.byte(static_cast<int>(BlockKind::code)));
  block.level = fields.byte(block.kind == BlockKind::heading ? 6 : kListLevelMax255);
  block.is_passage = fields.byte(1) == 1;
  block.header = static_cast<int>(fields.number(headers)) - 1;
  block.table = static_cast<int>(fields.number(kAnyBytes));
  block.page = static_cast<int>(fields.number(kPdfPagesMax));
  block.text = fields.text(kAnyBytes);
  block.anchor = fields.text(kAnyBytes);
  block.question = fields.text(kQuestionCodePointsMax * 4);
  return block;
}

Extracted take_document(WireFields& fields) {
  Extracted extracted;
  extracted.title = fields.text(kTitleCodePointsMax * 4);
  extracted.pages = static_cast<int>(fields.number(kPdfPagesMax));
  const std::size_t without_text = fields.number(kPdfPagesMax);
  for (std::size_t i = 0; i < without_text && fields.is_good(); ++i) {
    extracted.pages_without_text.push_back(static_cast<int>(fields.number(kPdfPagesMax)));
  }
  const std::size_t headers = fields.number(kExtractedBlocksMax);
  for (std::size_t i = 0; i < headers && fields.is_good(); ++i) extracted.headers.push_back(fields.text(kAnyBytes));
  const std::size_t blocks = fields.number(kExtractedBlocksMax);
  for (std::size_t i = 0; i < blocks && fields.is_good(); ++i) extracted.blocks.push_back(take_block(fields, headers));
  extracted.crawler = take_notes(fields);
  return extracted;
}

ExtractionFailure take_failure(WireFields& fields) {
  std::string code = fields.text(kFailureCodeBytesMax);
  std::string message = fields.text(kFailureMessageBytesMax);
  return {std::move(code), std::move(message)};
}

bool is_failure_code(std::string_view code) {
  return !code.empty() && std::all_of(code.begin(), code.end(), [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

}  // namespace

void write_extracted(const Extracted& extracted, const WireSink& write) {
  if (extracted.blocks.size() > kExtractedBlocksMax || extracted.headers.size() > kExtractedBlocksMax) {
    throw ExtractionFailure("too_complex", "the document has too many paragraphs; split it into smaller documents");
  }
  constexpr std::size_t kPieceBytes = 64 * 1024;
  std::string piece(kDocumentMark);
  const auto flush = [&](std::size_t limit) {
    if (piece.size() < limit) return;
    write(piece);
    piece.clear();
  };
  put_text(piece, extracted.title);
  put_number(piece, static_cast<std::size_t>(extracted.pages));
  put_number(piece, extracted.pages_without_text.size());
  for (const int page : extracted.pages_without_text) put_number(piece, static_cast<std::size_t>(page));
  put_number(piece, extracted.headers.size());
  for (const std::string& header : extracted.headers) {
    put_text(piece, header);
    flush(kPieceBytes);
  }
  put_number(piece, extracted.blocks.size());
  for (const Block& block : extracted.blocks) {
    put_block(piece, block);
    flush(kPieceBytes);
  }
  put_notes(piece, extracted.crawler);
  piece += kEndMark;
  flush(1);
}

void write_failure(const ExtractionFailure& failure, const WireSink& write) {
  std::string out(kFailureMark);
  put_text(out, failure.code);
  put_text(out, prefix_bytes(failure.message, kFailureMessageBytesMax));
  out += kEndMark;
  write(out);
}

WireResult parse_extracted(std::string_view bytes) {
  WireFields fields(bytes);
  WireResult parsed;
  if (bytes.starts_with(kFailureMark)) {
    fields.mark(kFailureMark);
    ExtractionFailure failure = take_failure(fields);
    parsed.is_well_formed =
        fields.mark(kEndMark) && fields.is_at_end() && is_failure_code(failure.code) && !failure.message.empty();
    parsed.result = std::move(failure);
    return parsed;
  }
  fields.mark(kDocumentMark);
  Extracted extracted = take_document(fields);
  parsed.is_well_formed = fields.mark(kEndMark) && fields.is_at_end();
  if (parsed.is_well_formed) parsed.result = std::move(extracted);
  return parsed;
}

}  // namespace guildhall::knowledge
