// BM25 over counted terms.
#include "index.h"

#include <algorithm>
#include <cmath>

#include "limits.h"
#include "stop_words.h"
#include "words.h"

namespace guildhall::knowledge {
namespace {

constexpr double kK1 = 0.9;
constexpr double kB = 0.4;
constexpr float kLanguageBoost = 1.3f;
/// Enough to win a tie, too little to pass anything better.
constexpr double kQuestionAnswerEdge = 1.0001;

/// Scratch space of a thread, so that a query allocates nothing in proportion to the base.
struct Accumulator {
  std::vector<float> scores;
  std::vector<std::uint32_t> touched;

  void prepare(std::size_t entries) {
    for (const std::uint32_t entry : touched) scores[entry] = 0;
    touched.clear();
    if (scores.size() < entries) scores.resize(entries, 0);
  }
};

/// Terms of the query without the stop words of its language, unless nothing else is left.
FieldTerms universal_query(std::string_view text, std::string_view language) {
  FieldTerms all = counted(text, {});
  FieldTerms content;
  for (const TermCount& term : all.terms) {
    if (in_stop_word_list(term.term, language)) continue;
    content.terms.push_back(term);
  }
  return content.terms.empty() ? all : content;
}

}  // namespace

void LexicalField::add(std::uint32_t entry, const FieldTerms& terms) {
  if (terms.terms.empty()) return;
  for (const TermCount& term : terms.terms) {
    const auto [found, is_new] = terms_.emplace(term.term, static_cast<std::uint32_t>(terms_.size()));
    if (is_new) term_bytes_ += term.term.size() + 64;
    pending_.push_back({found->second, {entry, term.count}});
  }
  lengths_.emplace_back(entry, terms.length);
}

void LexicalField::finish() {
  starts_.assign(terms_.size() + 1, 0);
  for (const Pending& pending : pending_) ++starts_[pending.term + 1];
  for (std::size_t i = 1; i < starts_.size(); ++i) starts_[i] += starts_[i - 1];
  std::vector<std::uint32_t> next(starts_.begin(), starts_.end() - 1);
  postings_.resize(pending_.size());
  for (const Pending& pending : pending_) postings_[next[pending.term]++] = pending.posting;
  documents_ = lengths_.size();
  double total = 0;
  for (const auto& [entry, length] : lengths_) total += length;
  const double average = documents_ == 0 ? 1 : std::max(1.0, total / static_cast<double>(documents_));
  norms_.assign(lengths_.empty() ? 0 : lengths_.back().first + 1, 0);
  for (const auto& [entry, length] : lengths_) norms_[entry] = static_cast<float>(kK1 * (1 - kB + kB * length / average));
  pending_ = {};
  lengths_ = {};
}

void LexicalField::score(const FieldTerms& query, std::vector<float>& scores, std::vector<std::uint32_t>& touched) const {
  std::size_t used = 0;
  for (const TermCount& term : query.terms) {
    const auto found = terms_.find(term.term);
    if (found == terms_.end()) continue;
    if (++used > kQueryTermsMax) return;
    const std::uint32_t begin = starts_[found->second];
    const std::uint32_t end = starts_[found->second + 1];
    const double frequency = end - begin;
    const double idf = std::log(1 + (static_cast<double>(documents_) - frequency + 0.5) / (frequency + 0.5));
    const auto weight = static_cast<float>(idf * term.count);
    for (std::uint32_t i = begin; i < end; ++i) {
      const Posting& posting = postings_[i];
      const auto count = static_cast<float>(posting.count);
      float& score = scores[posting.entry];
      if (score == 0) touched.push_back(posting.entry);
      score += weight * count / (count + norms_[posting.entry]);
    }
  }
}

std::size_t LexicalField::bytes() const {
  return term_bytes_ + postings_.size() * sizeof(Posting) + starts_.size() * sizeof(std::uint32_t) +
         norms_.size() * sizeof(float);
}

void BaseIndex::add(IndexEntry entry, const ChunkTerms& terms) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  if (!terms.own.terms.empty()) languages_[entry.language].add(number, terms.own);
  universal_.add(number, terms.universal);
  entries_.push_back(std::move(entry));
}

void BaseIndex::finish() {
  for (auto& [language, field] : languages_) field.finish();
  universal_.finish();
}

/// The field of the query's language; every language's own where the base has none in it or the language is not known.
void BaseIndex::score_languages(const LexicalQuery& query, std::vector<float>& scores,
                                std::vector<std::uint32_t>& touched) const {
  const std::string language = primary_language(query.language);
  if (const auto field = languages_.find(language); field != languages_.end()) {
    field->second.score(counted(query.text, language), scores, touched);
    return;
  }
  for (const auto& [other, field] : languages_) field.score(counted(query.text, other), scores, touched);
}

std::vector<Hit> BaseIndex::search(const LexicalQuery& query) const {
  thread_local Accumulator own;
  thread_local Accumulator universal;
  own.prepare(entries_.size());
  universal.prepare(entries_.size());
  const std::string language = primary_language(query.language);
  score_languages(query, own.scores, own.touched);
  universal_.score(universal_query(query.text, language), universal.scores, universal.touched);

  std::vector<Hit> hits;
  hits.reserve(own.touched.size() + universal.touched.size());
  const auto add = [&](std::uint32_t i) {
    float score = std::max(own.scores[i], universal.scores[i]);
    if (entries_[i].language == language) score *= kLanguageBoost;
    hits.push_back({i, entries_[i].is_question_answer ? score * kQuestionAnswerEdge : score});
  };
  for (const std::uint32_t i : own.touched) add(i);
  for (const std::uint32_t i : universal.touched) {
    if (own.scores[i] == 0) add(i);
  }
  const auto better = [&](const Hit& a, const Hit& b) {
    if (a.score != b.score) return a.score > b.score;
    return entries_[a.entry].chunk < entries_[b.entry].chunk;
  };
  const std::size_t kept = std::min(query.limit, hits.size());
  std::partial_sort(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(kept), hits.end(), better);
  hits.resize(kept);
  return hits;
}

std::size_t BaseIndex::bytes() const {
  std::size_t total = entries_.size() * sizeof(IndexEntry) + universal_.bytes();
  for (const auto& [language, field] : languages_) total += field.bytes();
  return total;
}

}  // namespace guildhall::knowledge
