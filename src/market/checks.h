// Checking values people send; private to market.
#pragma once

#include <string>
#include <string_view>

#include "base/errors.h"
#include "base/json.h"
#include "base/text.h"
#include "limits.h"

namespace guildhall::market {

/// Refusal(validation_failed) on `field` when the text is not UTF-8, too long, or empty although it must not be.
inline void check_text(std::string_view field, std::string_view text, std::size_t bytes_max, bool must_not_be_empty = false) {
  if (must_not_be_empty && trimmed(text).empty()) throw invalid_field(std::string(field), "This field may not be blank.");
  if (text.size() > bytes_max) {
    throw invalid_field(std::string(field), "Ensure this field has no more than " + std::to_string(bytes_max) + " bytes.");
  }
  if (!is_valid_utf8(text) || text.find('\0') != std::string_view::npos) {
    throw invalid_field(std::string(field), "This is not text in UTF-8.");
  }
}

inline void check_object(std::string_view field, const json::Object& object) {
  if (json::write(object).size() > kJsonBytesMax) throw invalid_field(std::string(field), "This has more than 64 KiB.");
}

}  // namespace guildhall::market
