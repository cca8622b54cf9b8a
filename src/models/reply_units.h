// Cuts a reply into what is judged as one — a sentence, a list item, a table row, a heading, a block of code — while it comes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/language.h"

namespace guildhall::models {

enum class UnitShape : std::uint8_t { sentence, item, row, heading, code };

struct ReplyUnit {
  std::string separator;  ///< white space before it
  std::string text;       ///< with the citation markers that follow its full stop
  UnitShape shape = UnitShape::sentence;
};

/// Where a unit ends does not depend on how the reply was cut into chunks. A line ends every unit but a block of code; a sentence
/// ends when a letter of the next one is there.
class ReplyUnits {
 public:
  explicit ReplyUnits(std::string language) : language_(std::move(language)) {}

  /// Units that are complete now.
  std::vector<ReplyUnit> feed(std::string_view chunk);
  /// What is left.
  std::vector<ReplyUnit> finish();

 private:
  void take_lines(std::vector<ReplyUnit>& out, bool is_end);
  /// Takes what is complete at the front of a line. `is_whole`: its end is known.
  std::size_t take_line(std::vector<ReplyUnit>& out, std::string_view line, bool is_whole);
  std::size_t take_sentences(std::vector<ReplyUnit>& out, std::string_view line, bool is_whole);
  void add(std::vector<ReplyUnit>& out, std::string_view text, UnitShape shape);

  std::string language_;
  std::string buffer_;        ///< from the first byte no unit has taken
  std::size_t searched_ = 0;  ///< bytes of the buffer known to hold no line break
  std::string separator_;
  bool is_line_begin_ = true;
  bool is_in_code_ = false;
  std::string code_;
};

/// As knowledge::sentences, but a sentence ends where white space follows, or in a script that needs none: no link is cut in two.
std::vector<knowledge::Span> spaced_sentences(std::string_view text, std::string_view language);

/// The citation markers at the front of a text ("[1]", "[1, 2]", "【3】"), white space before each included, in bytes.
std::size_t leading_markers(std::string_view text);

/// The text without its markers, and their numbers. `[1](link)` is no marker.
struct Unmarked {
  std::string text;
  std::vector<std::size_t> numbers;
};
Unmarked unmarked(std::string_view text);

/// The text with its first run of markers replaced by those of `numbers` and the others dropped.
std::string remarked(std::string_view text, const std::vector<std::int64_t>& numbers);

}  // namespace guildhall::models
