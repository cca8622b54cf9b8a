// Languages and analysers: how text becomes terms, the same at index and query time (contracts/support-partner.md §2.4).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

/// Raised when any analyser changes; an index built by another version is rebuilt.
inline constexpr int kAnalyserVersion = 3;

/// BCP 47 language of the text, or "und" below confidence 0.6. Fewer than 12 letters give `prior` when it is not empty.
std::string detect_language(std::string_view text, std::string_view prior = {});

struct Term {
  std::string text;
  std::uint32_t begin = 0;  ///< byte range in the input
  std::uint32_t end = 0;
};

/// Terms by the language's analyser; "und" and unknown languages use the universal one (words, NFKC, case folding).
std::vector<Term> analyse(std::string_view text, std::string_view language);
/// True for a word that carries no topic in that language (articles, pronouns, question words).
bool is_stop_word(std::string_view term, std::string_view language);

struct Span {
  std::uint32_t begin = 0;  ///< bytes
  std::uint32_t end = 0;
};
/// UAX #29 sentences; a list item, table row or fenced code block stays whole.
std::vector<Span> sentences(std::string_view text, std::string_view language);
/// Text tokens of contracts/support-partner.md §1: words, two characters of Han, kana, Thai … counting as one.
std::int64_t text_tokens(std::string_view text);

}  // namespace guildhall::knowledge
