// Which sentences of the passages answer the question, and how well (contracts/support-partner.md §2.7.4).
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "knowledge/retrieve.h"
#include "passage_units.h"
#include "question_terms.h"

namespace guildhall::models {

struct ScoredUnit {
  std::size_t passage = 0;   ///< index into the passages
  std::size_t position = 0;  ///< among the units of its passage
  Unit unit;
  double coverage = 0;    ///< share of the question's weight this unit's own words carry
  double context = 0;     ///< share its title, headings or stored question add
  double score = 0;       ///< what ranks it
  std::vector<bool> has;  ///< per term of its language's question
};

struct PassageMatch {
  double coverage = 0;         ///< share of the question's weight anywhere in the passage, its headings included
  double pair_similarity = 0;  ///< of the question and a stored question, 0–1
  double relative_score = 0;   ///< retrieval score ÷ the best one's
};

struct Scored {
  std::vector<ScoredUnit> units;       ///< best first; ties keep passage and source order
  std::vector<PassageMatch> passages;  ///< same order as the input
  bool has_terms = false;              ///< the question names a topic at all
};

Scored score_units(std::string_view question, std::string_view question_language, const std::vector<knowledge::Passage>& passages,
                   std::size_t characters_max);

}  // namespace guildhall::models
