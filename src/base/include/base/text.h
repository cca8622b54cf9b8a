// Text: what every room needs of UTF-8, and nothing language-specific (that is knowledge's).
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall {

bool is_valid_utf8(std::string_view text);
/// Code points in valid UTF-8.
std::size_t code_points(std::string_view text);
/// The longest prefix of at most `max` bytes that does not split a code point.
std::string_view prefix_bytes(std::string_view text, std::size_t max);
/// The first `max` code points.
std::string_view prefix_code_points(std::string_view text, std::size_t max);

/// ASCII white space off both ends.
std::string_view trimmed(std::string_view text);
std::string ascii_lower(std::string_view text);
bool equals_ignoring_case(std::string_view a, std::string_view b);
/// NFKC and case folding: how user names and e-mail addresses are compared.
std::string folded(std::string_view text);
/// Lower-case ASCII letters, digits and single dashes, at most `max` bytes; never empty ("item" when nothing is left).
std::string slug(std::string_view text, std::size_t max = 60);

std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(const std::vector<std::string>& parts, std::string_view separator);
std::string replaced(std::string_view text, std::string_view from, std::string_view to);
/// & < > " ' as entities.
std::string html_escaped(std::string_view text);
/// Whole text as a decimal integer in range; nullopt otherwise.
std::optional<std::int64_t> parse_integer(std::string_view text);

}  // namespace guildhall
