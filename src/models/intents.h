// Turns that need no document: greetings, thanks, farewells and requests for a human (contracts/support-partner.md §2.7.1).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guildhall::models {

enum class Intent { greeting, thanks, farewell, handover };

struct RecognisedIntent {
  Intent intent = Intent::greeting;
  std::string language;  ///< whose word list matched; `prior` when that one did
};

/// Nothing when the turn says anything beyond such words: "Hi, how do I pay?" is a question.
std::optional<RecognisedIntent> recognise_intent(std::string_view text, std::string_view prior);

/// Lower case, width and accents' composition folded, punctuation turned into single spaces.
std::string normalised_turn(std::string_view text);

}  // namespace guildhall::models
