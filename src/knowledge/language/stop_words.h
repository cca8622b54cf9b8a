// Words without a topic, per language: articles, pronouns, prepositions, auxiliaries and question words.
#pragma once

#include <string_view>

namespace guildhall::knowledge {

/// Space-separated words after case folding; empty for languages without a list. `language` is a primary subtag.
std::string_view stop_word_list(std::string_view language);
/// As is_stop_word, for a primary subtag.
bool in_stop_word_list(std::string_view folded_word, std::string_view language);
/// The languages that have a list.
inline constexpr std::string_view kStopWordLanguages[] = {"en", "de", "es", "fr", "pt", "it", "nl", "ru", "tr", "sv", "pl"};

}  // namespace guildhall::knowledge
