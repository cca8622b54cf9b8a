// What a question asks about, and what a follow-up inherits from the turn before.
#include "question_terms.h"

#include <algorithm>

#include "base/text.h"
#include "intents.h"
#include "knowledge/language.h"
#include "models/limits.h"
#include "question_words.h"

namespace guildhall::models {
namespace {

bool is_weak_word(std::string_view word) {
  for (const QuestionWords& row : kQuestionWords) {
    for (const std::string_view weak : split(row.weak, ' ')) {
      if (weak == word) return true;
    }
  }
  return false;
}

// Surface forms of the words that carry the topic.
std::vector<std::string> content_words(std::string_view text, std::string_view language) {
  std::vector<std::string> words;
  for (const knowledge::Term& term : knowledge::analyse(text, language)) {
    const std::string surface = folded(text.substr(term.begin, term.end - term.begin));
    if (knowledge::is_stop_word(surface, language) || is_weak_word(surface)) continue;
    if (std::find(words.begin(), words.end(), surface) == words.end()) words.push_back(surface);
  }
  return words;
}

}  // namespace

std::string language_of(const Question& question) {
  const std::string detected = knowledge::detect_language(question.text, question.language);
  if (!detected.empty() && detected != "und") return detected;
  return question.language.empty() ? "en" : question.language;
}

std::string standalone_text(const Question& question, std::string_view language) {
  const std::string_view text = prefix_bytes(question.text, kQuestionBytesMax);
  if (question.previous_text.empty() || !content_words(text, language).empty()) return std::string(text);
  const std::vector<std::string> inherited = content_words(prefix_bytes(question.previous_text, kQuestionBytesMax), language);
  return inherited.empty() ? std::string(text) : join(inherited, " ") + " " + std::string(text);
}

std::vector<QuestionTerm> question_terms(std::string_view text, std::string_view question_language,
                                         std::string_view analysed_as) {
  std::vector<QuestionTerm> terms;
  for (knowledge::Term& term : knowledge::analyse(text, analysed_as)) {
    const std::string surface = folded(text.substr(term.begin, term.end - term.begin));
    if (knowledge::is_stop_word(surface, question_language) || knowledge::is_stop_word(surface, analysed_as)) continue;
    const bool is_known =
        std::any_of(terms.begin(), terms.end(), [&](const QuestionTerm& known) { return known.text == term.text; });
    if (!is_known) terms.push_back({std::move(term.text), is_weak_word(surface)});
  }
  return terms;
}

bool asks_for_quantity(std::string_view text) {
  const std::string turn = " " + normalised_turn(text) + " ";
  for (const QuestionWords& row : kQuestionWords) {
    const bool has_spaces = row.language != "zh" && row.language != "ja" && row.language != "ko" && row.language != "th";
    for (const std::string_view phrase : split(row.quantity, '|')) {
      const std::string wanted = has_spaces ? " " + std::string(phrase) + " " : std::string(phrase);
      if (turn.find(wanted) != std::string::npos) return true;
    }
  }
  return false;
}

std::string retrieval_query(const Question& question) {
  return standalone_text(question, language_of(question));
}

}  // namespace guildhall::models
