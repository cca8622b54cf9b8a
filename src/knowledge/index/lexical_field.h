// Postings of one field: BM25 with k1 0.9 and b 0.4 (contracts/support-partner.md §2.5).
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "index/chunk_terms.h"
#include "index/compound_lists.h"
#include "index/postings.h"
#include "index/vocabulary.h"

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

/// Built once, then only read, by any number of threads.
class LexicalField {
 public:
  /// Called first, if at all: what `before` holds is there as well, but for the entries that leave. It is read until finish().
  void start_from(const LexicalField& before);
  /// Entries are added in ascending order, numbered by that order when there is one before.
  void add(std::uint32_t entry, const FieldTerms& terms);
  /// Called once, after the last add. A language that writes compounds as one word finds them by their parts.
  void finish(std::string_view language, const Renumbering& renumbering);
  bool is_empty() const { return lengths_.empty(); }
  /// Adds the score of the query's terms to the entries that hold them.
  Reach score(const std::vector<QueryTerm>& query, Accumulator& entries) const;
  /// Adds the score of the query's terms to each range; they are ascending and do not overlap.
  void score_ranges(const std::vector<QueryTerm>& query, std::vector<EntryRange>& ranges) const;
  /// The query's terms with the parts of compounds.
  std::vector<QueryTerm> with_parts(std::vector<QueryTerm> query, std::string_view language) const;
  std::size_t bytes() const;

 private:
  struct Length {
    std::uint32_t entry = 0;
    std::uint32_t terms = 0;  ///< with repetitions
  };
  struct Found {
    std::span<const Posting> postings;
    float weight = 0;
    bool is_minor = false;
    CompoundLists::List merged;  ///< holds the postings, unless they are the field's own
  };
  Found postings_of(const QueryTerm& term) const;
  void score_postings(const Found& term, Accumulator& entries) const;
  void score_best(const std::vector<Found>& minor, Accumulator& entries) const;
  void merge_pending();
  void renumber(const Renumbering& renumbering);
  void drop_unused_terms();
  void set_norms();

  Vocabulary terms_;
  PostingLists lists_;
  std::vector<Length> lengths_;  ///< ascending by entry
  std::vector<float> norms_;     ///< by entry: k1·(1 − b + b·length/average)
  std::unique_ptr<CompoundLists> compounds_;
  const LexicalField* before_ = nullptr;        ///< until finish()
  std::vector<PostingLists::Pending> pending_;  ///< until finish()
};

}  // namespace guildhall::knowledge
