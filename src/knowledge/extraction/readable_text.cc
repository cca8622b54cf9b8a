// Files as text, by the same extraction that indexing uses.
#include "base/errors.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "knowledge/extractor.h"
#include "knowledge/text.h"

namespace guildhall::knowledge {
namespace {

std::string text_of_blocks(const Extracted& extracted) {
  std::string text;
  BlockKind last = BlockKind::heading;
  for (const Block& block : extracted.blocks) {
    const bool continues = block.kind == last && (block.kind == BlockKind::list_item || block.kind == BlockKind::table_row);
    if (!text.empty()) text += continues ? "\n" : "\n\n";
    if (block.kind == BlockKind::heading) text += std::string(static_cast<std::size_t>(std::max(block.level, 1)), '#') + " ";
    text += block.text;
    last = block.kind;
  }
  return text;
}

}  // namespace

std::string readable_text(const Extractor& extractor, std::string_view content, std::string_view filename) {
  const ContentType type = sniff(content, filename);
  const bool is_text = type == ContentType::markdown || type == ContentType::text || type == ContentType::csv;
  try {
    return is_text ? decoded_text(content) : text_of_blocks(extractor.extract(content, filename));
  } catch (const ExtractionFailure& failure) {
    throw Refusal(Code::component_error, failure.message);
  }
}

}  // namespace guildhall::knowledge
