// BM25 over counted terms.
#include "index/lexical_field.h"

#include <algorithm>
#include <cmath>

#include "../limits.h"
#include "index/best.h"
#include "language/compounds.h"

namespace guildhall::knowledge {
namespace {

constexpr double kK1 = 0.9;
constexpr double kB = 0.4;
constexpr std::size_t kReorderedMax = 1'000;
constexpr std::size_t kPendingMin = 1'000'000;

using PostingAt = std::span<const Posting>::iterator;

/// As std::lower_bound, quick where the place is near `from`.
PostingAt first_not_before(PostingAt from, PostingAt end, std::uint32_t entry) {
  std::ptrdiff_t step = 1;
  while (end - from > step && (from + step)->entry() < entry) {
    from += step;
    step *= 2;
  }
  return std::lower_bound(from, from + std::min(step + 1, end - from), entry,
                          [](Posting posting, std::uint32_t wanted) { return posting.entry() < wanted; });
}

double rarity(std::size_t count, double frequency) {
  return std::log(1 + (static_cast<double>(count) - frequency + 0.5) / (frequency + 0.5));
}

}  // namespace

void Accumulator::prepare(std::size_t size) {
  for (const std::uint32_t number : touched) scores[number] = 0;
  touched.clear();
  if (scores.size() < size) scores.resize(size, 0);
}

void LexicalField::start_from(const LexicalField& before) {
  before_ = &before;
  terms_ = before.terms_;
}

void LexicalField::add(std::uint32_t entry, const FieldTerms& terms) {
  if (terms.terms.empty()) return;
  for (const TermCount& term : terms.terms) pending_.push_back({terms_.add(term.term), {entry, term.count}});
  lengths_.push_back({entry, terms.length});
  // Half as many again before each merge: a large field is not held twice over, and no posting is moved often.
  if (before_ == nullptr && pending_.size() > std::max(kPendingMin, lists_.size() / 2)) merge_pending();
}

void LexicalField::merge_pending() {
  lists_ = PostingLists::merged(lists_, {}, pending_, terms_.size());
  pending_.clear();
}

void LexicalField::finish(std::string_view language, const Renumbering& renumbering) {
  if (before_ == nullptr) {
    merge_pending();
  } else {
    renumber(renumbering);
    drop_unused_terms();
    before_ = nullptr;
  }
  pending_ = {};
  lengths_.shrink_to_fit();
  set_norms();
  if (splits_compounds(language)) compounds_ = std::make_unique<CompoundLists>(std::string(language));
}

void LexicalField::renumber(const Renumbering& renumbering) {
  for (PostingLists::Pending& pending : pending_) {
    pending.posting = pending.posting.moved_to(renumbering.added[pending.posting.entry()]);
  }
  lists_ = PostingLists::merged(before_->lists_, renumbering.kept, pending_, terms_.size());
  std::vector<Length> kept;
  kept.reserve(before_->lengths_.size());
  for (const Length& length : before_->lengths_) {
    const std::uint32_t entry = renumbering.kept[length.entry];
    if (entry != Renumbering::kGone) kept.push_back({entry, length.terms});
  }
  for (Length& length : lengths_) length.entry = renumbering.added[length.entry];
  std::vector<Length> all(kept.size() + lengths_.size());
  std::merge(kept.begin(), kept.end(), lengths_.begin(), lengths_.end(), all.begin(),
             [](const Length& a, const Length& b) { return a.entry < b.entry; });
  lengths_ = std::move(all);
}

/// The words of what is gone leave with it, as if they had never been there.
void LexicalField::drop_unused_terms() {
  std::vector<std::uint32_t> used;
  used.reserve(terms_.size());
  for (std::uint32_t number = 0; number < terms_.size(); ++number) {
    if (!lists_.of(number).empty()) used.push_back(number);
  }
  if (used.size() == terms_.size()) return;
  Vocabulary kept;
  for (const std::uint32_t number : used) kept.add(terms_[number]);
  terms_ = std::move(kept);
  lists_.keep_terms(used);
}

void LexicalField::set_norms() {
  double total = 0;
  for (const Length& length : lengths_) total += length.terms;
  const double average = std::max(1.0, total / static_cast<double>(std::max<std::size_t>(lengths_.size(), 1)));
  norms_.assign(lengths_.empty() ? 0 : lengths_.back().entry + 1, 0);
  for (const Length& length : lengths_) {
    norms_[length.entry] = static_cast<float>(kK1 * (1 - kB + kB * length.terms / average));
  }
}

std::vector<QueryTerm> LexicalField::with_parts(std::vector<QueryTerm> query, std::string_view language) const {
  if (!splits_compounds(language)) return query;
  const TermFrequency known = [this](std::string_view term) { return own_frequency(term, terms_, lists_); };
  const std::size_t own = query.size();
  for (std::size_t i = 0; i < own; ++i) {
    for (std::string& part : compound_parts(query[i].text, language, known)) {
      const bool is_there = std::any_of(query.begin(), query.end(), [&](const QueryTerm& term) { return term.text == part; });
      if (!is_there) query.push_back({std::move(part), query[i].weight, false});
    }
  }
  return query;
}

LexicalField::Found LexicalField::postings_of(const QueryTerm& term) const {
  Found found;
  found.is_minor = term.is_minor;
  const std::uint32_t number = terms_.find(term.text);
  if (number == Vocabulary::kNone) return found;
  if (compounds_ != nullptr) found.merged = compounds_->of(term.text, terms_, lists_);
  found.postings = found.merged == nullptr ? lists_.of(number) : std::span<const Posting>(*found.merged);
  return found;
}

Reach LexicalField::score(const std::vector<QueryTerm>& query, Accumulator& entries) const {
  Reach evidence;
  std::vector<Found> minor;
  std::size_t used = 0;
  for (const QueryTerm& term : query) {
    Found found = postings_of(term);
    const auto frequency = static_cast<double>(found.postings.size());
    const bool is_known = !found.postings.empty();
    if (is_known && ++used > kQueryTermsMax) break;
    const double idf = rarity(lengths_.size(), frequency);
    evidence.is_known = evidence.is_known || is_known;
    evidence.highest += idf * term.weight;
    evidence.likelihood += term.weight * std::log((frequency + 0.5) / (static_cast<double>(lengths_.size()) + 1));
    found.weight = static_cast<float>(idf * term.weight);
    if (term.is_minor && lengths_.size() > kReorderedMax) {
      minor.push_back(std::move(found));
    } else {
      score_postings(found, entries);
    }
  }
  score_best(minor, entries);
  return evidence;
}

void LexicalField::score_postings(const Found& term, Accumulator& entries) const {
  for (const Posting posting : term.postings) {
    const auto count = static_cast<float>(posting.count());
    entries.add(posting.entry(), term.weight * count / (count + norms_[posting.entry()]));
  }
}

/// Stop words are in nearly every entry. In a larger field they are looked up for the best thousand alone, which keeps a question
/// over 100,000 chunks from reading all of their postings.
void LexicalField::score_best(const std::vector<Found>& minor, Accumulator& entries) const {
  if (minor.empty()) return;
  const auto better = [&](std::uint32_t a, std::uint32_t b) {
    return entries.scores[a] != entries.scores[b] ? entries.scores[a] > entries.scores[b] : a < b;
  };
  Best<std::uint32_t, decltype(better)> found(kReorderedMax, better);
  for (const std::uint32_t entry : entries.touched) found.offer(entry);
  std::vector<std::uint32_t> best = found.take();
  std::sort(best.begin(), best.end());
  for (const Found& term : minor) {
    auto from = term.postings.begin();
    const auto end = term.postings.end();
    for (const std::uint32_t entry : best) {
      from = first_not_before(from, end, entry);
      if (from == end) break;
      if (from->entry() != entry) continue;
      const auto count = static_cast<float>(from->count());
      entries.scores[entry] += term.weight * count / (count + norms_[entry]);
    }
  }
}

void LexicalField::score_ranges(const std::vector<QueryTerm>& query, std::vector<EntryRange>& ranges) const {
  for (const QueryTerm& term : query) {
    const Found found = postings_of(term);
    if (found.postings.empty()) continue;
    auto from = found.postings.begin();
    const auto end = found.postings.end();
    const auto weight = static_cast<float>(rarity(lengths_.size(), static_cast<double>(found.postings.size())) * term.weight);
    for (EntryRange& range : ranges) {
      from = first_not_before(from, end, range.begin);
      float count = 0;
      for (; from != end && from->entry() < range.end; ++from) count += static_cast<float>(from->count());
      const auto norm = static_cast<float>(kK1 * (1 - kB + kB * range.length));
      if (count > 0) range.score += weight * count / (count + norm);
    }
  }
}

std::size_t LexicalField::bytes() const {
  return terms_.bytes() + lists_.bytes() + lengths_.capacity() * sizeof(Length) + norms_.capacity() * sizeof(float);
}

}  // namespace guildhall::knowledge
