// The built-in answerer: from a turn and its passages to a quoted answer, a question back, or an honest refusal.
#include "models/extractive.h"

#include <unicode/locid.h>
#include <unicode/unistr.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "base/text.h"
#include "citations.h"
#include "intents.h"
#include "knowledge/language.h"
#include "models/limits.h"
#include "question_terms.h"
#include "sentence_score.h"

namespace guildhall::models {
namespace {

constexpr double kPairSimilarityMin = 0.75;
constexpr double kClarificationShare = 0.05;
constexpr double kNewCoverageMin = 0.12;  // what a further sentence must add …
constexpr double kNearScoreShare = 0.62;  // … or how close to the best it must score beside it …
constexpr double kFarScoreShare = 0.85;   // … or anywhere else
constexpr double kContinuationContextMin = 0.3;

using Passages = std::vector<knowledge::Passage>;

std::string name_of_language(std::string_view language, std::string_view shown_in) {
  icu::UnicodeString name;
  icu::Locale(std::string(language).c_str()).getDisplayLanguage(icu::Locale(std::string(shown_in).c_str()), name);
  std::string text;
  return name.toUTF8String(text);
}

std::string base_language(std::string_view language) {
  return ascii_lower(language.substr(0, language.find_first_of("-_")));
}

bool is_same_document(const knowledge::Passage& a, const knowledge::Passage& b) {
  return a.document == b.document && a.title == b.title && a.url == b.url;
}

Answer platform_answer(Outcome outcome, std::string_view key, std::string_view language, double confidence) {
  return {.outcome = outcome,
          .text = platform_text(key, language),
          .confidence = confidence,
          .language = base_language(language),
          .citations = {},
          .suggestions = {}};
}

Answer intent_answer(const RecognisedIntent& found) {
  switch (found.intent) {
    case Intent::greeting: return platform_answer(Outcome::greeting, "greeting", found.language, 1);
    case Intent::thanks: return platform_answer(Outcome::greeting, "thanks", found.language, 1);
    case Intent::farewell: return platform_answer(Outcome::greeting, "farewell", found.language, 1);
    case Intent::handover: return platform_answer(Outcome::handover, "handover", found.language, 1);
  }
  return platform_answer(Outcome::refused, "refusal", found.language, 0);
}

Answer refusal(const Passages& passages, std::string_view language, double confidence) {
  Answer answer = platform_answer(Outcome::refused, "refusal", language, confidence);
  for (const knowledge::Passage& passage : passages) {
    const std::string label = label_of(passage);
    const bool is_known = std::find(answer.suggestions.begin(), answer.suggestions.end(), label) != answer.suggestions.end();
    if (!label.empty() && !is_known) answer.suggestions.push_back(label);
    if (answer.suggestions.size() == kSuggestionsMax) break;
  }
  return answer;
}

double logistic(double x) {
  return 1 / (1 + std::exp(-x));
}

/// Terms of these languages are overlapping characters: a passage that answers holds a smaller share of them.
bool is_cut_by_characters(std::string_view language) {
  static constexpr std::string_view kLanguages[] = {"zh", "ja", "ko", "th", "lo", "km", "my"};
  return std::find(std::begin(kLanguages), std::end(kLanguages), language) != std::end(kLanguages);
}

double own_coverage(const ScoredUnit& unit) {
  return std::min(1.0, unit.coverage + 0.5 * unit.context);
}

/// Fitted by logistic regression on the questions of xquad's even articles in five languages, asked of knowledge bases of 5, 10,
/// 30, 60 and 120 paragraphs that hold their article and of such that do not, each size and language counting the same
/// (docs/benchmarks-knowledge.md). Among few chunks no word is rare: the same share of a question says more there.
double fitted_confidence(double evidence, std::int64_t base_chunks, const ScoredUnit& best, std::string_view language) {
  const auto terms = static_cast<double>(std::max<std::size_t>(best.has.size(), 1));
  const double size = std::log(static_cast<double>(std::max<std::int64_t>(base_chunks, 2)) + 1);
  return logistic(17.92 * evidence + 5.78 * own_coverage(best) + 1.34 * std::log(terms) +
                  (is_cut_by_characters(language) ? 2.23 : 0) + (3.76 + 42.2 * evidence) / size - 11.35);
}

/// For passages no index has measured: how much of the question the answer and its passage cover, how far the best stands
/// out, and its rank.
double coverage_confidence(const Scored& scored) {
  const ScoredUnit& best = scored.units.front();
  const PassageMatch& passage = scored.passages[best.passage];
  double runner_up = 0;
  for (const ScoredUnit& unit : scored.units) {
    if (unit.passage != best.passage) {
      runner_up = unit.score;
      break;
    }
  }
  const double margin = best.score > 0 ? std::clamp((best.score - runner_up) / best.score, 0.0, 1.0) : 0;
  const double evidence = 0.5 * own_coverage(best) + 0.4 * passage.coverage + 0.06 * passage.relative_score + 0.04 * margin;
  return logistic(10 * (evidence - 0.51));
}

double confidence_of(const Scored& scored, const Passages& passages) {
  if (scored.units.empty() || !scored.has_terms) return 0;
  const ScoredUnit& best = scored.units.front();
  if (!passages[best.passage].evidence) return coverage_confidence(scored);
  const auto has_less = [](const knowledge::Passage& a, const knowledge::Passage& b) {
    return a.evidence.value_or(0) < b.evidence.value_or(0);
  };
  const knowledge::Passage& most = *std::max_element(passages.begin(), passages.end(), has_less);
  return fitted_confidence(most.evidence.value_or(0), most.base_chunks, best, base_language(passages[best.passage].language));
}

bool adds_terms(const ScoredUnit& unit, const std::vector<bool>& covered) {
  std::size_t added = 0;
  for (std::size_t t = 0; t < unit.has.size() && t < covered.size(); ++t) added += unit.has[t] && !covered[t] ? 1 : 0;
  return !covered.empty() && static_cast<double>(added) >= kNewCoverageMin * static_cast<double>(covered.size()) && added > 0;
}

// The sentence after a chosen one, under a heading that speaks of what was asked.
bool continues(const ScoredUnit& unit, const std::vector<ScoredUnit>& chosen) {
  if (unit.context < kContinuationContextMin) return false;
  return std::any_of(chosen.begin(), chosen.end(), [&](const ScoredUnit& other) {
    return other.passage == unit.passage && other.position + 1 == unit.position &&
           other.unit.heading_begin == unit.unit.heading_begin;
  });
}

bool is_beside(const ScoredUnit& unit, const std::vector<ScoredUnit>& chosen) {
  return std::any_of(chosen.begin(), chosen.end(), [&](const ScoredUnit& other) {
    return other.passage == unit.passage && (other.position + 1 == unit.position || unit.position + 1 == other.position);
  });
}

std::size_t characters(const Passages& passages, const ScoredUnit& unit) {
  return code_points(unit.unit.text_in(passages[unit.passage]));
}

// The best unit and at most two more, from at most two passages and within the length.
std::vector<ScoredUnit> choose(const Scored& scored, const Passages& passages, const AnswererSettings& settings) {
  std::vector<ScoredUnit> chosen{scored.units.front()};
  std::set<std::size_t> from{chosen.front().passage};
  std::vector<bool> covered = chosen.front().has;
  std::size_t length = characters(passages, chosen.front());
  const double best = chosen.front().score;
  const std::size_t most = std::min(settings.sentences_max, kSentencesMax);
  for (std::size_t i = 1; i < scored.units.size() && chosen.size() < most; ++i) {
    const ScoredUnit& unit = scored.units[i];
    const bool is_near = is_beside(unit, chosen) && unit.score >= kNearScoreShare * best;
    const bool is_foreign = !from.contains(unit.passage);
    const bool is_complement = unit.coverage > 0 && adds_terms(unit, covered) && unit.score >= (is_foreign ? 0.7 : 0.5) * best;
    const bool is_strong = !is_foreign && unit.coverage > 0 && unit.score >= kFarScoreShare * best;
    if (!is_near && !is_complement && !is_strong && !continues(unit, chosen)) continue;
    if (is_foreign && from.size() == kChunksMax) continue;
    if (passages[unit.passage].language != passages[chosen.front().passage].language) continue;
    const std::size_t added = characters(passages, unit) + 2;
    if (length + added > settings.characters_max) continue;
    length += added;
    from.insert(unit.passage);
    for (std::size_t t = 0; t < covered.size(); ++t) covered[t] = covered[t] || unit.has[t];
    chosen.push_back(unit);
  }
  const std::size_t first = chosen.front().passage;
  std::sort(chosen.begin(), chosen.end(), [first](const ScoredUnit& a, const ScoredUnit& b) {
    if (a.passage != b.passage) return a.passage == first || (b.passage != first && a.passage < b.passage);
    return a.unit.begin < b.unit.begin;
  });
  return chosen;
}

// Quotes the chosen units: neighbours as one span, each span with its citation, other passages in a paragraph of their own.
void quote(Answer& answer, const std::vector<ScoredUnit>& chosen, const Passages& passages, std::size_t characters_max) {
  for (std::size_t i = 0; i < chosen.size();) {
    const knowledge::Passage& passage = passages[chosen[i].passage];
    std::size_t last = i;
    while (last + 1 < chosen.size() && chosen[last + 1].passage == chosen[i].passage &&
           chosen[last + 1].position == chosen[last].position + 1 &&
           chosen[last + 1].unit.heading_begin == chosen[last].unit.heading_begin) {
      ++last;
    }
    const std::uint32_t begin = chosen[i].unit.begin;
    const std::string_view span = std::string_view(passage.text).substr(begin, chosen[last].unit.end - begin);
    if (!answer.text.empty()) {
      const bool is_new_paragraph =
          chosen[i].passage != chosen[i - 1].passage || chosen[i].unit.is_block || chosen[i - 1].unit.is_block;
      answer.text += is_new_paragraph ? "\n\n" : " ";
    }
    answer.text += prefix_code_points(span, characters_max);
    answer.citations.push_back(
        citation_of(passage, span, static_cast<std::int64_t>(answer.citations.size()) + 1, chosen[i].unit.heading_in(passage)));
    i = last + 1;
  }
}

bool have_common_heading(const knowledge::Passage& a, const knowledge::Passage& b) {
  if (folded(a.title) == folded(b.title)) return true;
  for (const std::string& heading : a.heading_path) {
    for (const std::string& other : b.heading_path) {
      if (folded(heading) == folded(other)) return true;
    }
  }
  return false;
}

// True when the label of a passage has a word of the question: it offers what was asked about, not just where a word occurs.
bool names_topic(const knowledge::Passage& passage, std::string_view text, std::string_view language) {
  const std::vector<QuestionTerm> asked = question_terms(text, language, passage.language);
  for (const knowledge::Term& term : knowledge::analyse(label_of(passage), passage.language)) {
    if (std::any_of(asked.begin(), asked.end(),
                    [&](const QuestionTerm& each) { return !each.is_weak && each.text == term.text; }))
      return true;
  }
  return false;
}

// The passage of another document that answers as well as the best one under another heading of the same topic; null when
// the best stands alone.
const knowledge::Passage* rival_of(const Scored& scored, const Passages& passages, std::string_view text,
                                   std::string_view language) {
  const ScoredUnit& best = scored.units.front();
  const knowledge::Passage& first = passages[best.passage];
  if (!names_topic(first, text, language)) return nullptr;
  for (const ScoredUnit& unit : scored.units) {
    if (unit.score < (1 - kClarificationShare) * best.score) return nullptr;
    const knowledge::Passage& other = passages[unit.passage];
    if (is_same_document(first, other) || have_common_heading(first, other) || first.language != other.language) continue;
    if (unit.unit.text_in(other) == best.unit.text_in(first) || !names_topic(other, text, language)) continue;
    const double gap = scored.passages[best.passage].relative_score - scored.passages[unit.passage].relative_score;
    if (std::abs(gap) > kClarificationShare || unit.has != best.has) continue;
    return &other;
  }
  return nullptr;
}

const knowledge::Passage* matching_pair(const Scored& scored, const Passages& passages, double& similarity) {
  const knowledge::Passage* best = nullptr;
  similarity = kPairSimilarityMin;
  for (std::size_t i = 0; i < scored.passages.size(); ++i) {
    const double found = scored.passages[i].pair_similarity;
    if (!passages[i].question.empty() && found >= similarity && (best == nullptr || found > similarity)) {
      best = &passages[i];
      similarity = found;
    }
  }
  return best;
}

// A turn whose language nobody knows is not told that the answer is in another one.
void name_foreign_language(Answer& answer, const Question& question, std::string_view turn_language) {
  if (question.language.empty() && knowledge::detect_language(question.text) == "und") return;
  const std::string own = base_language(turn_language);
  const std::string theirs = base_language(answer.language);
  if (own == theirs || theirs.empty() || theirs == "und") return;
  const std::string notice = replaced(platform_text("other_language", own), "{language}", name_of_language(theirs, own));
  answer.text = notice + "\n\n" + answer.text;
}

}  // namespace

std::string_view wire_name(Outcome outcome) {
  switch (outcome) {
    case Outcome::answer: return "answer";
    case Outcome::clarification: return "clarification";
    case Outcome::refused: return "refused";
    case Outcome::greeting: return "greeting";
    case Outcome::handover: return "handover";
    case Outcome::error: return "error";
  }
  return "error";
}

Answer answer_extractively(const Question& question, const Passages& passages, const AnswererSettings& settings) {
  if (const auto intent = recognise_intent(question.text, question.language)) return intent_answer(*intent);
  const std::string language = language_of(question);
  const std::string text = standalone_text(question, language);
  const Scored scored = score_units(text, language, passages, settings.characters_max);

  double similarity = 0;
  if (const knowledge::Passage* pair = matching_pair(scored, passages, similarity)) {
    Answer answer{.outcome = Outcome::answer,
                  .text = pair->text,
                  .confidence = similarity,
                  .language = pair->language,
                  .citations = {},
                  .suggestions = {}};
    answer.citations.push_back(citation_of(*pair, pair->text, 1));
    name_foreign_language(answer, question, language);
    return answer;
  }
  const double confidence = confidence_of(scored, passages);
  if (scored.units.empty() || scored.units.front().coverage + scored.units.front().context <= 0 ||
      confidence < settings.confidence_threshold) {
    return refusal(passages, language, std::min(confidence, settings.confidence_threshold));
  }
  const knowledge::Passage& first = passages[scored.units.front().passage];
  if (const knowledge::Passage* rival = rival_of(scored, passages, text, language)) {
    Answer answer = platform_answer(Outcome::clarification, "clarification", language, confidence);
    answer.suggestions = {label_of(first), label_of(*rival)};
    return answer;
  }
  Answer answer{.outcome = Outcome::answer,
                .text = {},
                .confidence = confidence,
                .language = first.language,
                .citations = {},
                .suggestions = {}};
  quote(answer, choose(scored, passages, settings), passages, settings.characters_max);
  name_foreign_language(answer, question, language);
  return answer;
}

}  // namespace guildhall::models
