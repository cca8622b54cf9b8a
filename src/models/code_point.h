// One character of UTF-8 after the other.
#pragma once

#include <cstdint>
#include <string_view>

namespace guildhall::models {

/// The code point at `at`, which moves behind it; negative for bytes that are none. `at` is less than the text's length.
std::int32_t next_code_point(std::string_view text, std::int32_t& at);

}  // namespace guildhall::models
