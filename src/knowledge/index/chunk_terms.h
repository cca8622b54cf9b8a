// The analysed terms of a chunk, counted, as they are stored beside its text so that building an index is only counting.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace guildhall::knowledge {

struct TermCount {
  std::string term;
  std::uint32_t count = 0;
};

struct FieldTerms {
  std::vector<TermCount> terms;  ///< ascending by term
  std::uint32_t length = 0;      ///< terms with repetitions
};

/// The smallest hashes of the text's word shingles; two texts overlap about as much as their sketches do.
inline constexpr std::size_t kSketchSize = 24;
using Sketch = std::array<std::uint32_t, kSketchSize>;

struct ChunkTerms {
  FieldTerms own;  ///< by the analyser of the chunk's language; empty for "und"
  FieldTerms universal;
  Sketch sketch{};
};

struct ChunkText {
  std::string_view title;
  const std::vector<std::string>& heading_path;
  std::string_view question;
  std::string_view text;
  std::string_view language;
};

ChunkTerms terms_of(const ChunkText& chunk);
FieldTerms counted(std::string_view text, std::string_view language);

std::string encode(const ChunkTerms& terms);
/// nullopt when the bytes are not what encode() writes.
std::optional<ChunkTerms> decode_terms(std::string_view bytes);

/// Estimated share of common shingles, 0–1.
double overlap(const Sketch& a, const Sketch& b);

}  // namespace guildhall::knowledge
