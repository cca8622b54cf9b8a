// Any bytes as the inside of a DOCX file, as CSV, as the layout of a PDF, or as what a sandboxed reader wrote: failed with a
// reason, or read into valid text that survives being written and parsed again.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/text.h"
#include "extraction/extract.h"
#include "extraction/extracted_wire.h"
#include "extraction/test_files.h"

namespace {

using namespace guildhall;
using namespace guildhall::knowledge;

Extracted extract_part(std::uint8_t kind, std::string_view bytes) {
  const std::string text(bytes);
  switch (kind % 7) {
    case 0: return extract_docx(bytes);
    case 1: return extract_docx(test::zip_of({{"word/document.xml", text, 0, 0}}));
    case 2: return extract_docx(test::docx(text));
    case 3:
      return extract_docx(test::docx(test::word_paragraph("a", "b"), {{"word/styles.xml", test::word_part("styles", text), 0, 0},
                                                                      {"word/numbering.xml", text, 0, 0},
                                                                      {"word/footnotes.xml", text, 0, 0}}));
    case 4: return extract_csv(decoded_text(bytes));
    case 5: return extract_pdf_layout(bytes);
    default: {
      WireResult parsed = parse_extracted(bytes);
      if (!parsed.is_well_formed) throw ExtractionFailure("damaged", "not in the form");
      if (const auto* failure = std::get_if<ExtractionFailure>(&parsed.result)) throw *failure;
      return std::get<Extracted>(std::move(parsed.result));
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  try {
    const Extracted extracted = extract_part(bytes[0], {reinterpret_cast<const char*>(bytes) + 1, size - 1});
    for (const Block& block : extracted.blocks) {
      if (!is_valid_utf8(block.text) || block.header >= static_cast<int>(extracted.headers.size())) std::abort();
    }
    if (!is_valid_utf8(extracted.title)) std::abort();
  } catch (const ExtractionFailure& failure) {
    if (failure.code.empty() || failure.message.empty()) std::abort();
  }
  return 0;
}
