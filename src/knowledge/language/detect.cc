// Language detection: the script where it decides, then CLD2, then the stop words of short texts.
#include <cstdio>  // CLD2's header names FILE without it

#include <cld2/public/compact_lang_det.h>
#include <cld2/public/encodings.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#include <array>
#include <map>
#include <vector>

#include "base/text.h"
#include "knowledge/language.h"
#include "language/folding.h"
#include "language/stop_words.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

constexpr int kConfidentPercent = 60;
constexpr std::size_t kShortLetters = 12;
/// CLD2 decides on far less; a longer text only costs time.
constexpr std::size_t kDetectBytesMax = 32 * 1024;
/// Below this a text is a question rather than a page, and its small words say more than CLD2's n-grams.
constexpr std::size_t kQuestionLetters = 200;
/// Below this CLD2 needs a small word of the language beside it.
constexpr std::size_t kFewLetters = 40;

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

/// Latin words in a text of another script are names and code, so a fifth of its letters decides. A character of Han or
/// Hangul says as much as two or three letters.
struct ScriptShare {
  std::vector<UScriptCode> scripts;
  std::size_t weight;
};

bool holds_a_fifth(const LetterCount& count, const ScriptShare& share) {
  std::size_t weighted = 0;
  std::size_t letters = 0;
  for (const UScriptCode script : share.scripts) {
    const auto found = count.by_script.find(script);
    if (found == count.by_script.end()) continue;
    letters += found->second;
    weighted += found->second * share.weight;
  }
  return letters > 0 && weighted * 5 >= count.letters - letters + weighted;
}

/// Scripts that one language (of those served) is written in; empty when the script does not decide.
std::string language_of_script(const LetterCount& count) {
  const auto letters = [&](UScriptCode script) {
    const auto found = count.by_script.find(script);
    return found == count.by_script.end() ? std::size_t{0} : found->second;
  };
  if (holds_a_fifth(count, {{USCRIPT_HAN, USCRIPT_HIRAGANA, USCRIPT_KATAKANA}, 3})) {
    const std::size_t kana = letters(USCRIPT_HIRAGANA) + letters(USCRIPT_KATAKANA);
    return kana * 8 > letters(USCRIPT_HAN) ? "ja" : "zh";
  }
  if (holds_a_fifth(count, {{USCRIPT_HANGUL}, 2})) return "ko";
  static const std::map<UScriptCode, std::string> kOwnScripts = {
      {USCRIPT_THAI, "th"},  {USCRIPT_LAO, "lo"},    {USCRIPT_KHMER, "km"},  {USCRIPT_MYANMAR, "my"},
      {USCRIPT_GREEK, "el"}, {USCRIPT_HEBREW, "he"}, {USCRIPT_BENGALI, "bn"}};
  for (const auto& [script, language] : kOwnScripts) {
    if (holds_a_fifth(count, {{script}, 1})) return language;
  }
  return {};
}

/// The text without its Latin words, where they are names and code in a text of another script.
std::string without_foreign_words(std::string_view text, const LetterCount& count) {
  const auto latin = count.by_script.find(USCRIPT_LATIN);
  const std::size_t others = count.letters - (latin == count.by_script.end() ? 0 : latin->second);
  if (others == count.letters || others * 5 < count.letters) return std::string(text);
  std::string kept;
  Word word;
  for (std::size_t at = 0; next_word(text, at, word); at = word.end) {
    if (word.is_ascii) continue;
    (kept += text.substr(word.begin, word.end - word.begin)) += ' ';
  }
  return kept;
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

struct WordHits {
  std::map<std::string_view, int> by_language;
  /// Of more than one letter: "o" is an article in Portuguese, "or" in Spanish and "he" in Turkish.
  std::map<std::string_view, int> confirming;
  int words = 0;
  bool has_accents = false;  ///< a letter that English does not have
};

WordHits count_stop_words(std::string_view text) {
  WordHits hits;
  Word word;
  for (std::size_t at = 0; next_word(text, at, word); at = word.end) {
    if (word.kind != WordKind::word) continue;
    ++hits.words;
    hits.has_accents = hits.has_accents || !word.is_ascii;
    const std::string folded = folded_word(text.substr(word.begin, word.end - word.begin), {});
    for (const std::string_view language : kStopWordLanguages) {
      if (!in_stop_word_list(folded, language)) continue;
      ++hits.by_language[language];
      if (word.code_points > 1) ++hits.confirming[language];
    }
  }
  return hits;
}

/// The language most of whose small words occur; empty when two are level.
std::string language_of_stop_words(const WordHits& hits) {
  std::string_view best;
  int best_hits = 0;
  int second_hits = 0;
  for (const auto& [language, n] : hits.by_language) {
    if (n > best_hits) {
      second_hits = best_hits;
      best_hits = n;
      best = language;
    } else if (n > second_hits) {
      second_hits = n;
    }
  }
  const bool is_clear = best_hits > second_hits && best_hits >= 2 && best_hits * 5 >= hits.words;
  return is_clear ? std::string(best) : std::string();
}

std::string or_und(std::string language) {
  return language.empty() ? "und" : language;
}

/// A few words without a small one among them are names as often as they are language.
bool is_confirmed(const Guess& guess, const WordHits& hits, std::size_t letters) {
  if (!guess.is_reliable || guess.percent < kConfidentPercent) return false;
  if (guess.language == "en" && hits.has_accents && letters < kQuestionLetters) return false;
  if (letters >= kFewLetters) return true;
  const auto found = hits.confirming.find(guess.language);
  return found != hits.confirming.end() && found->second > 0;
}

}  // namespace

std::string detect_language(std::string_view text, std::string_view prior) {
  text = prefix_bytes(text, kDetectBytesMax);
  const LetterCount count = count_letters(text);
  if (count.letters < kShortLetters && !prior.empty()) return std::string(prior);
  if (count.letters == 0) return "und";
  if (std::string by_script = language_of_script(count); !by_script.empty()) return by_script;
  if (!is_valid_utf8(text)) return "und";
  const auto latin = count.by_script.find(USCRIPT_LATIN);
  const bool is_latin = latin != count.by_script.end() && latin->second * 2 > count.letters;
  if (!is_latin) {
    const Guess guess = cld2_guess(without_foreign_words(text, count));
    return guess.percent >= kConfidentPercent ? guess.language : "und";
  }
  const std::string kept = without_foreign_words(text, count);
  const bool is_question = count.letters < kQuestionLetters;
  const WordHits hits = is_question ? count_stop_words(kept) : WordHits();
  if (is_question) {
    if (std::string by_words = language_of_stop_words(hits); !by_words.empty()) return by_words;
  }
  const Guess guess = cld2_guess(kept);
  if (is_confirmed(guess, hits, count.letters)) return guess.language;
  return is_question ? "und" : or_und(language_of_stop_words(count_stop_words(kept)));
}

}  // namespace guildhall::knowledge
