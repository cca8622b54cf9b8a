// Cuts a passage into what may be quoted.
#include "passage_units.h"

#include <algorithm>

#include "base/text.h"
#include "knowledge/language.h"

namespace guildhall::models {
namespace {

enum class Shape { sentence, item, row, code, heading };

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

Shape shape_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("```") || text.starts_with("~~~")) return Shape::code;
  if (text.starts_with('|')) return Shape::row;
  if (text.starts_with('#')) return Shape::heading;
  if (text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ") || text.starts_with("• ")) return Shape::item;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 3 && is_digit(text[digits])) ++digits;
  const bool is_numbered =
      digits > 0 && digits + 1 < text.size() && (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
  return is_numbered ? Shape::item : Shape::sentence;
}

bool introduces(std::string_view text) {
  text = trimmed(text);
  return text.ends_with(':') || text.ends_with("：");
}

constexpr std::size_t kHeadingCharactersMax = 90;

// A short line between blank lines, without the end of a sentence.
bool stands_like_heading(std::string_view text, const Unit& unit) {
  const std::string_view line = text.substr(unit.begin, unit.end - unit.begin);
  if (unit.is_block || line.find('\n') != std::string_view::npos || code_points(line) > kHeadingCharactersMax) return false;
  for (const std::string_view mark : {".", "!", ":", ";", ",", "…", "。", "！", "：", "|"}) {
    if (line.ends_with(mark)) return false;
  }
  const std::string_view before = text.substr(0, unit.begin);
  const std::string_view after = text.substr(unit.end);
  const bool begins = before.empty() || before.ends_with("\n\n");
  return begins && after.starts_with("\n") && !trimmed(after).empty();
}

Unit trimmed_unit(std::string_view text, knowledge::Span span) {
  const std::string_view whole = text.substr(span.begin, span.end - span.begin);
  const std::string_view kept = trimmed(whole);
  const auto begin = static_cast<std::uint32_t>(kept.data() - text.data());
  Unit unit;
  unit.begin = begin;
  unit.end = begin + static_cast<std::uint32_t>(kept.size());
  unit.is_block = shape_of(kept) != Shape::sentence;
  return unit;
}

std::size_t characters(const knowledge::Passage& passage, std::uint32_t begin, std::uint32_t end) {
  return code_points(std::string_view(passage.text).substr(begin, end - begin));
}

// Where the block that begins at `first` ends: the run of items, of rows, or one code fence.
std::size_t end_of_block(const knowledge::Passage& passage, const std::vector<Unit>& units, std::size_t first) {
  const Shape shape = shape_of(units[first].text_in(passage));
  if (shape == Shape::code || shape == Shape::sentence) return first + 1;
  std::size_t last = first + 1;
  while (last < units.size() && shape_of(units[last].text_in(passage)) == shape) ++last;
  return last;
}

}  // namespace

std::vector<Unit> units_of(const knowledge::Passage& passage, std::size_t characters_max) {
  std::vector<Unit> pieces;
  for (const knowledge::Span span : knowledge::sentences(passage.text, passage.language)) {
    const Unit unit = trimmed_unit(passage.text, span);
    if (unit.end > unit.begin) pieces.push_back(unit);
  }
  std::vector<Unit> units;
  Unit heading;
  const auto add = [&](Unit unit, bool is_block) {
    unit.is_block = is_block;
    unit.heading_begin = heading.begin;
    unit.heading_end = heading.end;
    units.push_back(unit);
  };
  for (std::size_t i = 0; i < pieces.size();) {
    const Shape shape = shape_of(pieces[i].text_in(passage));
    if (shape == Shape::heading || stands_like_heading(passage.text, pieces[i])) {
      heading = pieces[i++];
      continue;
    }
    const bool leads = shape == Shape::sentence && introduces(pieces[i].text_in(passage)) && i + 1 < pieces.size() &&
                       pieces[i + 1].is_block && shape_of(pieces[i + 1].text_in(passage)) != Shape::heading;
    const std::size_t block = leads ? i + 1 : i;
    const std::size_t last = end_of_block(passage, pieces, block);
    const bool fits = characters(passage, pieces[i].begin, pieces[last - 1].end) <= characters_max;
    if (fits) {
      Unit whole = pieces[i];
      whole.end = pieces[last - 1].end;
      add(whole, leads || shape != Shape::sentence);
    } else {
      for (std::size_t piece = i; piece < last; ++piece) add(pieces[piece], pieces[piece].is_block);
    }
    i = last;
  }
  return units;
}

}  // namespace guildhall::models
