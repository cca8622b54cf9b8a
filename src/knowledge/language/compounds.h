// Compounds: "Krankenversicherungskarte" is found by "Versicherung", where the index itself holds the parts as words.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

/// How many entries hold a term; 0 for a term the index does not have.
using TermFrequency = std::function<std::uint32_t(std::string_view term)>;

/// True for languages whose analyser splits compounds (contracts/support-partner.md §2.4).
bool splits_compounds(std::string_view language);

/// False for what compound_parts() never gives as a part.
bool may_be_part(std::string_view stem, std::string_view language);
/// The stems a stemmed compound is made of, from left to right; empty when the vocabulary does not hold them.
std::vector<std::string> compound_parts(std::string_view stem, std::string_view language, const TermFrequency& frequency);

}  // namespace guildhall::knowledge
