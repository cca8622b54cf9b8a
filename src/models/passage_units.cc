// Cuts a passage into what may be quoted.
#include "passage_units.h"

#include <algorithm>

#include "base/text.h"
#include "knowledge/language.h"

namespace guildhall::models {
namespace {

enum class Shape { sentence, item, row, code, heading };

bool is_digit(char c) { return c >= '0' && c <= '9'; }

Shape shape_of(std::string_view text) {
  text = trimmed(text);
  if (text.starts_with("```") || text.starts_with("~~~")) return Shape::code;
  if (text.starts_with('|')) return Shape::row;
  if (text.starts_with('#')) return Shape::heading;
  if (text.starts_with("- ") || text.starts_with("* ") || text.starts_with("+ ") || text.starts_with("• ")) return Shape::item;
  std::size_t digits = 0;
  while (digits < text.size() && digits < 3 && is_digit(text[digits])) ++digits;
  const bool is_numbered = digits > 0 && digits + 1 < text.size() && (text[digits] == '.' || text[digits] == ')') && text[digits + 1] == ' ';
  return is_numbered ? Shape::item : Shape::sentence;
}

bool introduces(std::string_view text) {
  text = trimmed(text);
  return text.ends_with(':') || text.ends_with("：");
}

Unit trimmed_unit(std::string_view text, knowledge::Span span) {
  const std::string_view whole = text.substr(span.begin, span.end - span.begin);
  const std::string_view kept = trimmed(whole);
  const auto begin = static_cast<std::uint32_t>(kept.data() - text.data());
  return {begin, begin + static_cast<std::uint32_t>(kept.size()), shape_of(kept) != Shape::sentence};
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
  for (std::size_t i = 0; i < pieces.size();) {
    const Shape shape = shape_of(pieces[i].text_in(passage));
    if (shape == Shape::heading) {
      ++i;
      continue;
    }
    const bool leads = shape == Shape::sentence && introduces(pieces[i].text_in(passage)) && i + 1 < pieces.size() && pieces[i + 1].is_block &&
                       shape_of(pieces[i + 1].text_in(passage)) != Shape::heading;
    const std::size_t block = leads ? i + 1 : i;
    const std::size_t last = end_of_block(passage, pieces, block);
    const bool fits = characters(passage, pieces[i].begin, pieces[last - 1].end) <= characters_max;
    if (fits) {
      units.push_back({pieces[i].begin, pieces[last - 1].end, leads || shape != Shape::sentence});
    } else {
      for (std::size_t piece = i; piece < last; ++piece) units.push_back(pieces[piece]);
    }
    i = last;
  }
  return units;
}

}  // namespace guildhall::models
