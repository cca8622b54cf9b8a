// Asking the built-in answerer as a run does, and judging what it says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "knowledge_room.h"
#include "models/extractive.h"

namespace guildhall::bench {

struct Asked {
  models::Answer answer;
  std::vector<knowledge::Passage> passages;
};

/// With as many passages as a run takes. At threshold 0 every question with any evidence is answered.
Asked ask_extractively(const KnowledgeRoom& room, const std::string& question, double threshold, std::size_t sentences_max = 3);

/// NFKC, case and white space folded: what "contains" compares.
std::string comparable(std::string_view text);
bool contains_any(std::string_view text, const std::vector<std::string>& wanted);
/// Shared words, or characters where words are not spaced: F1 of the best gold answer.
double token_f1(std::string_view text, const std::vector<std::string>& wanted, std::string_view language);

}  // namespace guildhall::bench
