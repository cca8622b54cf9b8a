// Splitting the words that hold a term, and adding up their postings.
#include "index/compound_lists.h"

#include <algorithm>

#include "language/compounds.h"

namespace guildhall::knowledge {
namespace {

/// What a field remembers at most: 256 KiB of postings, and as many terms as questions of some hours have.
constexpr std::size_t kRememberedPostingsMax = 64 * 1024;
constexpr std::size_t kRememberedTermsMax = 4'096;

/// One posting an entry, with the sum of its counts.
void add_up(std::vector<Posting>& postings) {
  std::sort(postings.begin(), postings.end());
  std::size_t kept = 0;
  for (std::size_t i = 1; i < postings.size(); ++i) {
    if (postings[i].entry() == postings[kept].entry()) {
      postings[kept] = {postings[i].entry(), postings[kept].count() + postings[i].count()};
    } else {
      postings[++kept] = postings[i];
    }
  }
  postings.resize(kept + 1);
}

}  // namespace

std::uint32_t own_frequency(std::string_view term, const Vocabulary& vocabulary, const PostingLists& lists) {
  const std::uint32_t number = vocabulary.find(term);
  return number == Vocabulary::kNone ? 0 : static_cast<std::uint32_t>(lists.of(number).size());
}

CompoundLists::List CompoundLists::of(std::string_view term, const Vocabulary& vocabulary, const PostingLists& lists) {
  if (!may_be_part(term, language_) || own_frequency(term, vocabulary, lists) == 0) return nullptr;
  {
    const std::lock_guard lock(mutex_);
    if (const auto found = remembered_.find(term); found != remembered_.end()) return found->second;
  }
  List list = find(term, vocabulary, lists);
  const std::size_t size = list == nullptr ? 0 : list->size();
  const std::lock_guard lock(mutex_);
  if (postings_ + size > kRememberedPostingsMax || remembered_.size() >= kRememberedTermsMax) {
    remembered_.clear();
    postings_ = 0;
  }
  if (size <= kRememberedPostingsMax && remembered_.emplace(term, list).second) postings_ += size;
  return list;
}

CompoundLists::List CompoundLists::find(std::string_view term, const Vocabulary& vocabulary, const PostingLists& lists) const {
  const TermFrequency known = [&](std::string_view word) { return own_frequency(word, vocabulary, lists); };
  std::vector<Posting> all;
  for (const std::uint32_t number : vocabulary.longer_with(term)) {
    const std::vector<std::string> parts = compound_parts(vocabulary[number], language_, known);
    const auto times = static_cast<std::uint32_t>(std::count(parts.begin(), parts.end(), term));
    if (times == 0) continue;
    for (const Posting posting : lists.of(number)) all.push_back({posting.entry(), posting.count() * times});
  }
  if (all.empty()) return nullptr;
  const std::span<const Posting> own = lists.of(vocabulary.find(term));
  all.insert(all.end(), own.begin(), own.end());
  add_up(all);
  return std::make_shared<const std::vector<Posting>>(std::move(all));
}

}  // namespace guildhall::knowledge
