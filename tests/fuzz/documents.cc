// Any bytes as an uploaded document: refused by its type, failed with a reason, or read into valid text. And as a question
// file: what reads, reads again as it was after export.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/errors.h"
#include "base/text.h"
#include "extraction/extract.h"
#include "knowledge/question_sets.h"

namespace {

void check_questions(std::string_view content) {
  using namespace guildhall::knowledge;
  const auto read = parse_questions(content);
  if (read.cases.empty() && read.errors.empty()) std::abort();
  if (read.cases.empty()) return;
  if (parse_questions(cases_as_json_lines(read.cases)).cases != read.cases) std::abort();
  if (parse_questions(cases_as_csv(read.cases)).cases != read.cases) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall;
  const std::string_view content(reinterpret_cast<const char*>(bytes), size);
  check_questions(content);
  try {
    const auto extracted = knowledge::extract(content, knowledge::sniff(content, "page.md"), "page.md");
    for (const auto& block : extracted.blocks)
      if (!is_valid_utf8(block.text)) std::abort();
  } catch (const Refusal&) {
    // Not a type that is read.
  } catch (const knowledge::ExtractionFailure& failure) {
    if (failure.code.empty() || failure.message.empty()) std::abort();
  }
  return 0;
}
