// Language detection: the script where it decides, then CLD2, then the stop words of short texts.
#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>
#include <map>

#include "base/text.h"
#include "folding.h"
#include "knowledge/language.h"
#include "stop_words.h"
#include "words.h"

namespace guildhall::knowledge {
namespace {

constexpr int kConfidentPercent = 60;
constexpr std::size_t kShortLetters = 12;
/// CLD2 decides on far less; a longer text only costs time.
constexpr std::size_t kDetectBytesMax = 32 * 1024;
/// Below this a text is a question rather than a page, and its small words say more than CLD2's n-grams.
constexpr std::size_t kQuestionLetters = 200;

struct LetterCount {
  std::size_t letters = 0;
  std::map<UScriptCode, std::size_t> by_script;
};

LetterCount count_letters(std::string_view text) {
  LetterCount count;
  for (std::size_t at = 0; at < text.size();) {
    const std::int32_t c = decode(text, at);
    if (c < 0 || !u_isalpha(c)) continue;
    ++count.letters;
    UErrorCode status = U_ZERO_ERROR;
    ++count.by_script[uscript_getScript(c, &status)];
  }
  return count;
}

/// Scripts that one language (of those served) is written in; empty when the script does not decide.
std::string language_of_script(const LetterCount& count) {
  const auto share = [&](UScriptCode script) {
    const auto found = count.by_script.find(script);
    return found == count.by_script.end() ? std::size_t{0} : found->second;
  };
  const std::size_t kana = share(USCRIPT_HIRAGANA) + share(USCRIPT_KATAKANA);
  const std::size_t han = share(USCRIPT_HAN);
  const std::size_t half = count.letters / 2;
  if (kana > 0 && kana + han > half && kana * 8 > han) return "ja";
  if (share(USCRIPT_HANGUL) > half) return "ko";
  if (han > half && kana == 0) return "zh";
  if (share(USCRIPT_THAI) > half) return "th";
  if (share(USCRIPT_LAO) > half) return "lo";
  if (share(USCRIPT_KHMER) > half) return "km";
  if (share(USCRIPT_MYANMAR) > half) return "my";
  if (share(USCRIPT_GREEK) > half) return "el";
  if (share(USCRIPT_HEBREW) > half) return "he";
  if (share(USCRIPT_BENGALI) > half) return "bn";
  return {};
}

std::string bcp47(CLD2::Language language) {
  const std::string code = CLD2::LanguageCode(language);
  if (code == "iw") return "he";
  if (code == "no" || code == "nn") return "nb";
  if (code == "jw") return "jv";
  if (code == "un" || code == "xxx" || code.size() > 7 || code.starts_with("xx-")) return "und";
  return code;
}

struct Guess {
  std::string language = "und";
  int percent = 0;
  bool is_reliable = false;
};

Guess cld2_guess(std::string_view text) {
  const CLD2::CLDHints hints = {nullptr, nullptr, CLD2::UNKNOWN_ENCODING, CLD2::UNKNOWN_LANGUAGE};
  std::array<CLD2::Language, 3> languages{};
  std::array<int, 3> percents{};
  std::array<double, 3> scores{};
  int text_bytes = 0;
  bool is_reliable = false;
  const CLD2::Language best =
      CLD2::ExtDetectLanguageSummary(text.data(), static_cast<int>(text.size()), true, &hints, CLD2::kCLDFlagBestEffort,
                                     languages.data(), percents.data(), scores.data(), nullptr, &text_bytes, &is_reliable);
  return {bcp47(best), best == languages[0] ? percents[0] : 0, is_reliable};
}

/// The language most of whose small words occur; empty when two are level.
std::string language_of_stop_words(std::string_view text) {
  std::map<std::string_view, int> hits;
  Word word;
  int words = 0;
  for (std::size_t at = 0; next_word(text, at, word); at = word.end) {
    if (word.kind != WordKind::word) continue;
    ++words;
    const std::string folded = folded_word(text.substr(word.begin, word.end - word.begin), {});
    for (const std::string_view language : kStopWordLanguages) {
      if (in_stop_word_list(folded, language)) ++hits[language];
    }
  }
  std::string_view best;
  int best_hits = 0;
  int second_hits = 0;
  for (const auto& [language, n] : hits) {
    if (n > best_hits) {
      second_hits = best_hits;
      best_hits = n;
      best = language;
    } else if (n > second_hits) {
      second_hits = n;
    }
  }
  const bool is_clear = best_hits > second_hits && best_hits >= 2 && best_hits * 5 >= words;
  return is_clear ? std::string(best) : std::string();
}

}  // namespace

std::string detect_language(std::string_view text, std::string_view prior) {
  text = prefix_bytes(text, kDetectBytesMax);
  const LetterCount count = count_letters(text);
  if (count.letters < kShortLetters && !prior.empty()) return std::string(prior);
  if (count.letters == 0) return "und";
  if (std::string by_script = language_of_script(count); !by_script.empty()) return by_script;
  if (!is_valid_utf8(text)) return "und";
  const Guess guess = cld2_guess(text);
  if (count.letters < kQuestionLetters) {
    const std::string by_words = language_of_stop_words(text);
    if (!by_words.empty()) return by_words;
  }
  if (guess.is_reliable && guess.percent >= kConfidentPercent) return guess.language;
  return "und";
}

}  // namespace guildhall::knowledge
