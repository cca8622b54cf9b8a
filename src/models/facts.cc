// Reads numbers, names and negations.
#include "facts.h"

#include <unicode/dtfmtsym.h>
#include <unicode/rbnf.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <map>
#include <mutex>

#include "addresses.h"
#include "base/text.h"
#include "code_point.h"
#include "knowledge/language.h"

namespace guildhall::models {
namespace {

struct Denials {
  std::string_view language;
  std::string_view words;
};

constexpr Denials kDenials[] = {
    {"en", "no not never cannot neither nor none nobody nothing nowhere"},
    {"de", "nicht nie niemals nirgends niemand nichts kein keine keinen keinem keiner keines weder"},
    {"es", "no nunca jamás ningún ninguno ninguna nadie nada tampoco"},
    {"fr", "ne n pas jamais aucun aucune rien personne ni"},
    {"pt", "não nunca jamais nenhum nenhuma ninguém nada"},
    {"it", "non mai nessun nessuno nessuna niente nulla né"},
    {"nl", "niet nooit geen niemand niets nergens"},
    {"ru", "не нет никогда нельзя никто ничего ни"},
    {"tr", "değil yok hiç asla hiçbir"},
    {"sv", "inte ej aldrig ingen inget inga ingenting"},
    {"pl", "nie nigdy żaden żadna żadne nikt nic brak"},
};

constexpr std::string_view kPercentWords[] = {"percent",    "prozent", "porcentaje", "pourcent", "procent", "процент", "yüzde",
                                              "パーセント", "퍼센트",  "百分",       "प्रतिशत",   "بالمئة",  "เปอร์เซ็นต์"};
constexpr std::string_view kDecimalPointLanguages[] = {"en", "zh", "ja", "ko", "th", "hi", "he", "ur", "bn", "ar", "fa"};
constexpr std::string_view kSpelledLanguages[] = {"en", "de", "es", "fr", "pt", "it", "nl", "ru", "tr",
                                                  "sv", "pl", "da", "nb", "fi", "cs", "ro", "hu"};

template <class List>
bool is_listed(const List& list, std::string_view language) {
  return std::find(std::begin(list), std::end(list), language) != std::end(list);
}

std::string fact_language(std::string_view language) {
  return ascii_lower(language.substr(0, language.find_first_of("-_")));
}

// Letters narrow and small, digits of every script as 0-9.
std::string plain_digits(std::string_view text) {
  const std::string narrow = folded(without_invisible(text));
  std::string out;
  const auto size = static_cast<std::int32_t>(narrow.size());
  for (std::int32_t at = 0; at < size;) {
    const auto begin = static_cast<std::size_t>(at);
    const UChar32 c = next_code_point(narrow, at);
    const std::int32_t digit = c < 0 ? -1 : u_charDigitValue(c);
    if (digit >= 0) {
      out += static_cast<char>('0' + digit);
    } else if (c == 0x066B) {
      out += '.';
    } else if (c == 0x066C || c == 0x2019) {
      out += c == 0x2019 ? '\'' : ',';
    } else {
      out += std::string_view(narrow).substr(begin, static_cast<std::size_t>(at) - begin);
    }
  }
  return out;
}

bool is_ascii_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string plain_integer(std::string_view digits) {
  const auto first = digits.find_first_not_of('0');
  return first == digits.npos ? "0" : std::string(digits.substr(first));
}

std::string plain_decimal(std::string_view whole, std::string_view fraction) {
  while (fraction.ends_with('0')) fraction.remove_suffix(1);
  return plain_integer(whole) + (fraction.empty() ? "" : "." + std::string(fraction));
}

struct Digits {
  std::vector<std::string> groups;
  std::string separators;  ///< between them
};

// The groups of digits that stand together from `at`, which moves behind them.
Digits digits_at(std::string_view text, std::size_t& at, bool groups_by_space) {
  Digits found;
  while (true) {
    const std::size_t begin = at;
    while (at < text.size() && is_ascii_digit(text[at])) ++at;
    found.groups.emplace_back(text.substr(begin, at - begin));
    if (at + 1 >= text.size() || !is_ascii_digit(text[at + 1])) return found;
    const char separator = text[at];
    const bool joins = separator == '.' || separator == ',' || separator == '\'';
    bool is_group = false;
    if (separator == ' ' && groups_by_space && found.groups.back().size() <= 3) {
      std::size_t end = at + 1;
      while (end < text.size() && is_ascii_digit(text[end])) ++end;
      is_group = end - at - 1 == 3;
    }
    if (!joins && !is_group) return found;
    found.separators += separator;
    ++at;
  }
}

bool are_thousands(const Digits& digits) {
  if (digits.groups.front().empty() || digits.groups.front().size() > 3 || digits.groups.front() == "0") return false;
  return std::all_of(digits.groups.begin() + 1, digits.groups.end(), [](const std::string& group) { return group.size() == 3; });
}

std::vector<std::string> as_parts(const Digits& digits) {
  std::vector<std::string> parts;
  for (const std::string& group : digits.groups) parts.push_back(plain_integer(group));
  return parts;
}

std::vector<std::vector<std::string>> readings_of(const Digits& digits, std::string_view language) {
  if (digits.separators.empty()) return {{plain_integer(digits.groups.front())}};
  const std::string& separators = digits.separators;
  const char last = separators.back();
  const bool is_uniform = std::all_of(separators.begin(), separators.end(), [&](char c) { return c == last; });
  const std::string joined = plain_integer(join(digits.groups, ""));
  if (is_uniform && separators.size() > 1) {
    if (!are_thousands(digits)) return {as_parts(digits)};
    if (last == ' ') return {{joined}, as_parts(digits)};
    return {{joined}};
  }
  if (!is_uniform) {
    Digits whole{{digits.groups.begin(), digits.groups.end() - 1}, separators.substr(0, separators.size() - 1)};
    const bool is_number =
        (last == '.' || last == ',') && whole.separators.find(last) == std::string::npos && are_thousands(whole);
    if (is_number) return {{plain_decimal(join(whole.groups, ""), digits.groups.back())}};
    return {as_parts(digits)};
  }
  const std::string decimal = plain_decimal(digits.groups.front(), digits.groups.back());
  if (!are_thousands(digits)) return {{decimal}};
  if (last == ' ') return {{joined}, as_parts(digits)};
  if (last == '\'') return {{joined}};
  const std::string base = fact_language(language);
  if (base.empty() || base == "und") return {{joined}, {decimal}};
  const bool is_point_decimal = is_listed(kDecimalPointLanguages, base);
  return {{(last == '.') == is_point_decimal ? decimal : joined}};
}

bool is_percent_at(std::string_view text, std::size_t at) {
  std::string_view rest = text.substr(std::min(at, text.size()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.starts_with('%') || rest.starts_with("٪") || rest.starts_with("per cent") || rest.starts_with("por cien") ||
      rest.starts_with("por cento") || rest.starts_with("pour cent") || rest.starts_with("per cento")) {
    return true;
  }
  return std::any_of(std::begin(kPercentWords), std::end(kPercentWords),
                     [&](std::string_view word) { return rest.starts_with(word); });
}

std::string utf8_folded(const icu::UnicodeString& text) {
  std::string out;
  text.toUTF8String(out);
  return folded(without_invisible(out));
}

using WordNumbers = std::map<std::string, std::string>;

WordNumbers spelled_in(const std::string& language) {
  WordNumbers words;
  UErrorCode status = U_ZERO_ERROR;
  const icu::RuleBasedNumberFormat format(icu::URBNF_SPELLOUT, icu::Locale(language.c_str()), status);
  if (U_FAILURE(status)) return words;
  for (std::int32_t value = 2; value <= 1'000; value += value < 20 ? 1 : value < 100 ? 10 : value < 1'000 ? 100 : 1) {
    icu::UnicodeString spelled;
    format.format(value, spelled);
    const std::string word = utf8_folded(spelled);
    if (word.find(' ') == std::string::npos) words.emplace(word, std::to_string(value));
  }
  return words;
}

WordNumbers months_in(const std::string& language) {
  WordNumbers words;
  UErrorCode status = U_ZERO_ERROR;
  const icu::DateFormatSymbols symbols(icu::Locale(language.c_str()), status);
  if (U_FAILURE(status)) return words;
  for (const auto context : {icu::DateFormatSymbols::FORMAT, icu::DateFormatSymbols::STANDALONE}) {
    std::int32_t count = 0;
    const icu::UnicodeString* names = symbols.getMonths(count, context, icu::DateFormatSymbols::WIDE);
    for (std::int32_t i = 0; i < count; ++i) words.emplace(utf8_folded(names[i]), std::to_string(i + 1));
  }
  return words;
}

// Made once per language and kept: the tables are a few kilobytes, the formats behind them slow to open.
const WordNumbers& table_of(const std::string& language, WordNumbers (*make)(const std::string&)) {
  static std::mutex mutex;
  static std::map<std::pair<std::string, WordNumbers (*)(const std::string&)>, WordNumbers> tables;
  const std::lock_guard lock(mutex);
  const auto found = tables.find({language, make});
  if (found != tables.end()) return found->second;
  return tables.emplace(std::make_pair(language, make), make(language)).first->second;
}

// Words at white space and punctuation, folded.
std::vector<std::string> plain_words(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) {
    const auto begin = static_cast<std::size_t>(at);
    const UChar32 c = next_code_point(text, at);
    if (c >= 0 && (u_isalnum(c) || u_charType(c) == U_NON_SPACING_MARK || u_charType(c) == U_COMBINING_SPACING_MARK)) {
      word += text.substr(begin, static_cast<std::size_t>(at) - begin);
    } else if (!word.empty()) {
      words.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) words.push_back(std::move(word));
  return words;
}

}  // namespace

std::vector<NumberMention> numbers_in(std::string_view text, std::string_view language) {
  std::vector<NumberMention> found;
  const std::string base = fact_language(language);
  const std::string plain = plain_digits(text);
  const bool groups_by_space = !is_listed(kDecimalPointLanguages, base);
  for (std::size_t at = 0; at < plain.size();) {
    if (!is_ascii_digit(plain[at])) {
      ++at;
      continue;
    }
    const Digits digits = digits_at(plain, at, groups_by_space);
    found.push_back({readings_of(digits, language), is_percent_at(plain, at)});
  }
  if (is_listed(kSpelledLanguages, base)) {
    const WordNumbers& spelled = table_of(base, spelled_in);
    for (const std::string& word : plain_words(plain)) {
      if (const auto number = spelled.find(word); number != spelled.end()) found.push_back({{{number->second}}, false});
    }
  }
  return found;
}

void KnownNumbers::add(std::string_view text, std::string_view language) {
  for (const NumberMention& mention : numbers_in(text, language)) {
    for (const auto& reading : mention.readings) {
      values.insert(reading.begin(), reading.end());
      if (mention.is_percent) percents.insert(reading.begin(), reading.end());
    }
  }
  const WordNumbers& months = table_of(fact_language(language), months_in);
  for (const std::string& word : plain_words(folded(text))) {
    if (const auto month = months.find(word); month != months.end()) values.insert(month->second);
  }
}

bool KnownNumbers::holds(const NumberMention& mention) const {
  const std::set<std::string>& known = mention.is_percent ? percents : values;
  return std::any_of(mention.readings.begin(), mention.readings.end(), [&](const std::vector<std::string>& reading) {
    return std::all_of(reading.begin(), reading.end(), [&](const std::string& value) { return known.contains(value); });
  });
}

std::vector<std::string> names_in(std::string_view text, std::string_view language) {
  const std::size_t words_min = fact_language(language) == "de" ? 2 : 1;  // German writes every noun with a capital
  std::vector<std::string> names;
  std::vector<std::string> run;
  std::size_t skipped = 0;  // words of the run that begin a sentence
  bool begins_sentence = true;
  const auto end_run = [&] {
    if (run.size() >= words_min && run.size() > skipped)
      names.insert(names.end(), run.begin() + static_cast<std::ptrdiff_t>(skipped), run.end());
    run.clear();
    skipped = 0;
  };
  const std::string line = replaced(text, "\n", " ");
  for (const std::string_view token : split(line, ' ')) {
    std::vector<std::string> words = plain_words(token);
    if (words.empty()) {
      end_run();
      continue;
    }
    std::int32_t at = 0;
    const std::string& word = words.front();
    const UChar32 first = next_code_point(word, at);
    const bool opens = !token.starts_with(word);
    if (opens) end_run();
    const bool is_small_word = run.empty() && knowledge::is_stop_word(folded(word), language);
    if (u_isupper(first) && words.size() == 1 && !is_small_word) {
      if (run.empty() && begins_sentence) skipped = 1;
      run.push_back(word);
    } else {
      end_run();
    }
    begins_sentence = token.ends_with(':') || token.ends_with('.') || token.ends_with('!') || token.ends_with('?');
    if (!token.ends_with(words.back())) end_run();
  }
  end_run();
  return names;
}

bool is_negated(std::string_view text, std::string_view language) {
  const std::string base = fact_language(language);
  const auto row =
      std::find_if(std::begin(kDenials), std::end(kDenials), [&](const Denials& each) { return each.language == base; });
  if (row == std::end(kDenials)) return false;
  const std::string plain = folded(text);
  if (base == "en" && (plain.find("n't") != plain.npos || plain.find("n’t") != plain.npos)) return true;
  const std::vector<std::string_view> denials = split(row->words, ' ');
  const std::vector<std::string> words = plain_words(plain);
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return std::find(denials.begin(), denials.end(), word) != denials.end(); });
}

}  // namespace guildhall::models
