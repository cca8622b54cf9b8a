// One organization of the canary sweep: what it sells, buys and knows is as everybody's, but for the words of its own.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "matrix_tables.h"
#include "world.h"

namespace guildhall::test {

/// What begins every word of an organization's own, and how long its mark after that is.
inline constexpr std::string_view kCanary = "canaryq";
inline constexpr std::size_t kMarkLength = 12;
/// The one question every organization is asked; its documents answer it with another word in each.
inline constexpr std::string_view kSecretQuestion = "What is the secret word?";

/// The kinds of words an organization has; each must be seen by its own reader.
const std::vector<std::string>& canary_kinds();

struct House {
  std::string mark;  ///< in every word of it
  Buyer buyer;
  Seller seller;
  Facts facts;
  RequestHeaders visitor;
  std::string word(std::string_view kind) const { return std::string(kind) + std::string(kCanary) + mark; }
};

/// Makes organization `n`: a published agent with knowledge of its own, a subscription to it, documents, a pair, a source, a
/// widget with a visitor who spoke, question sets with cases, an evaluation.
House furnish(Wire& wire, int n);

/// The page every organization uploads; only the word in it differs.
std::string handbook_with(std::string_view word);

}  // namespace guildhall::test
