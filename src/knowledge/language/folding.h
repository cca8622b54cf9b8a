// Character folding: NFKC with case folding, and what single languages add to it.
#pragma once

#include <string>
#include <string_view>

namespace guildhall::knowledge {

/// NFKC_Casefold. Turkish dotted and dotless I are kept apart when `language` is "tr"; typographic apostrophes become '.
std::string folded_word(std::string_view word, std::string_view language);
/// Simplified forms of traditional Han characters.
std::string simplified_han(std::string_view text);
/// Without combining marks: "đã" → "đa"; the letter đ becomes d.
std::string without_diacritics(std::string_view word);

}  // namespace guildhall::knowledge
