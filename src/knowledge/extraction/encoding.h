// Encodings of text files: UTF-8, and UTF-16 with a byte order mark. The bytes come from anyone.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::knowledge {

bool has_utf16_mark(std::string_view content);
/// Of text with a byte order mark. ExtractionFailure("unsupported_encoding") for half a character or an unpaired surrogate.
std::string utf16_to_utf8(std::string_view content);

}  // namespace guildhall::knowledge
