// Merging posting lists in one pass over both.
#include "index/postings.h"

namespace guildhall::knowledge {
namespace {

/// `added` by term; starts has one more element than there are terms.
struct SortedPostings {
  std::vector<std::uint32_t> starts;
  std::vector<Posting> postings;
};

SortedPostings by_term(const std::vector<PostingLists::Pending>& added, std::size_t terms) {
  SortedPostings sorted;
  sorted.starts.assign(terms + 1, 0);
  for (const PostingLists::Pending& pending : added) ++sorted.starts[pending.term + 1];
  for (std::size_t i = 1; i < sorted.starts.size(); ++i) sorted.starts[i] += sorted.starts[i - 1];
  std::vector<std::uint32_t> next(sorted.starts.begin(), sorted.starts.end() - 1);
  sorted.postings.resize(added.size());
  for (const PostingLists::Pending& pending : added) sorted.postings[next[pending.term]++] = pending.posting;
  return sorted;
}

Posting* copy_kept(std::span<const Posting> from, const std::vector<std::uint32_t>& kept, Posting* to) {
  if (kept.empty()) return std::copy(from.begin(), from.end(), to);
  for (const Posting posting : from) {
    const std::uint32_t entry = kept[posting.entry()];
    // Written always and kept sometimes: there is no branch to guess.
    *to = posting.moved_to(entry);
    to += entry != Renumbering::kGone ? 1 : 0;
  }
  return to;
}

}  // namespace

PostingLists PostingLists::merged(const PostingLists& before, const std::vector<std::uint32_t>& kept,
                                  const std::vector<Pending>& added, std::size_t terms) {
  const SortedPostings more = by_term(added, terms);
  PostingLists lists;
  lists.starts_.assign(terms + 1, 0);
  // One more than there can be: the last of those that are gone is written behind the end.
  lists.postings_.resize(before.postings_.size() + added.size() + 1);
  Posting* end = lists.postings_.data();
  std::vector<Posting> aside;
  for (std::uint32_t term = 0; term < terms; ++term) {
    Posting* const begin = end;
    if (term < before.terms()) end = copy_kept(before.of(term), kept, begin);
    const auto from = more.postings.begin() + more.starts[term];
    const auto to = more.postings.begin() + more.starts[term + 1];
    if (from == to || begin == end || *(end - 1) < *from) {
      end = std::copy(from, to, end);
    } else {
      aside.assign(begin, end);
      end = std::merge(aside.begin(), aside.end(), from, to, begin);
    }
    lists.starts_[term + 1] = static_cast<std::uint32_t>(end - lists.postings_.data());
  }
  lists.postings_.resize(lists.starts_.back());
  if (lists.postings_.capacity() - lists.postings_.size() > lists.postings_.size() / 8) lists.postings_.shrink_to_fit();
  return lists;
}

void PostingLists::keep_terms(const std::vector<std::uint32_t>& numbers) {
  std::vector<std::uint32_t> starts = {0};
  starts.reserve(numbers.size() + 1);
  for (const std::uint32_t number : numbers) starts.push_back(starts_[number + 1]);
  starts_ = std::move(starts);
}

}  // namespace guildhall::knowledge
