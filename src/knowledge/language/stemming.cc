// Stemmers of the analyser table.
#include "language/stemming.h"

#include <libstemmer.h>

#include <initializer_list>
#include <map>
#include <memory>
#include <span>

#include "base/text.h"
#include "language/folding.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

struct SnowballName {
  std::string_view language;
  const char* algorithm;
};

constexpr SnowballName kSnowball[] = {
    {"en", "english"}, {"de", "german"},   {"es", "spanish"},   {"fr", "french"},  {"pt", "portuguese"},
    {"it", "italian"}, {"nl", "dutch"},    {"sv", "swedish"},   {"da", "danish"},  {"nb", "norwegian"},
    {"fi", "finnish"}, {"ro", "romanian"}, {"hu", "hungarian"}, {"ru", "russian"}, {"tr", "turkish"},
};

struct StemmerDelete {
  void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
};

/// One stemmer per thread and language: a stemmer holds the buffer of its last result.
sb_stemmer* snowball_of(std::string_view language) {
  thread_local std::map<std::string, std::unique_ptr<sb_stemmer, StemmerDelete>, std::less<>> stemmers;
  const auto found = stemmers.find(language);
  if (found != stemmers.end()) return found->second.get();
  for (const SnowballName& row : kSnowball) {
    if (row.language != language) continue;
    auto* made = sb_stemmer_new(row.algorithm, "UTF_8");
    return stemmers.emplace(std::string(language), std::unique_ptr<sb_stemmer, StemmerDelete>(made)).first->second.get();
  }
  return nullptr;
}

bool strip_suffix(std::string& word, std::span<const std::string_view> suffixes, std::size_t letters_left) {
  for (const std::string_view suffix : suffixes) {
    if (word.size() <= suffix.size() || !word.ends_with(suffix)) continue;
    const std::string_view rest(word.data(), word.size() - suffix.size());
    if (code_points(rest) < letters_left) continue;
    word.resize(rest.size());
    return true;
  }
  return false;
}

// Suffixes are ordered longest first, so that the longest that leaves a stem is taken.
constexpr std::string_view kPolishSuffixes[] = {
    "owania", "owanie", "owaniu", "ościach", "ościami", "ności", "iego", "iemu", "ość", "ości", "ami", "ach", "owi",
    "ego",    "emu",    "ych",    "ymi",     "imi",     "ich",   "iej",  "ów",   "om",  "ej",   "ie",  "ia",  "ią",
    "ię",     "iu",     "em",     "ym",      "im",      "a",     "ą",    "e",    "ę",   "i",    "o",   "u",   "y"};
constexpr std::string_view kCzechSuffixes[] = {
    "ostech", "ostmi", "ostem", "atech", "ového", "ovému", "ích", "ého", "ému", "ými", "ami", "emi", "ech", "ách",
    "ata",    "aty",   "ové",   "ovi",   "ého",   "ých",   "ím",  "ém",  "ům",  "em",  "ou",  "ám",  "os",  "us",
    "ým",     "mi",    "é",     "í",     "ý",     "á",     "ů",   "ě",   "a",   "e",   "i",   "o",   "u",   "y"};
constexpr std::string_view kUkrainianSuffixes[] = {
    "уванням", "юванням", "еннями", "аннями", "ування", "ювання", "ського", "ськими", "остями", "увати", "ювати", "енням",
    "анням",   "еннях",   "аннях",  "ення",   "ання",   "енню",   "анню",   "ість",   "ості",   "ень",   "ань",   "ити",
    "ами",     "ями",     "ові",    "еві",    "ого",    "ому",    "ими",    "іми",    "ах",     "ях",    "ам",    "ям",
    "ою",      "ею",      "ів",     "їв",     "ий",     "ій",     "их",     "іх",     "им",     "ім",    "ом",    "ем",
    "а",       "я",       "о",      "е",      "є",      "и",      "і",      "ї",      "у",      "ю",     "ь",     "й"};
constexpr std::string_view kGreekSuffixes[] = {"οντων", "οντοσ", "οντα", "ματων", "ματοσ", "ματα", "ουσ", "εισ", "εων",
                                               "ησ",    "ασ",    "οσ",   "ων",    "ον",    "ου",   "οι",  "εσ",  "αι",
                                               "ει",    "μα",    "ω",    "α",     "η",     "ο",    "ι",   "ε",   "υ"};
constexpr std::string_view kArabicPrefixes[] = {"وال", "بال", "كال", "فال", "لل", "ال"};
constexpr std::string_view kArabicSuffixes[] = {"ها", "ان", "ات", "ون", "ين", "يه", "ه", "ي"};
constexpr std::string_view kHindiSuffixes[] = {"ियों", "ियाँ", "ियां", "ाओं", "ाएं", "ाएँ", "ुओं", "ों", "ें", "ीं",
                                               "ां",   "ओं",   "ा",   "े",   "ी",  "ु",   "ू",  "ो", "ि"};
constexpr std::string_view kBengaliSuffixes[] = {"গুলোতে", "গুলিতে", "গুলোকে", "গুলিকে", "গুলোর", "গুলির", "গুলো", "গুলি", "দের", "যের",
                                                 "েরা",   "ের",    "কে",    "টি",    "টা",   "রা",   "তে",  "যে",  "ে"};

/// The genitive and locative of a word that ends in a vowel: "ঠিকানার", "ঠিকানায়".
std::string bengali_stem(std::string word) {
  strip_suffix(word, kBengaliSuffixes, 2);
  for (const std::string_view vowel : {"া", "ি", "ী", "ু", "ূ", "ো"}) {
    for (const std::string_view ending : {"র", "য"}) {
      const std::string both = std::string(vowel) + std::string(ending);
      if (code_points(word) < 4 || !word.ends_with(both)) continue;
      word.resize(word.size() - ending.size());
      return word;
    }
  }
  return word;
}

/// ä, ö, ü and ß as a, o, u and ss, and so their spellings ae, oe and ue: "Rueckgabe" is "Rückgabe". After a vowel or q
/// "ue" is its own ("neue", "Quelle").
std::string german_letters(std::string_view word) {
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t begin = at;
    const std::int32_t c = decode(word, at);
    switch (c) {
      case 0xE4: out += 'a'; continue;
      case 0xF6: out += 'o'; continue;
      case 0xFC: out += 'u'; continue;
      case 0xDF: out += "ss"; continue;
      default: out.append(word, begin, at - begin);
    }
    if (c != 'e' || out.size() < 2) continue;
    const char vowel = out[out.size() - 2];
    const char before = out.size() < 3 ? ' ' : out[out.size() - 3];
    const bool is_digraph = vowel == 'a' || vowel == 'o' || (vowel == 'u' && before != 'q');
    if (is_digraph && before != 'a' && before != 'e') out.pop_back();
  }
  return out;
}

/// "extensões" → "extensão": Snowball knows the plural of "-ção" alone.
std::string portuguese_singular(std::string word) {
  for (const std::string_view plural : {"ões", "ães"}) {
    if (word.size() > plural.size() + 2 && word.ends_with(plural))
      return word.replace(word.size() - plural.size(), plural.size(), "ão");
  }
  return word;
}

/// Marks and tatweel dropped, variants of alef, yeh and kaf made one.
std::string arabic_letters(std::string_view word, bool persian) {
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t begin = at;
    const std::int32_t c = decode(word, at);
    if ((c >= 0x64B && c <= 0x65F) || c == 0x670 || c == 0x640 || c == 0x200C || c == 0x200D) continue;
    switch (c) {
      case 0x622:
      case 0x623:
      case 0x625:
      case 0x671: append_utf8(out, 0x627); break;
      case 0x624: append_utf8(out, 0x648); break;
      case 0x626:
      case 0x649:
      case 0x6CC: append_utf8(out, 0x64A); break;
      case 0x629: append_utf8(out, 0x647); break;
      case 0x6A9: append_utf8(out, 0x643); break;
      case 0x6C1:
      case 0x6BE:
      case 0x6D5: append_utf8(out, persian ? 0x647 : c); break;
      default: out.append(word, begin, at - begin);
    }
  }
  return out;
}

/// The light10 stemmer: conjunction, article and preposition prefixes, then suffixes.
std::string arabic_stem(std::string word) {
  constexpr std::string_view kWaw = "و";
  if (word.starts_with(kWaw) && code_points(word) > 3) word.erase(0, kWaw.size());
  for (const std::string_view prefix : kArabicPrefixes) {
    if (word.starts_with(prefix) && code_points(word) >= code_points(prefix) + 2) {
      word.erase(0, prefix.size());
      break;
    }
  }
  while (strip_suffix(word, kArabicSuffixes, 2)) {
  }
  return word;
}

std::string without_code_points(std::string_view word, std::initializer_list<std::int32_t> dropped, std::int32_t from = -1,
                                std::int32_t to = -2) {
  std::string out;
  for (std::size_t at = 0; at < word.size();) {
    const std::size_t begin = at;
    const std::int32_t c = decode(word, at);
    bool drop = c >= from && c <= to;
    for (const std::int32_t other : dropped) drop = drop || c == other;
    if (!drop) out.append(word, begin, at - begin);
  }
  return out;
}

}  // namespace

std::string stem(std::string word, std::string_view language) {
  if (language == "de") word = german_letters(word);
  if (language == "pt") word = portuguese_singular(std::move(word));
  if (sb_stemmer* stemmer = snowball_of(language); stemmer != nullptr) {
    const sb_symbol* stemmed =
        sb_stemmer_stem(stemmer, reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
    if (stemmed == nullptr) return word;
    return {reinterpret_cast<const char*>(stemmed), static_cast<std::size_t>(sb_stemmer_length(stemmer))};
  }
  if (language == "ar") return arabic_stem(arabic_letters(word, false));
  if (language == "fa" || language == "ur") return arabic_letters(word, true);
  if (language == "he") return without_code_points(word, {}, 0x591, 0x5C7);
  if (language == "pl") {
    strip_suffix(word, kPolishSuffixes, 3);
  } else if (language == "cs") {
    strip_suffix(word, kCzechSuffixes, 3);
  } else if (language == "uk") {
    strip_suffix(word, kUkrainianSuffixes, 3);
  } else if (language == "el") {
    word = without_diacritics(word);
    strip_suffix(word, kGreekSuffixes, 3);
  } else if (language == "hi") {
    word = without_code_points(word, {0x93C, 0x200C, 0x200D});
    strip_suffix(word, kHindiSuffixes, 2);
  } else if (language == "bn") {
    word = without_code_points(word, {0x9BC, 0x200C, 0x200D});
    word = bengali_stem(std::move(word));
  }
  return word;
}

}  // namespace guildhall::knowledge
