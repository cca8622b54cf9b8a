// Analysers: the terms of a text, by its language.
#include <algorithm>
#include <string>

#include "base/text.h"
#include "knowledge/language.h"
#include "language/analyse.h"
#include "language/folding.h"
#include "language/stemming.h"
#include "language/stop_words.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

/// Longer "words" are data, not language: they are cut so that one of them cannot fill the vocabulary.
constexpr std::size_t kTermBytesMax = 96;

struct Analysis {
  std::string_view text;
  std::string language;  ///< primary subtag; empty for the universal analyser
  bool keeps_stop_words = false;
  std::vector<Term> terms;

  void add(std::string term, std::size_t begin, std::size_t end) {
    if (term.empty()) return;
    if (term.size() > kTermBytesMax) term = std::string(prefix_bytes(term, kTermBytesMax));
    terms.push_back({std::move(term), static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)});
  }
};

/// Overlapping groups of `size` characters inside a run; a shorter run is one term.
void add_groups(Analysis& analysis, const Word& word, std::size_t size) {
  std::string run = folded_word(analysis.text.substr(word.begin, word.end - word.begin), {});
  if (analysis.language == "zh") run = simplified_han(run);
  std::vector<std::size_t> starts;
  for (std::size_t at = 0; at < run.size();) {
    starts.push_back(at);
    decode(run, at);
  }
  const std::size_t count = starts.size();
  starts.push_back(run.size());
  // Folding rarely changes the number of characters; where it does, each term stands for the whole run.
  std::vector<std::size_t> source;
  if (count == word.code_points) {
    for (std::size_t at = word.begin; at < word.end;) {
      source.push_back(at);
      decode(analysis.text, at);
    }
    source.push_back(word.end);
  }
  const std::size_t width = std::min(size, count);
  for (std::size_t i = 0; width > 0 && i + width <= count; ++i) {
    const std::size_t begin = source.empty() ? word.begin : source[i];
    const std::size_t end = source.empty() ? word.end : source[i + width];
    analysis.add(run.substr(starts[i], starts[i + width] - starts[i]), begin, end);
  }
}

enum class Kana : std::uint8_t { none, hiragana, katakana };

Kana kana_of(std::int32_t c) {
  if (c >= 0x3041 && c <= 0x309F) return Kana::hiragana;
  return c >= 0x30A0 && c <= 0x30FF ? Kana::katakana : Kana::none;
}

/// Pairs of a run of Han and kana, cut where the script changes: a pair across the cut joins the end of one word with the
/// beginning of the next.
void add_pairs(Analysis& analysis, const Word& word) {
  Word part = word;
  part.code_points = 0;
  Kana last = Kana::none;
  for (std::size_t at = word.begin; at < word.end;) {
    const std::size_t begin = at;
    const Kana kana = kana_of(decode(analysis.text, at));
    if (kana != last && part.code_points > 0) {
      part.end = static_cast<std::uint32_t>(begin);
      add_groups(analysis, part, 2);
      part.begin = part.end;
      part.code_points = 0;
    }
    last = kana;
    ++part.code_points;
  }
  part.end = word.end;
  add_groups(analysis, part, 2);
}

/// "l'année" → "année": the elided article or pronoun of French, Italian and their neighbours.
std::string_view without_elision(std::string_view word, std::string_view language) {
  if (language != "fr" && language != "it" && language != "ca") return word;
  const std::size_t apostrophe = word.find('\'');
  if (apostrophe == std::string_view::npos || apostrophe == 0 || apostrophe > 5) return word;
  return word.substr(apostrophe + 1);
}

bool is_digit_or_split(char c) {
  return (c >= '0' && c <= '9') || c == '_' || c == '.';
}

void add_language_part(Analysis& analysis, std::string_view folded, std::size_t begin, std::size_t end) {
  const std::string_view bare = without_elision(folded, analysis.language);
  if (bare.empty()) return;
  if (in_stop_word_list(folded, analysis.language) || in_stop_word_list(bare, analysis.language)) {
    if (analysis.keeps_stop_words) analysis.add(std::string(folded), begin, end);
    return;
  }
  const bool has_digit = std::any_of(bare.begin(), bare.end(), [](char c) { return c >= '0' && c <= '9'; });
  analysis.add(has_digit ? std::string(bare) : stem(std::string(bare), analysis.language), begin, end);
  if (analysis.language == "vi") {
    std::string plain = without_diacritics(bare);
    if (plain != bare) analysis.add(std::move(plain), begin, end);
  }
}

/// Words of a language; identifiers fall apart into their words, their whole is in the universal field.
void add_language_word(Analysis& analysis, const Word& word) {
  const std::string_view raw = analysis.text.substr(word.begin, word.end - word.begin);
  const bool is_number = raw.find_first_not_of("0123456789.,") == std::string_view::npos;
  if (is_number || raw.find_first_of("_.") == std::string_view::npos) {
    add_language_part(analysis, folded_word(raw, analysis.language), word.begin, word.end);
    return;
  }
  for (std::size_t at = 0; at < raw.size();) {
    const std::size_t end = std::min(raw.find_first_of("_.", at), raw.size());
    if (end > at) {
      add_language_part(analysis, folded_word(raw.substr(at, end - at), analysis.language), word.begin + at, word.begin + end);
    }
    at = end + 1;
  }
}

/// Where an identifier splits: after `_` and `.`, and where case or letter and digit change.
std::vector<std::size_t> identifier_cuts(std::string_view word) {
  std::vector<std::size_t> cuts;
  for (std::size_t i = 1; i < word.size(); ++i) {
    const char before = word[i - 1];
    const char here = word[i];
    const bool case_changes = here >= 'A' && here <= 'Z' && before >= 'a' && before <= 'z';
    const bool was_split = before == '_' || before == '.';
    const bool is_split = here == '_' || here == '.';
    if (case_changes || was_split != is_split) cuts.push_back(i);
  }
  return cuts;
}

/// "url_for", "urlFor" and "urlfor" are one name, and so are "node.js" and "nodejs".
std::string identifier_whole(std::string_view word) {
  std::string whole = ascii_lower(word);
  std::erase_if(whole, [](char c) { return c == '_' || c == '.'; });
  return whole;
}

void add_universal_word(Analysis& analysis, const Word& word) {
  const std::string_view raw = analysis.text.substr(word.begin, word.end - word.begin);
  const bool is_identifier = word.is_ascii && !std::all_of(raw.begin(), raw.end(), is_digit_or_split);
  analysis.add(is_identifier ? identifier_whole(raw) : folded_word(raw, {}), word.begin, word.end);
  if (!is_identifier) return;
  std::vector<std::size_t> cuts = identifier_cuts(raw);
  if (cuts.empty()) return;
  cuts.push_back(raw.size());
  std::size_t begin = 0;
  for (const std::size_t end : cuts) {
    const std::string_view part = raw.substr(begin, end - begin);
    if (part.find_first_not_of("_.") != std::string_view::npos) {
      analysis.add(ascii_lower(part), word.begin + begin, word.begin + end);
    }
    begin = end;
  }
}

std::vector<Term> analysed(std::string_view text, std::string_view language, bool keeps_stop_words) {
  Analysis analysis{text, primary_language(language), keeps_stop_words, {}};
  if (analysis.language == "und") analysis.language.clear();
  Word word;
  for (std::size_t at = 0; next_word(text, at, word); at = word.end) {
    switch (word.kind) {
      case WordKind::ideographic: add_pairs(analysis, word); break;
      case WordKind::hangul: add_groups(analysis, word, 2); break;
      case WordKind::unspaced: add_groups(analysis, word, 3); break;
      case WordKind::word:
        if (analysis.language.empty()) {
          add_universal_word(analysis, word);
        } else {
          add_language_word(analysis, word);
        }
        break;
    }
  }
  return std::move(analysis.terms);
}

}  // namespace

std::vector<Term> analyse(std::string_view text, std::string_view language) {
  return analysed(text, language, false);
}

std::vector<Term> analyse_with_stop_words(std::string_view text, std::string_view language) {
  return analysed(text, language, true);
}

}  // namespace guildhall::knowledge
