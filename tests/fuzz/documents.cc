// Any bytes as an uploaded document: refused by its type, failed with a reason, or read into valid text.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/errors.h"
#include "base/text.h"
#include "extract.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall;
  const std::string_view content(reinterpret_cast<const char*>(bytes), size);
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
