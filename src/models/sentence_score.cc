// Weights of the question's words, taken from how rare they are among the passages' own sentences, and the scores they give.
#include "sentence_score.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <unordered_set>

#include "base/text.h"
#include "knowledge/language.h"
#include "models/limits.h"

namespace guildhall::models {
namespace {

using TermSet = std::unordered_set<std::string>;

constexpr double kWeakWeight = 0.2;
constexpr double kContextShare = 0.7;  // a word of the heading is worth less than one in the sentence
constexpr double kPassageShare = 0.3;
constexpr double kPhraseBonus = 0.12;  // all neighbouring words of the question are neighbours here too
constexpr double kQuantityBonus = 0.15;
constexpr double kForeignHeading = 0.1;  // the unit stands under a heading that speaks of something else
constexpr double kNearMatch = 0.7;       // "delivery" for "deliveries" where the stems differ
constexpr std::size_t kPrefixCharactersMin = 5;

struct Candidate {
  ScoredUnit unit;
  std::vector<std::string> terms;  ///< in order
  TermSet heading;                 ///< of the heading inside the passage it stands under
};

// One passage, analysed.
struct Analysed {
  std::vector<Candidate> units;
  TermSet context;      ///< title and outer headings
  TermSet own_heading;  ///< the innermost heading: of the units before any heading inside the passage
  TermSet pair_terms;
  std::vector<TermSet> alternative_terms;  ///< of each other way to ask the pair's question
  std::string language;
};

// The question in one analyser's terms, with weights.
struct WeightedQuestion {
  std::vector<QuestionTerm> terms;
  std::vector<double> weights;
  double total = 0;
};

std::vector<std::string> term_texts(std::string_view text, std::string_view language) {
  std::vector<std::string> texts;
  for (knowledge::Term& term : knowledge::analyse(text, language)) texts.push_back(std::move(term.text));
  return texts;
}

void add_terms(TermSet& set, std::string_view text, std::string_view language) {
  for (std::string& term : term_texts(text, language)) set.insert(std::move(term));
}

Analysed analysed(const knowledge::Passage& passage, std::size_t index, std::size_t characters_max) {
  Analysed result;
  result.language = passage.language;
  std::size_t position = 0;
  for (const Unit& unit : units_of(passage, characters_max)) {
    Candidate candidate;
    candidate.unit.passage = index;
    candidate.unit.position = position++;
    candidate.unit.unit = unit;
    candidate.terms = term_texts(unit.text_in(passage), passage.language);
    if (unit.has_own_heading()) add_terms(candidate.heading, unit.heading_in(passage), passage.language);
    if (!candidate.terms.empty()) result.units.push_back(std::move(candidate));
  }
  add_terms(result.context, passage.title, passage.language);
  for (const std::string& heading : passage.heading_path) {
    add_terms(&heading == &passage.heading_path.back() ? result.own_heading : result.context, heading, passage.language);
  }
  add_terms(result.pair_terms, passage.question, passage.language);
  for (const std::string& question : passage.alternative_questions) {
    add_terms(result.alternative_terms.emplace_back(), question, passage.language);
  }
  return result;
}

std::size_t common_prefix(std::string_view a, std::string_view b) {
  std::size_t n = 0;
  while (n < a.size() && n < b.size() && a[n] == b[n]) ++n;
  return n;
}

// 1 for the term itself, less for one that shares most of its beginning, 0 for none.
double match(const QuestionTerm& wanted, const std::vector<std::string>& terms) {
  double best = 0;
  for (const std::string& term : terms) {
    if (term == wanted.text) return 1;
    const std::size_t shared = common_prefix(term, wanted.text);
    const std::size_t longer = std::max(term.size(), wanted.text.size());
    if (shared >= kPrefixCharactersMin && shared * 10 >= longer * 7) best = kNearMatch;
  }
  return best;
}

double match(const QuestionTerm& wanted, const TermSet& terms) {
  return terms.contains(wanted.text) ? 1 : 0;
}

WeightedQuestion weighted(std::string_view question, std::string_view question_language, const std::string& language,
                          const std::vector<Analysed>& passages) {
  WeightedQuestion result;
  result.terms = question_terms(question, question_language, language);
  std::size_t units = 0;
  std::vector<std::size_t> frequency(result.terms.size(), 0);
  for (const Analysed& passage : passages) {
    if (passage.language != language) continue;
    for (const Candidate& candidate : passage.units) {
      ++units;
      for (std::size_t t = 0; t < result.terms.size(); ++t) frequency[t] += match(result.terms[t], candidate.terms) > 0 ? 1 : 0;
    }
  }
  for (std::size_t t = 0; t < result.terms.size(); ++t) {
    const double df = std::max<double>(1, static_cast<double>(frequency[t]));
    const double rarity = std::log(1 + (static_cast<double>(units) + 1) / (df + 0.5));
    result.weights.push_back(result.terms[t].is_weak ? kWeakWeight * rarity : rarity);
    result.total += result.weights.back();
  }
  return result;
}

bool has_digit(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Share of the question's neighbouring pairs that are neighbours in the unit.
double phrase_share(const WeightedQuestion& question, const std::vector<std::string>& terms) {
  if (question.terms.size() < 2) return 0;
  std::size_t pairs = 0;
  for (std::size_t t = 0; t + 1 < question.terms.size(); ++t) {
    for (std::size_t i = 0; i + 1 < terms.size(); ++i) {
      if (terms[i] == question.terms[t].text && terms[i + 1] == question.terms[t + 1].text) {
        ++pairs;
        break;
      }
    }
  }
  return static_cast<double>(pairs) / static_cast<double>(question.terms.size() - 1);
}

// Share of a heading's words that the question does not have; 0 where the title or an outer heading speaks of what was asked:
// below it every heading is one side of the topic.
double foreign_share(const WeightedQuestion& question, const TermSet& heading, const TermSet& context) {
  if (heading.empty()) return 0;
  std::size_t asked = 0;
  for (const QuestionTerm& term : question.terms) {
    if (context.contains(term.text)) return 0;
    asked += heading.contains(term.text) ? 1 : 0;
  }
  return 1 - static_cast<double>(asked) / static_cast<double>(heading.size());
}

void score(Candidate& candidate, const WeightedQuestion& question, const Analysed& passage, const knowledge::Passage& source,
           double relative_score, bool wants_number) {
  double own = 0;
  double context = 0;
  ScoredUnit& unit = candidate.unit;
  unit.has.assign(question.terms.size(), false);
  for (std::size_t t = 0; t < question.terms.size(); ++t) {
    const double found = match(question.terms[t], candidate.terms);
    const TermSet& heading = unit.unit.has_own_heading() ? candidate.heading : passage.own_heading;
    const double around = std::max({match(question.terms[t], passage.context), match(question.terms[t], heading),
                                    match(question.terms[t], passage.pair_terms)});
    unit.has[t] = found > 0;
    own += question.weights[t] * found;
    if (around > found) context += question.weights[t] * (around - found);
  }
  unit.coverage = question.total > 0 ? own / question.total : 0;
  unit.context = question.total > 0 ? context / question.total : 0;
  // A long list holds many words by its length alone; a fragment of two words answers little.
  const double length = static_cast<double>(candidate.terms.size());
  const double length_factor = length < 4 ? 0.85 : 1 / (1 + 0.08 * std::log2(1 + length / 30));
  unit.score = unit.coverage * length_factor + kContextShare * unit.context + kPassageShare * relative_score +
               kPhraseBonus * phrase_share(question, candidate.terms);
  unit.score -= kForeignHeading *
                foreign_share(question, unit.unit.has_own_heading() ? candidate.heading : passage.own_heading, passage.context);
  if (wants_number && has_digit(unit.unit.text_in(source))) unit.score += kQuantityBonus;
}

double similarity(const WeightedQuestion& question, const TermSet& pair_terms, std::string_view language) {
  if (pair_terms.empty() || question.total <= 0) return 0;
  double common = 0;
  double matched = 0;
  for (std::size_t t = 0; t < question.terms.size(); ++t) {
    if (pair_terms.contains(question.terms[t].text)) {
      common += question.weights[t];
      matched += 1;
    }
  }
  double others = 0;
  for (const std::string& term : pair_terms) others += knowledge::is_stop_word(term, language) ? 0 : 1;
  others = std::max(0.0, others - matched);
  const double average = question.total / static_cast<double>(question.terms.size());
  return 2 * common / (question.total + common + others * average);
}

PassageMatch matched(const WeightedQuestion& question, const Analysed& passage, double relative_score) {
  PassageMatch result{.relative_score = relative_score};
  if (question.total <= 0) return result;
  for (std::size_t t = 0; t < question.terms.size(); ++t) {
    double found = std::max({match(question.terms[t], passage.context), match(question.terms[t], passage.own_heading),
                             match(question.terms[t], passage.pair_terms)});
    for (const Candidate& candidate : passage.units) {
      found = std::max({found, match(question.terms[t], candidate.terms), match(question.terms[t], candidate.heading)});
    }
    result.coverage += question.weights[t] * found / question.total;
  }
  result.pair_similarity = similarity(question, passage.pair_terms, passage.language);
  for (const TermSet& terms : passage.alternative_terms) {
    result.pair_similarity = std::max(result.pair_similarity, similarity(question, terms, passage.language));
  }
  return result;
}

double relative_score_of(const std::vector<knowledge::Passage>& passages, std::size_t index) {
  double top = 0;
  for (const knowledge::Passage& passage : passages) top = std::max(top, passage.score);
  if (top > 0) return std::clamp(passages[index].score / top, 0.0, 1.0);
  return 1 - static_cast<double>(index) / static_cast<double>(passages.size());
}

}  // namespace

Scored score_units(std::string_view question, std::string_view question_language, const std::vector<knowledge::Passage>& passages,
                   std::size_t characters_max) {
  const std::size_t count = std::min(passages.size(), kPassagesScoredMax);
  std::vector<Analysed> all;
  for (std::size_t i = 0; i < count; ++i) all.push_back(analysed(passages[i], i, characters_max));

  std::map<std::string, WeightedQuestion> questions;
  for (const Analysed& passage : all) {
    if (!questions.contains(passage.language)) {
      questions.emplace(passage.language, weighted(question, question_language, passage.language, all));
    }
  }
  Scored result;
  const bool wants_number = asks_for_quantity(question);
  for (std::size_t i = 0; i < count; ++i) {
    const WeightedQuestion& own = questions.at(all[i].language);
    const double relative = relative_score_of(passages, i);
    result.has_terms = result.has_terms || !own.terms.empty();
    result.passages.push_back(matched(own, all[i], relative));
    for (Candidate& candidate : all[i].units) {
      score(candidate, own, all[i], passages[i], relative, wants_number);
      result.units.push_back(std::move(candidate.unit));
    }
  }
  std::sort(result.units.begin(), result.units.end(), [](const ScoredUnit& a, const ScoredUnit& b) {
    if (a.score != b.score) return a.score > b.score;
    return a.passage != b.passage ? a.passage < b.passage : a.position < b.position;
  });
  return result;
}

}  // namespace guildhall::models
