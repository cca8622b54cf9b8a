// Recognises the turns that need no document.
#include "intents.h"

#include <vector>

#include "base/text.h"
#include "intent_words.h"

namespace guildhall::models {
namespace {

constexpr std::string_view kAsciiPunctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
constexpr std::string_view kOtherPunctuation[] = {"¿", "¡",  "。", "、", "，", "！", "？", "．",     "…",     "‘", "’",
                                                  "“", "”",  "「", "」", "·",  "～", "،",  "؟",      "؛",     "।", "–",
                                                  "—", "👋", "🙏", "👍", "🙂", "😊", "❤️",  "\u00A0", "\uFE0F"};
constexpr std::size_t kHandoverCodePointsMax = 120;

bool is_word_boundary(std::string_view text, std::size_t begin, std::size_t end) {
  return (begin == 0 || text[begin - 1] == ' ') && (end == text.size() || text[end] == ' ');
}

bool contains(std::string_view text, std::string_view phrase, bool has_spaces) {
  for (auto at = text.find(phrase); at != std::string_view::npos; at = text.find(phrase, at + 1)) {
    if (!has_spaces || is_word_boundary(text, at, at + phrase.size())) return true;
  }
  return false;
}

bool contains_any(std::string_view text, std::string_view alternatives, bool has_spaces) {
  for (const std::string_view phrase : split(alternatives, '|')) {
    if (contains(text, phrase, has_spaces)) return true;
  }
  return false;
}

// Bytes of the longest alternative the text begins with, at a word boundary where words have any.
std::size_t leading(std::string_view text, std::string_view alternatives, bool has_spaces) {
  std::size_t longest = 0;
  for (const std::string_view phrase : split(alternatives, '|')) {
    if (phrase.size() > longest && text.starts_with(phrase) && (!has_spaces || is_word_boundary(text, 0, phrase.size()))) {
      longest = phrase.size();
    }
  }
  return longest;
}

// True when the text is made of these words and fillers alone, with at least one of the words.
bool consists_of(std::string_view text, std::string_view words, const IntentWords& row) {
  bool found = false;
  while (!text.empty()) {
    std::size_t taken = leading(text, words, row.has_spaces);
    if (taken > 0) {
      found = true;
    } else {
      taken = leading(text, row.filler, row.has_spaces);
    }
    if (taken == 0) return false;
    text.remove_prefix(taken);
    while (text.starts_with(' ')) text.remove_prefix(1);
  }
  return found;
}

std::optional<Intent> intent_in(std::string_view text, const IntentWords& row) {
  if (code_points(text) <= kHandoverCodePointsMax && contains_any(text, row.handover, row.has_spaces)) return Intent::handover;
  if (consists_of(text, row.human, row)) return Intent::handover;
  // "Hello and thanks" thanks, "thanks, bye" takes leave: what closes a conversation decides.
  const std::string all = std::string(row.greeting) + '|' + std::string(row.thanks) + '|' + std::string(row.farewell);
  if (!consists_of(text, all, row)) return std::nullopt;
  if (contains_any(text, row.farewell, row.has_spaces)) return Intent::farewell;
  if (contains_any(text, row.thanks, row.has_spaces)) return Intent::thanks;
  return Intent::greeting;
}

}  // namespace

std::string normalised_turn(std::string_view text) {
  std::string out = folded(text);
  for (const std::string_view mark : kOtherPunctuation) {
    if (out.find(mark) != std::string::npos) out = replaced(out, mark, " ");
  }
  std::string spaced;
  for (const char c : out) {
    const bool is_space = c == ' ' || c == '\t' || c == '\n' || c == '\r' || kAsciiPunctuation.find(c) != std::string_view::npos;
    if (!is_space) {
      spaced += c;
    } else if (!spaced.empty() && spaced.back() != ' ') {
      spaced += ' ';
    }
  }
  if (spaced.ends_with(' ')) spaced.pop_back();
  return spaced;
}

std::optional<RecognisedIntent> recognise_intent(std::string_view text, std::string_view prior) {
  if (text.size() > 600) return std::nullopt;
  const std::string turn = normalised_turn(text);
  if (turn.empty()) return std::nullopt;
  const std::string base = ascii_lower(prior.substr(0, prior.find_first_of("-_")));
  std::optional<RecognisedIntent> found;
  for (const IntentWords& row : kIntentWords) {
    if (found && row.language != base) continue;
    if (const auto intent = intent_in(turn, row)) found = RecognisedIntent{*intent, std::string(row.language)};
  }
  return found;
}

}  // namespace guildhall::models
