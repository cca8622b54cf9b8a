// Whether evidence is the gold of a case; private to the evaluation.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge/scores.h"

namespace guildhall::knowledge {

/// NFKC, case folded, white space joined: how answers, quotes and headings are compared.
std::string comparable(std::string_view text);

/// The document by any of its names (of a path the last parts suffice), and the heading, page or quote where one is given.
bool holds_gold(const Evidence& evidence, const Gold& gold);
bool holds_any_gold(const Evidence& evidence, const std::vector<Gold>& gold);
/// A quote is a part of its passage: the citation is right when the passage it is taken from holds gold.
bool cites_gold(const Evidence& citation, const std::vector<Evidence>& passages, const std::vector<Gold>& gold);

}  // namespace guildhall::knowledge
