// The inverted index of one snapshot of one knowledge base: built once, then only read, by any number of threads.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "chunk_terms.h"

namespace guildhall::knowledge {

struct IndexEntry {
  ChunkId chunk;
  DocumentId document;
  std::int64_t ordinal = 0;  ///< position in the document
  std::int64_t section = 0;
  std::int64_t tokens = 0;
  Timestamp uploaded_at;
  std::string language;  ///< primary subtag
  bool is_question_answer = false;
  Sketch sketch{};
};

struct Hit {
  std::uint32_t entry = 0;
  double score = 0;
};

struct LexicalQuery {
  std::string_view text;
  std::string language;  ///< "und" when unknown
  std::size_t limit = 100;
};

/// Postings of one field: BM25 with k1 0.9 and b 0.4 (contracts/support-partner.md §2.5).
class LexicalField {
 public:
  void add(std::uint32_t entry, const FieldTerms& terms);
  /// Called once, after the last add.
  void finish();
  /// Adds the score of the query's terms to `scores`, which has one place per entry; notes entries it touches first.
  void score(const FieldTerms& query, std::vector<float>& scores, std::vector<std::uint32_t>& touched) const;
  std::size_t bytes() const;

 private:
  struct Posting {
    std::uint32_t entry = 0;
    std::uint32_t count = 0;
  };
  struct Pending {
    std::uint32_t term = 0;
    Posting posting;
  };

  std::unordered_map<std::string, std::uint32_t> terms_;
  std::vector<Pending> pending_;
  std::vector<std::uint32_t> starts_;
  std::vector<Posting> postings_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> lengths_;  ///< entry, length; until finish()
  std::vector<float> norms_;                                      ///< by entry: k1·(1 − b + b·length/average)
  std::size_t documents_ = 0;
  std::size_t term_bytes_ = 0;
};

class BaseIndex {
 public:
  void add(IndexEntry entry, const ChunkTerms& terms);
  void finish();

  /// Best first; a question–answer pair stands before others of equal score, then the older chunk id decides.
  std::vector<Hit> search(const LexicalQuery& query) const;
  const IndexEntry& entry(std::uint32_t i) const { return entries_[i]; }
  std::size_t size() const { return entries_.size(); }
  std::size_t bytes() const;

 private:
  void score_languages(const LexicalQuery& query, std::vector<float>& scores, std::vector<std::uint32_t>& touched) const;

  std::vector<IndexEntry> entries_;
  std::map<std::string, LexicalField, std::less<>> languages_;
  LexicalField universal_;
};

}  // namespace guildhall::knowledge
