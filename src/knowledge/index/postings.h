// Which entries hold each term of a field, and how often: four bytes a posting.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "../limits.h"

namespace guildhall::knowledge {

/// An entry and how often it holds the term. A count beyond the largest stands for "at least so often": BM25 does not tell them
/// apart. Ordered by entry.
class Posting {
 public:
  static constexpr unsigned kCountBits = 14;
  static constexpr std::uint32_t kCountMax = (1u << kCountBits) - 1;
  static constexpr std::uint32_t kEntriesMax = 1u << (32 - kCountBits);
  static_assert(kChunksPerBaseMax <= kEntriesMax);

  Posting() = default;
  Posting(std::uint32_t entry, std::uint32_t count) : packed_(entry << kCountBits | std::min(count, kCountMax)) {}
  std::uint32_t entry() const { return packed_ >> kCountBits; }
  std::uint32_t count() const { return packed_ & kCountMax; }
  Posting moved_to(std::uint32_t entry) const { return {entry, count()}; }
  auto operator<=>(const Posting&) const = default;

 private:
  std::uint32_t packed_ = 0;
};

/// Where the entries of an index went in the index that follows it.
struct Renumbering {
  static constexpr std::uint32_t kGone = UINT32_MAX;
  std::vector<std::uint32_t> kept;   ///< by the number before: ascending, or kGone
  std::vector<std::uint32_t> added;  ///< by the order in which they were added: ascending
};

/// One array, ascending by term and then by entry. Built once, then only read.
class PostingLists {
 public:
  struct Pending {
    std::uint32_t term = 0;
    Posting posting;
  };

  /// The lists of `before`, with its entries renumbered by `kept` (empty: as they are), and `added`, whose entries ascend and are
  /// none of the kept ones.
  static PostingLists merged(const PostingLists& before, const std::vector<std::uint32_t>& kept,
                             const std::vector<Pending>& added, std::size_t terms);

  std::span<const Posting> of(std::uint32_t term) const {
    return {postings_.data() + starts_[term], postings_.data() + starts_[term + 1]};
  }
  std::size_t terms() const { return starts_.empty() ? 0 : starts_.size() - 1; }
  std::size_t size() const { return postings_.size(); }
  /// Leaves out the terms without a posting; `numbers` are the others, ascending.
  void keep_terms(const std::vector<std::uint32_t>& numbers);
  std::size_t bytes() const { return starts_.capacity() * sizeof(std::uint32_t) + postings_.capacity() * sizeof(Posting); }

 private:
  std::vector<std::uint32_t> starts_;
  std::vector<Posting> postings_;
};

}  // namespace guildhall::knowledge
