// How JavaScript counts text: what offsets of streamed text are measured in.
#pragma once

#include <cstdint>
#include <string_view>

namespace guildhall::api {

/// One per code point of the basic plane, two for the others. `text` is valid UTF-8.
inline std::int64_t utf16_units(std::string_view text) {
  std::int64_t units = 0;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U) continue;
    units += byte >= 0xF0U ? 2 : 1;
  }
  return units;
}

}  // namespace guildhall::api
