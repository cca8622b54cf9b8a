// The form in which an extracted document leaves the sandbox. What comes out of it is not trusted either: every field is checked
// before it is used.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "extraction/extract.h"

namespace guildhall::knowledge {

/// Hands the encoded document to `write` in pieces, so that no second copy of it is held.
void write_extracted(const Extracted& extracted, const std::function<void(std::string_view)>& write);
void write_failure(const ExtractionFailure& failure, const std::function<void(std::string_view)>& write);

/// What was written, or nullptr-like absence of both for bytes that are not in the form: kinds, levels, table headers and pages
/// in range, text valid UTF-8 without NUL, nothing missing, nothing behind the end.
struct WireResult {
  bool is_well_formed = false;
  std::variant<Extracted, ExtractionFailure> result;
};
WireResult parse_extracted(std::string_view bytes);

}  // namespace guildhall::knowledge
