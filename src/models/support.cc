// Compares a claim with its sources.
#include "support.h"

#include <algorithm>

#include "addresses.h"
#include "base/text.h"
#include "knowledge/language.h"
#include "machine_orders.h"
#include "models/limits.h"
#include "reply_units.h"

namespace guildhall::models {
namespace {

// How many terms in a row may be missing: other words for a thing stand alone, an invented one comes as a phrase.
constexpr std::size_t kMissingWordsMax = 2;
constexpr std::size_t kMissingPiecesMax = 6;

constexpr std::string_view kOtherScripts[] = {"zh", "ja", "ko", "th", "hi", "ar", "he", "fa", "ur", "bn",
                                              "lo", "km", "my", "ru", "uk", "el", "bg", "sr", "und"};

std::string primary_subtag(std::string_view language) {
  return ascii_lower(language.substr(0, language.find_first_of("-_")));
}

void add_evidence_terms(EvidenceTerms& set, std::string_view text, std::string_view language) {
  for (knowledge::Term& term : knowledge::analyse(text, language)) set.insert(std::move(term.text));
}

double share_of(const std::vector<std::string>& terms, const EvidenceTerms& present) {
  if (terms.empty()) return 0;
  const auto found = std::count_if(terms.begin(), terms.end(), [&](const std::string& term) { return present.contains(term); });
  return static_cast<double>(found) / static_cast<double>(terms.size());
}

bool holds_name(const Evidence& source, const std::string& name) {
  const std::vector<knowledge::Term> terms = knowledge::analyse(name, source.language);
  const bool has_terms = !terms.empty() && std::all_of(terms.begin(), terms.end(), [&](const knowledge::Term& term) {
    return source.terms.contains(term.text);
  });
  return has_terms || source.folded_text.find(folded(name)) != std::string::npos;
}

// Of a passage that gives orders no link is passed on, whatever sentence it stands in.
bool may_be_quoted(std::string_view text, bool is_tainted) {
  return !gives_orders(text) && ((!is_tainted && !speaks_to_machine(text)) || addresses_in(text).targets.empty());
}

// The unit, or of one that holds an order the sentences that do not.
std::vector<Unit> quotable_parts(const knowledge::Passage& source, const Unit& unit, bool is_tainted) {
  const std::string_view text = unit.text_in(source);
  if (may_be_quoted(text, is_tainted)) return {unit};
  std::vector<Unit> parts;
  for (const knowledge::Span span : spaced_sentences(text, source.language)) {
    if (!may_be_quoted(text.substr(span.begin, span.end - span.begin), is_tainted)) continue;
    Unit part = unit;
    part.end = unit.begin + span.end;
    part.begin = unit.begin + span.begin;
    part.is_block = false;
    parts.push_back(part);
  }
  return parts;
}

bool hold_facts(const Claim& claim, const std::vector<const Evidence*>& sources) {
  const auto by_any = [&](const auto& holds) {
    return std::any_of(sources.begin(), sources.end(), [&](const Evidence* source) { return holds(*source); });
  };
  for (const NumberMention& number : claim.numbers) {
    if (!by_any([&](const Evidence& source) { return source.numbers.holds(number); })) return false;
  }
  for (const std::string& name : claim.names) {
    if (!by_any([&](const Evidence& source) { return holds_name(source, name); })) return false;
  }
  return true;
}

/// Terms of these languages are overlapping characters, so one word that is not there is several of them.
bool is_cut_in_pieces(std::string_view language) {
  static constexpr std::string_view kLanguages[] = {"zh", "ja", "ko", "th", "lo", "km", "my"};
  return std::find(std::begin(kLanguages), std::end(kLanguages), language) != std::end(kLanguages);
}

// The longest row of terms that no source holds.
std::size_t longest_missing(const std::vector<std::string>& terms, const std::vector<const Evidence*>& sources) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (const std::string& term : terms) {
    const bool is_held =
        std::any_of(sources.begin(), sources.end(), [&](const Evidence* each) { return each->terms.contains(term); });
    run = is_held ? 0 : run + 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// The sentence of the source that says this says it the other way round.
bool is_contradicted(const Claim& claim, const std::vector<std::string>& all_terms, const Evidence& source) {
  const bool is_negative = is_negated(claim.text, source.language);
  // What the headings say already stands in any of its sentences.
  std::vector<std::string> terms = all_terms;
  std::erase_if(terms, [&](const std::string& term) { return source.topic.contains(term); });
  if (terms.empty()) terms = all_terms;
  double same = 0;
  double other = 0;
  for (const Evidence::Quotable& quotable : source.quotable) {
    double& best = quotable.is_negated == is_negative ? same : other;
    best = std::max(best, share_of(terms, quotable.terms));
  }
  return other >= kSupportMin && same < other;
}

}  // namespace

Evidence::Evidence(const knowledge::Passage& source) : passage(&source), language(primary_subtag(source.language)) {
  std::vector<std::string> parts{source.title};
  parts.insert(parts.end(), source.heading_path.begin(), source.heading_path.end());
  parts.push_back(source.question);
  parts.insert(parts.end(), source.alternative_questions.begin(), source.alternative_questions.end());
  parts.push_back(source.text);
  for (const std::string& part : parts) {
    const std::string clean = without_orders(part, source.language);
    add_evidence_terms(terms, clean, source.language);
    if (&part != &parts.back()) add_evidence_terms(topic, clean, source.language);
    numbers.add(clean, source.language);
    folded_text += folded(clean);
    folded_text += '\n';
  }
  const std::string clean_text = folded(without_orders(source.text, source.language));
  for (const knowledge::Span span : spaced_sentences(source.text, source.language)) {
    // Each cell of a table's row may be in a language of its own.
    for (const std::string_view cell : split(std::string_view(source.text).substr(span.begin, span.end - span.begin), '|')) {
      const std::string said_in = knowledge::detect_language(trimmed(cell));
      if (said_in != "und") languages.insert(primary_subtag(said_in));
    }
  }
  const bool is_tainted = gives_orders(source.text);
  for (const Unit& unit : units_of(source, kQuoteCodePointsMax)) {
    for (const Unit& part : quotable_parts(source, unit, is_tainted)) {
      const std::string_view text = part.text_in(source);
      // Nothing that was left out above is quoted.
      if (is_tainted && clean_text.find(folded(text)) == std::string::npos) continue;
      Quotable candidate{part, {}, is_negated(text, source.language)};
      add_evidence_terms(candidate.terms, text, source.language);
      if (!candidate.terms.empty()) quotable.push_back(std::move(candidate));
    }
  }
}

Claim claim_of(std::string_view text, std::string_view visitor_language) {
  Claim claim;
  claim.text = without_invisible(text);
  claim.language = primary_subtag(visitor_language);
  claim.numbers = numbers_in(claim.text, visitor_language);
  claim.names = names_in(claim.text, visitor_language);
  return claim;
}

std::vector<std::string> claim_terms(std::string_view claim, std::string_view language) {
  std::vector<std::string> terms;
  for (knowledge::Term& term : knowledge::analyse(claim, language)) {
    if (!knowledge::is_stop_word(folded(claim.substr(term.begin, term.end - term.begin)), language))
      terms.push_back(std::move(term.text));
  }
  return terms;
}

bool claims_nothing(const Claim& claim) {
  return claim.numbers.empty() && claim.names.empty() && claim_terms(claim.text, claim.language).size() < kClaimTermsMin;
}

double support(const Claim& claim, const std::vector<const Evidence*>& sources) {
  if (sources.empty() || !hold_facts(claim, sources)) return 0;
  double best = 0;
  for (const Evidence* source : sources) {
    const std::vector<std::string> terms = claim_terms(claim.text, source->language);
    if (terms.empty()) continue;
    const auto found = std::count_if(terms.begin(), terms.end(), [&](const std::string& term) {
      return std::any_of(sources.begin(), sources.end(), [&](const Evidence* each) { return each->terms.contains(term); });
    });
    const double share = static_cast<double>(found) / static_cast<double>(terms.size());
    const std::size_t run_max = is_cut_in_pieces(source->language) ? kMissingPiecesMax : kMissingWordsMax;
    if (longest_missing(terms, sources) > run_max) continue;
    // What has one or two words says nothing with one of them.
    const double wanted = terms.size() < kClaimTermsMin ? 1 : kSupportMin;
    if (share < wanted || share <= best || is_contradicted(claim, terms, *source)) continue;
    best = share;
  }
  return best;
}

bool agrees(const Claim& claim, const Evidence& source) {
  if (!std::all_of(claim.numbers.begin(), claim.numbers.end(), [&](const NumberMention& n) { return source.numbers.holds(n); }))
    return false;
  if (std::find(std::begin(kOtherScripts), std::end(kOtherScripts), source.language) != std::end(kOtherScripts)) return true;
  // Between languages of one script a name keeps its spelling.
  if (std::find(std::begin(kOtherScripts), std::end(kOtherScripts), claim.language) != std::end(kOtherScripts)) return true;
  return std::all_of(claim.names.begin(), claim.names.end(), [&](const std::string& name) { return holds_name(source, name); });
}

const Evidence::Quotable* best_quote(const Claim& claim, const Evidence& source) {
  const std::vector<std::string> terms = claim_terms(claim.text, source.language);
  const Evidence::Quotable* best = nullptr;
  double share = -1;
  for (const Evidence::Quotable& quotable : source.quotable) {
    double found = share_of(terms, quotable.terms);
    KnownNumbers numbers;
    numbers.add(quotable.unit.text_in(*source.passage), source.language);
    for (const NumberMention& number : claim.numbers) found += numbers.holds(number) ? 0.2 : 0;
    if (found > share) {
      share = found;
      best = &quotable;
    }
  }
  return best;
}

}  // namespace guildhall::models
