// Counting, storing and comparing the terms of chunks.
#include "index/chunk_terms.h"

#include <algorithm>
#include <limits>

#include "base/hash.h"
#include "knowledge/language.h"
#include "language/analyse.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kShingleWords = 4;

void append_varint(std::string& out, std::uint64_t value) {
  while (value >= 0x80) {
    out += static_cast<char>((value & 0x7F) | 0x80);
    value >>= 7;
  }
  out += static_cast<char>(value);
}

/// Reads what append_varint wrote; every read checks that it stays inside.
class TermReader {
 public:
  explicit TermReader(std::string_view bytes) : bytes_(bytes) {}

  std::uint32_t varint() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 35; shift += 7) {
      if (bytes_.empty()) break;
      const auto byte = static_cast<unsigned char>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<std::uint64_t>(byte & 0x7F) << shift;
      if (byte < 0x80 && value <= std::numeric_limits<std::uint32_t>::max()) return static_cast<std::uint32_t>(value);
    }
    failed_ = true;
    return 0;
  }

  std::string_view take(std::size_t size) {
    if (size > bytes_.size()) {
      failed_ = true;
      return {};
    }
    const std::string_view part = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return part;
  }

  FieldTerms field() {
    FieldTerms field;
    field.length = varint();
    const std::uint32_t count = varint();
    for (std::uint32_t i = 0; i < count && !failed_; ++i) {
      const std::uint32_t times = varint();
      field.terms.push_back({std::string(take(varint())), times});
    }
    return field;
  }

  bool failed() const { return failed_; }
  bool at_end() const { return bytes_.empty(); }

 private:
  std::string_view bytes_;
  bool failed_ = false;
};

FieldTerms counted_terms(std::vector<Term> terms) {
  FieldTerms field;
  field.length = static_cast<std::uint32_t>(terms.size());
  std::sort(terms.begin(), terms.end(), [](const Term& a, const Term& b) { return a.text < b.text; });
  for (Term& term : terms) {
    if (!field.terms.empty() && field.terms.back().term == term.text) {
      ++field.terms.back().count;
    } else {
      field.terms.push_back({std::move(term.text), 1});
    }
  }
  return field;
}

Sketch sketch_of(const std::vector<Term>& words) {
  std::vector<std::uint32_t> hashes;
  std::string shingle;
  const std::size_t width = std::min(kShingleWords, words.size());
  for (std::size_t i = 0; width > 0 && i + width <= words.size(); ++i) {
    shingle.clear();
    for (std::size_t j = i; j < i + width; ++j) (shingle += words[j].text) += ' ';
    hashes.push_back(static_cast<std::uint32_t>(mix64(shingle) >> 32));
  }
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  Sketch sketch;
  sketch.fill(std::numeric_limits<std::uint32_t>::max());
  std::copy_n(hashes.begin(), std::min(hashes.size(), kSketchSize), sketch.begin());
  return sketch;
}

void append_field(std::string& out, const FieldTerms& field) {
  append_varint(out, field.length);
  append_varint(out, field.terms.size());
  for (const TermCount& term : field.terms) {
    append_varint(out, term.count);
    append_varint(out, term.term.size());
    out += term.term;
  }
}

}  // namespace

FieldTerms counted(std::string_view text, std::string_view language) {
  return counted_terms(analyse_with_stop_words(text, language));
}

ChunkTerms terms_of(const ChunkText& chunk) {
  std::string field(chunk.title);
  // A page's top heading usually is its title; counting it twice would favour short pages.
  for (std::size_t i = 0; i < chunk.heading_path.size(); ++i) {
    if (i > 0 || chunk.heading_path[i] != chunk.title) (field += '\n') += chunk.heading_path[i];
  }
  ((field += '\n') += chunk.question) += '\n';
  field += chunk.text;
  ChunkTerms terms;
  if (!chunk.language.empty() && chunk.language != "und") terms.own = counted(field, chunk.language);
  terms.universal = counted(field, {});
  terms.sketch = sketch_of(analyse(std::string(chunk.question) + "\n" + std::string(chunk.text), {}));
  return terms;
}

std::string encode(const ChunkTerms& terms) {
  std::string out;
  for (const std::uint32_t hash : terms.sketch) append_varint(out, hash);
  append_field(out, terms.own);
  append_field(out, terms.universal);
  return out;
}

std::optional<ChunkTerms> decode_terms(std::string_view bytes) {
  TermReader reader(bytes);
  ChunkTerms terms;
  for (std::uint32_t& hash : terms.sketch) hash = reader.varint();
  terms.own = reader.field();
  terms.universal = reader.field();
  if (reader.failed() || !reader.at_end()) return std::nullopt;
  return terms;
}

double overlap(const Sketch& a, const Sketch& b) {
  // Bottom-k estimate: of the k smallest hashes of both together, how many are in both.
  constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
  std::size_t i = 0;
  std::size_t j = 0;
  std::size_t seen = 0;
  std::size_t common = 0;
  while (seen < kSketchSize && (i < kSketchSize || j < kSketchSize)) {
    const std::uint32_t x = i < kSketchSize ? a[i] : kNone;
    const std::uint32_t y = j < kSketchSize ? b[j] : kNone;
    if (x == kNone && y == kNone) break;
    ++seen;
    if (x == y) ++common;
    if (x <= y) ++i;
    if (y <= x) ++j;
  }
  return seen == 0 ? 0 : static_cast<double>(common) / static_cast<double>(seen);
}

}  // namespace guildhall::knowledge
