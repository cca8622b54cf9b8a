// Stems: Snowball where the contract names it, light suffix stripping elsewhere (contracts/support-partner.md §2.4).
#pragma once

#include <string>
#include <string_view>

namespace guildhall::knowledge {

/// The stem of a folded word; the word itself in languages without a stemmer. `language` is a primary subtag.
std::string stem(std::string word, std::string_view language);

}  // namespace guildhall::knowledge
