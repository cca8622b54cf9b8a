// The words of a question that name its topic.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/extractive.h"

namespace guildhall::models {

struct QuestionTerm {
  std::string text;      ///< as the analyser of the passages' language gives it
  bool is_weak = false;  ///< politeness or a helper word: counts little when it is missing
};

/// The language of the turn: its own, else the prior, else "en".
std::string language_of(const Question& question);

/// The turn, with the previous turn's content words in front when it has none of its own (contracts/support-partner.md §2.7.2).
std::string standalone_text(const Question& question, std::string_view language);

/// Each term once, in order, stop words of either language left out.
std::vector<QuestionTerm> question_terms(std::string_view text, std::string_view question_language, std::string_view analysed_as);

/// "how many", "when", …: an answer is likely to hold a number.
bool asks_for_quantity(std::string_view text);

}  // namespace guildhall::models
