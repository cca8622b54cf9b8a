// Word boundaries: UAX #29 for words and numbers, with runs of Han, kana, Hangul and the unspaced scripts kept apart.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/language.h"

namespace guildhall::knowledge {

enum class WordKind : std::uint8_t {
  word,         ///< letters and digits
  ideographic,  ///< a run of Han and kana
  hangul,       ///< a run of Hangul
  unspaced      ///< a run of Thai, Lao, Khmer or Burmese
};

struct Word {
  WordKind kind = WordKind::word;
  std::uint32_t begin = 0;  ///< bytes
  std::uint32_t end = 0;
  std::uint32_t code_points = 0;
  bool is_ascii = true;
};

/// The next word at or after byte `at`; false at the end. Invalid bytes separate words.
bool next_word(std::string_view text, std::size_t at, Word& word);

/// The code point at `at`, which moves past it; negative for an invalid byte.
std::int32_t decode(std::string_view text, std::size_t& at);
void append_utf8(std::string& out, std::int32_t code_point);

/// The first subtag in lower case, with old names replaced: "pt-BR" → "pt", "iw" → "he", "no" → "nb".
std::string primary_language(std::string_view tag);

}  // namespace guildhall::knowledge
