// Checking the short texts people give to things; private to identity.
#pragma once

#include <string>
#include <string_view>

#include "base/errors.h"
#include "base/text.h"

namespace guildhall::identity {

/// Refusal(validation_failed) on `field` when the text is not UTF-8, too long, or empty although it must not be.
inline void check_text(std::string_view field, std::string_view text, std::size_t bytes_max, bool must_not_be_empty) {
  if (must_not_be_empty && trimmed(text).empty()) throw invalid_field(std::string(field), "this may not be empty");
  if (text.size() > bytes_max) {
    throw invalid_field(std::string(field), "this has at most " + std::to_string(bytes_max) + " bytes");
  }
  if (!is_valid_utf8(text) || text.find('\0') != std::string_view::npos) {
    throw invalid_field(std::string(field), "this is not text in UTF-8");
  }
}

}  // namespace guildhall::identity
