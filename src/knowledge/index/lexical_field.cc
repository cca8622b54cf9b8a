// BM25 over counted terms.
#include "index/lexical_field.h"

#include <algorithm>
#include <cmath>

#include "../limits.h"
#include "language/compounds.h"

namespace guildhall::knowledge {
namespace {

constexpr double kK1 = 0.9;
constexpr double kB = 0.4;
constexpr std::size_t kReorderedMax = 1'000;

double rarity(std::size_t count, double frequency) {
  return std::log(1 + (static_cast<double>(count) - frequency + 0.5) / (frequency + 0.5));
}

}  // namespace

void Accumulator::prepare(std::size_t size) {
  for (const std::uint32_t number : touched) scores[number] = 0;
  touched.clear();
  if (scores.size() < size) scores.resize(size, 0);
}

void LexicalField::add(std::uint32_t entry, const FieldTerms& terms) {
  if (terms.terms.empty()) return;
  for (const TermCount& term : terms.terms) {
    const auto [found, is_new] = terms_.emplace(term.term, static_cast<std::uint32_t>(terms_.size()));
    if (is_new) term_bytes_ += term.term.size() + 64;
    pending_.push_back({found->second, {entry, term.count}});
  }
  lengths_.emplace_back(entry, terms.length);
}

void LexicalField::finish(std::string_view language) {
  sort_postings();
  if (splits_compounds(language)) add_compound_parts(language);
  set_norms();
  pending_ = {};
  lengths_ = {};
}

void LexicalField::sort_postings() {
  starts_.assign(terms_.size() + 1, 0);
  for (const Pending& pending : pending_) ++starts_[pending.term + 1];
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
  postings_.resize(pending_.size());
  for (const Pending& pending : pending_) postings_[next[pending.term]++] = pending.posting;
}

/// An entry that holds a compound holds its parts.
void LexicalField::add_compound_parts(std::string_view language) {
  const TermFrequency known = [this](std::string_view term) { return frequency(term); };
  const std::size_t own = pending_.size();
  for (const auto& [term, number] : terms_) {
    for (const std::string& part : compound_parts(term, language, known)) {
      const std::uint32_t part_number = terms_.at(part);
      for (std::uint32_t i = starts_[number]; i < starts_[number + 1]; ++i) pending_.push_back({part_number, postings_[i]});
    }
  }
  if (pending_.size() == own) return;
  std::sort(pending_.begin(), pending_.end(), [](const Pending& a, const Pending& b) {
    return a.posting.entry != b.posting.entry ? a.posting.entry < b.posting.entry : a.term < b.term;
  });
  std::size_t kept = 0;
  for (std::size_t i = 1; i < pending_.size(); ++i) {
    if (pending_[i].term == pending_[kept].term && pending_[i].posting.entry == pending_[kept].posting.entry) {
      pending_[kept].posting.count += pending_[i].posting.count;
    } else {
      pending_[++kept] = pending_[i];
    }
  }
  pending_.resize(kept + 1);
  sort_postings();
}

void LexicalField::set_norms() {
  entry_count_ = lengths_.size();
  double total = 0;
  for (const auto& [entry, length] : lengths_) total += length;
  const double average = std::max(1.0, total / static_cast<double>(std::max<std::size_t>(entry_count_, 1)));
  norms_.assign(lengths_.empty() ? 0 : lengths_.back().first + 1, 0);
  for (const auto& [entry, length] : lengths_) norms_[entry] = static_cast<float>(kK1 * (1 - kB + kB * length / average));
}

std::uint32_t LexicalField::frequency(std::string_view term) const {
  const auto found = terms_.find(std::string(term));
  return found == terms_.end() ? 0 : starts_[found->second + 1] - starts_[found->second];
}

std::vector<QueryTerm> LexicalField::with_parts(std::vector<QueryTerm> query, std::string_view language) const {
  if (!splits_compounds(language)) return query;
  const TermFrequency known = [this](std::string_view term) { return frequency(term); };
  const std::size_t own = query.size();
  for (std::size_t i = 0; i < own; ++i) {
    for (std::string& part : compound_parts(query[i].text, language, known)) {
      const bool is_there = std::any_of(query.begin(), query.end(), [&](const QueryTerm& term) { return term.text == part; });
      if (!is_there) query.push_back({std::move(part), query[i].weight, false});
    }
  }
  return query;
}

Reach LexicalField::score(const std::vector<QueryTerm>& query, Accumulator& entries) const {
  Reach evidence;
  std::vector<Found> minor;
  std::size_t used = 0;
  for (const QueryTerm& term : query) {
    const auto found = terms_.find(term.text);
    const bool is_known = found != terms_.end();
    if (is_known && ++used > kQueryTermsMax) break;
    const std::uint32_t begin = is_known ? starts_[found->second] : 0;
    const std::uint32_t end = is_known ? starts_[found->second + 1] : 0;
    const double idf = rarity(entry_count_, end - begin);
    evidence.is_known = evidence.is_known || is_known;
    evidence.highest += idf * term.weight;
    evidence.likelihood += term.weight * std::log((end - begin + 0.5) / (static_cast<double>(entry_count_) + 1));
    const Found postings{begin, end, static_cast<float>(idf * term.weight), term.is_minor};
    if (term.is_minor && entry_count_ > kReorderedMax) {
      minor.push_back(postings);
    } else {
      score_postings(postings, entries);
    }
  }
  score_best(minor, entries);
  return evidence;
}

void LexicalField::score_postings(const Found& term, Accumulator& entries) const {
  for (std::uint32_t i = term.begin; i < term.end; ++i) {
    const auto count = static_cast<float>(postings_[i].count);
    entries.add(postings_[i].entry, term.weight * count / (count + norms_[postings_[i].entry]));
  }
}

/// Stop words are in nearly every entry. In a larger field they are looked up for the best thousand alone, which keeps a question
/// over 100,000 chunks from reading all of their postings.
void LexicalField::score_best(const std::vector<Found>& minor, Accumulator& entries) const {
  if (minor.empty()) return;
  std::vector<std::uint32_t> best = entries.touched;
  if (best.size() > kReorderedMax) {
    const auto better = [&](std::uint32_t a, std::uint32_t b) {
      return entries.scores[a] != entries.scores[b] ? entries.scores[a] > entries.scores[b] : a < b;
    };
    std::nth_element(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(kReorderedMax), best.end(), better);
    best.resize(kReorderedMax);
  }
  std::sort(best.begin(), best.end());
  for (const Found& term : minor) {
    auto from = postings_.begin() + term.begin;
    const auto end = postings_.begin() + term.end;
    for (const std::uint32_t entry : best) {
      from =
          std::lower_bound(from, end, entry, [](const Posting& posting, std::uint32_t wanted) { return posting.entry < wanted; });
      if (from == end) break;
      if (from->entry != entry) continue;
      const auto count = static_cast<float>(from->count);
      entries.scores[entry] += term.weight * count / (count + norms_[entry]);
    }
  }
}

void LexicalField::score_ranges(const std::vector<QueryTerm>& query, std::vector<EntryRange>& ranges) const {
  for (const QueryTerm& term : query) {
    const auto found = terms_.find(term.text);
    if (found == terms_.end()) continue;
    auto from = postings_.begin() + starts_[found->second];
    const auto end = postings_.begin() + starts_[found->second + 1];
    const auto weight = static_cast<float>(rarity(entry_count_, static_cast<double>(end - from)) * term.weight);
    for (EntryRange& range : ranges) {
      from = std::lower_bound(from, end, range.begin,
                              [](const Posting& posting, std::uint32_t wanted) { return posting.entry < wanted; });
      float count = 0;
      for (; from != end && from->entry < range.end; ++from) count += static_cast<float>(from->count);
      const auto norm = static_cast<float>(kK1 * (1 - kB + kB * range.length));
      if (count > 0) range.score += weight * count / (count + norm);
    }
  }
}

std::size_t LexicalField::bytes() const {
  return term_bytes_ + postings_.size() * sizeof(Posting) + starts_.size() * sizeof(std::uint32_t) +
         norms_.size() * sizeof(float);
}

}  // namespace guildhall::knowledge
