// Postings of one field: BM25 with k1 0.9 and b 0.4 (contracts/support-partner.md §2.5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "index/chunk_terms.h"

namespace guildhall::knowledge {

struct QueryTerm {
  std::string text;
  double weight = 1;      ///< times its count in the query
  bool is_minor = false;  ///< a stop word: in a large field it only orders what the other terms find
};

/// Scores by number, and which of them are not zero.
struct Accumulator {
  std::vector<float> scores;
  std::vector<std::uint32_t> touched;

  /// Zero again, with room for `size` numbers.
  void prepare(std::size_t size);
  void add(std::uint32_t number, float score) {
    if (scores[number] == 0) touched.push_back(number);
    scores[number] += score;
  }
};

/// What a query could score in a field.
struct Reach {
  double highest = 0;     ///< by an entry that held every term endlessly often
  bool is_known = false;  ///< the field holds one of them
  double likelihood = 0;  ///< logarithm of how probable the query's words are in the field
};

/// Entries that are scored as if they were one text.
struct EntryRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  float length = 1;  ///< as a share of the average
  float score = 0;
};

/// Built once, then only read. Entries are added in ascending order.
class LexicalField {
 public:
  void add(std::uint32_t entry, const FieldTerms& terms);
  /// Called once, after the last add. A language that writes compounds as one word gets their parts.
  void finish(std::string_view language);
  /// Adds the score of the query's terms to the entries that hold them.
  Reach score(const std::vector<QueryTerm>& query, Accumulator& entries) const;
  /// Adds the score of the query's terms to each range; they are ascending and do not overlap.
  void score_ranges(const std::vector<QueryTerm>& query, std::vector<EntryRange>& ranges) const;
  /// The query's terms with the parts of compounds.
  std::vector<QueryTerm> with_parts(std::vector<QueryTerm> query, std::string_view language) const;
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

  struct Found {
    std::uint32_t begin = 0;  ///< of its postings
    std::uint32_t end = 0;
    float weight = 0;
    bool is_minor = false;
  };
  void score_postings(const Found& term, Accumulator& entries) const;
  void score_best(const std::vector<Found>& minor, Accumulator& entries) const;
  void sort_postings();
  void add_compound_parts(std::string_view language);
  void set_norms();
  std::uint32_t frequency(std::string_view term) const;

  std::unordered_map<std::string, std::uint32_t> terms_;
  std::vector<Pending> pending_;
  std::vector<std::uint32_t> starts_;
  std::vector<Posting> postings_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> lengths_;  ///< entry, length; until finish()
  std::vector<float> norms_;                                      ///< by entry: k1·(1 − b + b·length/average)
  std::size_t entry_count_ = 0;
  std::size_t term_bytes_ = 0;
};

}  // namespace guildhall::knowledge
