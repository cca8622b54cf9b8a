// The analyser of the index, which keeps what carries little topic and lets the query weigh it.
#pragma once

#include <string_view>
#include <vector>

#include "knowledge/language.h"

namespace guildhall::knowledge {

/// As analyse(), with stop words in their folded form, unstemmed.
std::vector<Term> analyse_with_stop_words(std::string_view text, std::string_view language);

}  // namespace guildhall::knowledge
