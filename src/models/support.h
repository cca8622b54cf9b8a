// Whether a passage supports a sentence: its words, numbers, names, and whether it denies (contracts/support-partner.md §2.6).
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "facts.h"
#include "knowledge/retrieve.h"
#include "passage_units.h"

namespace guildhall::models {

using EvidenceTerms = std::unordered_set<std::string>;

/// Share of a sentence's terms its source must hold.
inline constexpr double kSupportMin = 0.6;
/// A shorter sentence claims nothing by its words alone.
inline constexpr std::size_t kClaimTermsMin = 3;

/// A passage as sentences are held against it. Refers to the passage, which must outlive it.
struct Evidence {
  explicit Evidence(const knowledge::Passage& passage);

  struct Quotable {
    Unit unit;
    EvidenceTerms terms;
    bool is_negated = false;
  };

  const knowledge::Passage* passage;
  std::string language;             ///< primary subtag
  std::set<std::string> languages;  ///< of its sentences, where they can be told
  EvidenceTerms terms;              ///< of title, headings, question and text, without sentences that give orders
  EvidenceTerms topic;              ///< the same of title, headings and question
  std::string folded_text;
  KnownNumbers numbers;
  std::vector<Quotable> quotable;  ///< units that speak to the reader
};

/// A sentence, without markers and markup.
struct Claim {
  std::string text;
  std::string language;  ///< of the visitor, a primary subtag
  std::vector<NumberMention> numbers;
  std::vector<std::string> names;
};
Claim claim_of(std::string_view text, std::string_view visitor_language);

/// Terms that carry meaning, in that language's analyser.
std::vector<std::string> claim_terms(std::string_view claim, std::string_view language);

/// Fewer than three terms, no number and no name.
bool claims_nothing(const Claim& claim);

/// By words: 0 when it does not support the claim, else the share of the claim's terms in the passages together.
double support(const Claim& claim, const std::vector<const Evidence*>& sources);
/// Across languages, where words cannot be compared: numbers and names alone.
bool agrees(const Claim& claim, const Evidence& source);

/// What of the passage to quote for the claim; null when it has nothing that may be quoted.
const Evidence::Quotable* best_quote(const Claim& claim, const Evidence& source);

}  // namespace guildhall::models
