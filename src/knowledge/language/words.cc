// Word boundaries and text tokens.
#include "language/words.h"

#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>
#include <memory>

#include "base/text.h"

namespace guildhall::knowledge {
namespace {

enum class CharClass : std::uint8_t {
  other,
  letter,
  number,
  connector,
  mid_letter,
  mid_number,
  mid_both,
  extend,
  ideographic,
  hangul,
  unspaced
};

CharClass class_by_properties(std::int32_t c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_BOPOMOFO:
      if (u_isalpha(c) || u_charType(c) == U_NON_SPACING_MARK) return CharClass::ideographic;
      return u_isdigit(c) ? CharClass::number : CharClass::other;
    case USCRIPT_HANGUL: return u_isalpha(c) ? CharClass::hangul : CharClass::other;
    case USCRIPT_THAI:
    case USCRIPT_LAO:
    case USCRIPT_KHMER:
    case USCRIPT_MYANMAR:
      if (u_isdigit(c)) return CharClass::number;
      return u_isalpha(c) || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0 ? CharClass::unspaced : CharClass::other;
    default: break;
  }
  // "mailto:name", "http://host", "key:value": a colon parts words, but for Swedish and Finnish abbreviations (UAX #29
  // since 15.1).
  if (c == ':' || c == 0xFE13 || c == 0xFE55 || c == 0xFF1A) return CharClass::other;
  switch (u_getIntPropertyValue(c, UCHAR_WORD_BREAK)) {
    case U_WB_ALETTER:
    case U_WB_HEBREW_LETTER: return CharClass::letter;
    case U_WB_KATAKANA: return CharClass::ideographic;
    case U_WB_NUMERIC: return CharClass::number;
    case U_WB_EXTENDNUMLET: return CharClass::connector;
    case U_WB_MIDLETTER: return CharClass::mid_letter;
    case U_WB_MIDNUM: return CharClass::mid_number;
    case U_WB_MIDNUMLET:
    case U_WB_SINGLE_QUOTE: return CharClass::mid_both;
    case U_WB_EXTEND:
    case U_WB_FORMAT:
    case U_WB_ZWJ: return CharClass::extend;
    default: return u_isalnum(c) ? CharClass::letter : CharClass::other;
  }
}

CharClass class_of(std::int32_t c) {
  constexpr std::int32_t kTableSize = 0x10000;
  static const auto table = [] {
    auto classes = std::make_unique<std::array<CharClass, kTableSize>>();
    for (std::int32_t i = 0; i < kTableSize; ++i) (*classes)[static_cast<std::size_t>(i)] = class_by_properties(i);
    return classes;
  }();
  if (c < 0) return CharClass::other;
  return c < kTableSize ? (*table)[static_cast<std::size_t>(c)] : class_by_properties(c);
}

bool is_word_class(CharClass c) {
  return c == CharClass::letter || c == CharClass::number || c == CharClass::connector;
}

/// WB6, WB7, WB11, WB12: a mark between two letters or two digits belongs to the word.
bool joins(CharClass before, CharClass mark, CharClass after) {
  if (before == CharClass::letter && after == CharClass::letter) {
    return mark == CharClass::mid_letter || mark == CharClass::mid_both;
  }
  if (before == CharClass::number && after == CharClass::number) {
    return mark == CharClass::mid_number || mark == CharClass::mid_both;
  }
  return false;
}

/// Extends `word` over letters, digits and the marks between them; false when it holds neither letter nor digit.
bool take_word(std::string_view text, std::size_t at, CharClass first, Word& word) {
  CharClass last = first;
  bool has_content = first != CharClass::connector;
  while (at < text.size()) {
    std::size_t next = at;
    const std::int32_t c = decode(text, next);
    const CharClass current = class_of(c);
    if (is_word_class(current) || current == CharClass::extend) {
      if (current != CharClass::extend) last = current;
      has_content = has_content || (is_word_class(current) && current != CharClass::connector);
    } else if (next < text.size()) {
      std::size_t after = next;
      const CharClass following = class_of(decode(text, after));
      if (!joins(last, current, following)) break;
    } else {
      break;
    }
    word.is_ascii = word.is_ascii && c < 0x80;
    ++word.code_points;
    at = next;
    word.end = static_cast<std::uint32_t>(at);
  }
  return has_content;
}

void take_run(std::string_view text, std::size_t at, CharClass first, Word& word) {
  while (at < text.size()) {
    std::size_t next = at;
    const CharClass current = class_of(decode(text, next));
    if (current != first && current != CharClass::extend) break;
    ++word.code_points;
    at = next;
    word.end = static_cast<std::uint32_t>(at);
  }
}

}  // namespace

std::int32_t decode(std::string_view text, std::size_t& at) {
  const auto first = static_cast<unsigned char>(text[at++]);
  if (first < 0x80) return first;
  const std::size_t more = first >= 0xC2 && first < 0xE0 ? 1 : (first & 0xF0) == 0xE0 ? 2 : first >= 0xF0 && first < 0xF5 ? 3 : 0;
  if (more == 0 || text.size() - at < more) return -1;
  std::int32_t c = first & (0x3F >> more);
  for (std::size_t i = 0; i < more; ++i) {
    const auto byte = static_cast<unsigned char>(text[at + i]);
    if ((byte & 0xC0) != 0x80) return -1;
    c = (c << 6) | (byte & 0x3F);
  }
  const bool is_overlong = (more == 2 && c < 0x800) || (more == 3 && c < 0x10000);
  if (is_overlong || c > 0x10FFFF || (c >= 0xD800 && c < 0xE000)) return -1;
  at += more;
  return c;
}

void append_utf8(std::string& out, std::int32_t code_point) {
  if (code_point < 0 || code_point > 0x10FFFF || (code_point >= 0xD800 && code_point < 0xE000)) return;
  const auto c = static_cast<std::uint32_t>(code_point);
  const auto tail = [&](unsigned shift) { return static_cast<char>(0x80 | ((c >> shift) & 0x3F)); };
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    (out += static_cast<char>(0xC0 | (c >> 6))) += tail(0);
  } else if (c < 0x10000) {
    ((out += static_cast<char>(0xE0 | (c >> 12))) += tail(6)) += tail(0);
  } else {
    (((out += static_cast<char>(0xF0 | (c >> 18))) += tail(12)) += tail(6)) += tail(0);
  }
}

bool next_word(std::string_view text, std::size_t at, Word& word) {
  while (at < text.size()) {
    std::size_t next = at;
    const std::int32_t c = decode(text, next);
    const CharClass first = class_of(c);
    word = Word{WordKind::word, static_cast<std::uint32_t>(at), static_cast<std::uint32_t>(next), 1, c >= 0 && c < 0x80};
    switch (first) {
      case CharClass::letter:
      case CharClass::number:
      case CharClass::connector:
        if (take_word(text, next, first, word)) return true;
        break;
      case CharClass::ideographic:
      case CharClass::hangul:
      case CharClass::unspaced:
        take_run(text, next, first, word);
        word.is_ascii = false;
        word.kind = first == CharClass::ideographic ? WordKind::ideographic
                    : first == CharClass::hangul    ? WordKind::hangul
                                                    : WordKind::unspaced;
        return true;
      default: break;
    }
    at = word.end;
  }
  return false;
}

std::int64_t text_tokens(std::string_view text) {
  std::int64_t tokens = 0;
  Word word;
  for (std::size_t at = 0; next_word(text, at, word); at = word.end) {
    const bool pairs = word.kind == WordKind::ideographic || word.kind == WordKind::unspaced;
    tokens += pairs ? (std::int64_t{word.code_points} + 1) / 2 : 1;
  }
  return tokens;
}

std::string primary_language(std::string_view tag) {
  const std::size_t end = tag.find_first_of("-_");
  std::string primary = ascii_lower(tag.substr(0, end));
  if (primary == "no" || primary == "nn") return "nb";
  if (primary == "iw") return "he";
  if (primary == "in") return "id";
  return primary;
}

}  // namespace guildhall::knowledge
