// What can be wrong in a sentence although its words are right: numbers, names and "not" (contracts/support-partner.md §2.6).
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::models {

struct NumberMention {
  /// Ways to read it, each a list of plain numbers that all must hold: "1.000" is 1000 in German and 1 in English, "0800 123 456"
  /// may be grouped or not.
  std::vector<std::vector<std::string>> readings;
  bool is_percent = false;
};

/// In digits of any script and in words of the languages that put spaces between them ("five"; "one" is an article too and does
/// not count). A date or a time of day is its parts.
std::vector<NumberMention> numbers_in(std::string_view text, std::string_view language);

/// The numbers a passage holds: every reading, and the months it names as numbers.
struct KnownNumbers {
  std::set<std::string> values;
  std::set<std::string> percents;

  void add(std::string_view text, std::string_view language);
  bool holds(const NumberMention& mention) const;
};

/// Words of names: capitalised ones, in German of two or more in a row, all but the one a sentence begins with. A small word
/// there
/// ("The", "Der") is no part of a row.
std::vector<std::string> names_in(std::string_view text, std::string_view language);

/// Whether the sentence denies, in the languages that have a list of stop words.
bool is_negated(std::string_view text, std::string_view language);

}  // namespace guildhall::models
