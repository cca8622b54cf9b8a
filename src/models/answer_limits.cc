// What a subscription lets its answers be about, and what a refusal becomes.
#include <algorithm>
#include <set>

#include "addresses.h"
#include "base/text.h"
#include "citations.h"
#include "knowledge/language.h"
#include "machine_orders.h"
#include "models/grounding.h"
#include "models/limits.h"
#include "question_terms.h"
#include "support.h"

namespace guildhall::models {
namespace {

void add_topic_terms(std::set<std::string>& terms, std::string_view text, std::string_view language) {
  for (std::string& term : claim_terms(text, language)) terms.insert(std::move(term));
}

bool holds_half(const std::set<std::string>& said, std::string_view topic, std::string_view language) {
  const std::vector<std::string> wanted = claim_terms(topic, language);
  const auto found = std::count_if(wanted.begin(), wanted.end(), [&](const std::string& term) { return said.contains(term); });
  return found > 0 && found * 2 >= static_cast<std::ptrdiff_t>(wanted.size());
}

// A heading that speaks to the machine, or sends somewhere, is not offered to a visitor.
void keep_plain(std::vector<std::string>& suggestions) {
  std::erase_if(suggestions, [](const std::string& label) {
    const Addresses found = addresses_in(label);
    return speaks_to_machine(label) || found.has_image || !found.targets.empty();
  });
}

void escalate(Answer& answer) {
  answer.outcome = Outcome::handover;
  answer.text = platform_text("handover", answer.language);
}

}  // namespace

bool is_on_topic(const Question& question, const Answer& answer, const std::vector<std::string>& topics) {
  if (topics.empty()) return true;
  // What was said, once per language: a topic's words are compared in the analyser of the text they are looked for in.
  std::vector<std::pair<std::string, std::set<std::string>>> said;
  const auto terms_in = [&](const std::string& language) -> std::set<std::string>& {
    for (auto& [known, terms] : said) {
      if (known == language) return terms;
    }
    return said.emplace_back(language, std::set<std::string>()).second;
  };
  const std::string asked_in = language_of(question);
  add_topic_terms(terms_in(asked_in), question.text, asked_in);
  add_topic_terms(terms_in(answer.language), answer.text, answer.language);
  for (const std::string& label : answer.suggestions) add_topic_terms(terms_in(asked_in), label, asked_in);
  for (const Citation& citation : answer.citations) {
    std::set<std::string>& terms = terms_in(citation.language);
    add_topic_terms(terms, citation.title, citation.language);
    for (const std::string& heading : citation.heading_path) add_topic_terms(terms, heading, citation.language);
  }
  return std::any_of(topics.begin(), topics.end(), [&](const std::string& topic) {
    return std::any_of(said.begin(), said.end(), [&](const auto& each) { return holds_half(each.second, topic, each.first); });
  });
}

Answer answer_within_limits(const Question& question, const std::vector<knowledge::Passage>& passages,
                            const AnswererSettings& settings) {
  Answer answer = answer_extractively(question, passages, settings);
  const bool is_answer = answer.outcome == Outcome::answer || answer.outcome == Outcome::clarification;
  if (is_answer && !is_on_topic(question, answer, settings.allowed_topics)) {
    const std::string language = language_of(question);
    std::vector<std::string> offered(
        settings.allowed_topics.begin(),
        settings.allowed_topics.begin() + static_cast<std::ptrdiff_t>(std::min(kSuggestionsMax, settings.allowed_topics.size())));
    answer = Answer{.outcome = Outcome::refused,
                    .text = platform_text("refusal", language),
                    .confidence = std::min(answer.confidence, settings.confidence_threshold),
                    .language = language,
                    .citations = {},
                    .suggestions = std::move(offered)};
  } else if (!is_answer) {
    keep_plain(answer.suggestions);
  }
  if (answer.outcome == Outcome::refused && settings.fallback == Fallback::escalate) escalate(answer);
  return answer;
}

Answer nothing_supported(const std::vector<knowledge::Passage>& passages, std::string_view visitor_language,
                         const AnswererSettings& settings) {
  Answer answer{.outcome = Outcome::refused,
                .text = platform_text("refusal", visitor_language),
                .confidence = 0,
                .language = std::string(visitor_language),
                .citations = {},
                .suggestions = {}};
  for (const knowledge::Passage& passage : passages) {
    std::string label = label_of(passage);
    const bool is_known = std::find(answer.suggestions.begin(), answer.suggestions.end(), label) != answer.suggestions.end();
    if (!label.empty() && !is_known) answer.suggestions.push_back(std::move(label));
  }
  keep_plain(answer.suggestions);
  if (answer.suggestions.size() > kSuggestionsMax) answer.suggestions.resize(kSuggestionsMax);
  if (settings.fallback == Fallback::escalate) escalate(answer);
  return answer;
}

}  // namespace guildhall::models
