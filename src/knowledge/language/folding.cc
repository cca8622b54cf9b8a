// Character folding with ICU.
#include "language/folding.h"

#include <unicode/bytestream.h>
#include <unicode/normalizer2.h>
#include <unicode/translit.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <memory>
#include <stdexcept>
#include <unordered_map>

#include "language/words.h"

namespace guildhall::knowledge {
namespace {

bool is_ascii_text(std::string_view text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) >= 0x80) return false;
  }
  return true;
}

const icu::Normalizer2& normalizer_or_throw(const icu::Normalizer2* normalizer) {
  if (normalizer == nullptr) throw std::runtime_error("ICU has no normalization data");
  return *normalizer;
}

const icu::Normalizer2& casefold_normalizer() {
  static const icu::Normalizer2& normalizer = []() -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    return normalizer_or_throw(icu::Normalizer2::getNFKCCasefoldInstance(status));
  }();
  return normalizer;
}

const icu::Normalizer2& decomposition_normalizer() {
  static const icu::Normalizer2& normalizer = []() -> const icu::Normalizer2& {
    UErrorCode status = U_ZERO_ERROR;
    return normalizer_or_throw(icu::Normalizer2::getNFDInstance(status));
  }();
  return normalizer;
}

std::string normalized(const icu::Normalizer2& normalizer, std::string_view text) {
  std::string out;
  icu::StringByteSink<std::string> sink(&out);
  UErrorCode status = U_ZERO_ERROR;
  normalizer.normalizeUTF8(0, icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())), sink, nullptr, status);
  return U_SUCCESS(status) ? out : std::string(text);
}

std::string with_turkish_i(std::string_view word) {
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t begin = at;
    const std::int32_t c = decode(word, at);
    if (c == 'I') {
      out += "ı";
    } else if (c == 0x130) {
      out += 'i';
    } else {
      out.append(word, begin, at - begin);
    }
  }
  return out;
}

/// Traditional characters whose simplified form is one other character, found once by asking ICU for each.
const std::unordered_map<std::int32_t, std::int32_t>& han_table() {
  static const auto table = [] {
    std::unordered_map<std::int32_t, std::int32_t> map;
    UErrorCode status = U_ZERO_ERROR;
    const std::unique_ptr<icu::Transliterator> fold(
        icu::Transliterator::createInstance("Traditional-Simplified", UTRANS_FORWARD, status));
    if (U_FAILURE(status) || fold == nullptr) return map;
    for (std::int32_t c = 0x4E00; c <= 0x9FFF; ++c) {
      icu::UnicodeString text(static_cast<UChar32>(c));
      fold->transliterate(text);
      if (text.countChar32() == 1 && text.char32At(0) != c) map.emplace(c, text.char32At(0));
    }
    return map;
  }();
  return table;
}

}  // namespace

std::string folded_word(std::string_view word, std::string_view language) {
  if (language == "tr") return normalized(casefold_normalizer(), with_turkish_i(word));
  if (is_ascii_text(word)) {
    std::string out(word);
    for (char& c : out) {
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    }
    return out;
  }
  std::string out = normalized(casefold_normalizer(), word);
  constexpr std::string_view kApostrophe = "’";
  for (std::size_t at = out.find(kApostrophe); at != std::string::npos; at = out.find(kApostrophe, at + 1)) {
    out.replace(at, kApostrophe.size(), "'");
  }
  return out;
}

std::string simplified_han(std::string_view text) {
  const auto& table = han_table();
  std::string out;
  out.reserve(text.size());
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const auto found = table.find(decode(text, at));
    if (found == table.end()) {
      out.append(text, begin, at - begin);
    } else {
      append_utf8(out, found->second);
    }
  }
  return out;
}

std::string without_diacritics(std::string_view word) {
  const std::string decomposed = normalized(decomposition_normalizer(), word);
  std::string out;
  for (std::size_t at = 0; at < decomposed.size();) {
    const std::size_t begin = at;
    const std::int32_t c = decode(decomposed, at);
    if (c == 0x111) {
      out += 'd';
    } else if (u_charType(c) != U_NON_SPACING_MARK) {
      out.append(decomposed, begin, at - begin);
    }
  }
  return out;
}

}  // namespace guildhall::knowledge
