// Decoding by ICU's macro.
#include "code_point.h"

#include <unicode/utf8.h>

namespace guildhall::models {

// The macro narrows on purpose, which g++ cannot know.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
std::int32_t next_code_point(std::string_view text, std::int32_t& at) {
  std::int32_t c = 0;
  U8_NEXT(text.data(), at, static_cast<std::int32_t>(text.size()), c);
  return c;
}
#pragma GCC diagnostic pop

}  // namespace guildhall::models
