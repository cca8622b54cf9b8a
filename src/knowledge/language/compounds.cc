// Splitting German compounds by a vocabulary of stems.
#include "language/compounds.h"

#include <algorithm>
#include <array>
#include <cmath>

#include "language/stemming.h"
#include "language/stop_words.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kPartBytesMin = 4;
constexpr std::size_t kCompoundBytesMax = 60;

/// What may stand between two parts, beside nothing.
constexpr std::array<std::string_view, 6> kLinks = {"es", "en", "er", "s", "n", "e"};

bool is_letters(std::string_view word) {
  return std::all_of(word.begin(), word.end(), [](char c) { return (c >= 'a' && c <= 'z') || (c & 0x80) != 0; });
}

struct Splitting {
  std::vector<std::string> parts;
  double weight = 0;  ///< geometric mean of the parts' frequencies
};

/// The stem of a part that stands before another, with or without its link; empty when it is no word of the index.
std::string first_part(std::string_view text, std::string_view language, const TermFrequency& frequency) {
  const auto known = [&](std::string_view form) {
    return form.size() >= kPartBytesMin && !in_stop_word_list(form, language) && frequency(form) > 0;
  };
  if (known(text)) return std::string(text);
  for (const std::string_view link : kLinks) {
    if (text.size() > link.size() && text.ends_with(link) && known(text.substr(0, text.size() - link.size())))
      return std::string(text.substr(0, text.size() - link.size()));
  }
  std::string stemmed = stem(std::string(text), language);
  return known(stemmed) ? stemmed : std::string();
}

}  // namespace

bool splits_compounds(std::string_view language) {
  return language == "de";
}

bool may_be_part(std::string_view stem, std::string_view language) {
  return stem.size() >= kPartBytesMin && stem.size() <= kCompoundBytesMax && is_letters(stem) &&
         !in_stop_word_list(stem, language);
}

std::vector<std::string> compound_parts(std::string_view stem, std::string_view language, const TermFrequency& frequency) {
  if (stem.size() < 2 * kPartBytesMin || stem.size() > kCompoundBytesMax || !is_letters(stem)) return {};
  Splitting best;
  for (std::size_t cut = kPartBytesMin; cut + kPartBytesMin <= stem.size(); ++cut) {
    const std::string_view tail = stem.substr(cut);
    if ((tail.front() & 0xC0) == 0x80) continue;
    const std::string first = first_part(stem.substr(0, cut), language, frequency);
    if (first.empty() || in_stop_word_list(tail, language)) continue;
    Splitting found;
    if (const std::uint32_t times = frequency(tail); times > 0) {
      found.parts = {first, std::string(tail)};
      found.weight = std::sqrt(static_cast<double>(times) * frequency(first));
    } else {
      std::vector<std::string> rest = compound_parts(tail, language, frequency);
      if (rest.empty()) continue;
      found.weight = frequency(first);
      for (const std::string& part : rest) found.weight = std::min<double>(found.weight, frequency(part));
      found.weight /= 2;
      found.parts = {first};
      found.parts.insert(found.parts.end(), rest.begin(), rest.end());
    }
    if (found.weight > best.weight) best = std::move(found);
  }
  return best.parts;
}

}  // namespace guildhall::knowledge
