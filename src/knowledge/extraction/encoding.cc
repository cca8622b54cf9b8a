// Text files as UTF-8 with line feeds.
#include "extraction/encoding.h"

#include <algorithm>

#include "base/text.h"
#include "extraction/extract.h"
#include "language/words.h"

namespace guildhall::knowledge {

using namespace std::string_view_literals;

bool has_utf16_mark(std::string_view content) {
  return content.starts_with("\xFF\xFE"sv) || content.starts_with("\xFE\xFF"sv);
}

std::string utf16_to_utf8(std::string_view content) {
  const bool little = content[0] == '\xFF';
  const auto unit_at = [&](std::size_t i) {
    const auto first = static_cast<unsigned char>(content[i]);
    const auto second = static_cast<unsigned char>(content[i + 1]);
    return static_cast<std::int32_t>(little ? first | (second << 8) : (first << 8) | second);
  };
  if (content.size() % 2 != 0)
    throw ExtractionFailure("unsupported_encoding", "the UTF-16 text ends in half a character; save it again as UTF-8");
  std::string out;
  out.reserve(content.size());
  for (std::size_t i = 2; i < content.size(); i += 2) {
    std::int32_t c = unit_at(i);
    if (c >= 0xD800 && c < 0xE000) {
      const bool has_pair = c < 0xDC00 && i + 3 < content.size();
      const std::int32_t low = has_pair ? unit_at(i + 2) : 0;
      if (low < 0xDC00 || low > 0xDFFF)
        throw ExtractionFailure("unsupported_encoding", "the UTF-16 text is damaged; save it again as UTF-8");
      c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
      i += 2;
    }
    append_utf8(out, c);
  }
  return out;
}

std::string decoded_text(std::string_view content) {
  std::string converted;
  if (has_utf16_mark(content)) {
    converted = utf16_to_utf8(content);
    content = converted;
  }
  if (content.starts_with("\xEF\xBB\xBF")) content.remove_prefix(3);
  if (!is_valid_utf8(content)) {
    throw ExtractionFailure("unsupported_encoding",
                            "the text is neither UTF-8 nor UTF-16 with a byte order mark; save it as UTF-8");
  }
  std::string out;
  out.reserve(content.size());
  for (std::size_t at = 0; at < content.size();) {
    const std::size_t special = std::min(content.find_first_of("\r\0"sv, at), content.size());
    out.append(content, at, special - at);
    at = special + 1;
    const bool is_return = special < content.size() && content[special] == '\r';
    if (is_return && (at >= content.size() || content[at] != '\n')) out += '\n';
  }
  return out;
}

}  // namespace guildhall::knowledge
