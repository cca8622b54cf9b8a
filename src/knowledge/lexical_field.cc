// BM25 over counted terms.
#include "lexical_field.h"

#include <algorithm>
#include <cmath>
#include <cstdlib>

#include "compounds.h"
#include "limits.h"

namespace guildhall::knowledge {
namespace {
double knob(const char* n, double d) { const char* v = std::getenv(n); return v ? std::atof(v) : d; }

constexpr double kK1 = 0.9;
constexpr double kB = 0.4;

double rarity(std::size_t count, double frequency) {
  return std::log(1 + (static_cast<double>(count) - frequency + 0.5) / (frequency + 0.5));
}

float norm(double length, double average) {
  return static_cast<float>(kK1 * (1 - kB + kB * length / average));
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

void LexicalField::finish(const std::vector<std::uint32_t>& documents, std::string_view language) {
  sort_postings();
  if (splits_compounds(language) && knob("COMP", 1) > 0) add_compound_parts(language);
  set_norms(documents);
  count_documents(documents);
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

void LexicalField::set_norms(const std::vector<std::uint32_t>& documents) {
  entry_count_ = lengths_.size();
  double total = 0;
  std::vector<double> document_lengths(documents.empty() ? 0 : documents.back() + 1, 0);
  for (const auto& [entry, length] : lengths_) {
    total += length;
    document_lengths[documents[entry]] += length;
  }
  document_count_ = 0;
  for (const double length : document_lengths) document_count_ += length > 0 ? 1 : 0;
  const double average = std::max(1.0, total / static_cast<double>(std::max<std::size_t>(entry_count_, 1)));
  const double document_average = std::max(1.0, total / static_cast<double>(std::max<std::size_t>(document_count_, 1)));
  norms_.assign(lengths_.empty() ? 0 : lengths_.back().first + 1, 0);
  for (const auto& [entry, length] : lengths_) norms_[entry] = norm(length, average);
  document_norms_.clear();
  for (const double length : document_lengths) document_norms_.push_back(norm(length, document_average));
}

void LexicalField::count_documents(const std::vector<std::uint32_t>& documents) {
  document_frequencies_.assign(terms_.size(), 0);
  for (std::size_t term = 0; term + 1 < starts_.size(); ++term) {
    for (std::uint32_t i = starts_[term]; i < starts_[term + 1]; ++i) {
      const bool is_new = i == starts_[term] || documents[postings_[i].entry] != documents[postings_[i - 1].entry];
      document_frequencies_[term] += is_new ? 1 : 0;
    }
  }
}

std::uint32_t LexicalField::frequency(std::string_view term) const {
  const auto found = terms_.find(std::string(term));
  return found == terms_.end() ? 0 : starts_[found->second + 1] - starts_[found->second];
}

std::vector<QueryTerm> LexicalField::with_parts(std::vector<QueryTerm> query, std::string_view language) const {
  static const double part_weight = knob("PARTW", 1);
  if (!splits_compounds(language) || knob("COMP", 1) <= 0) return query;
  const TermFrequency known = [this](std::string_view term) { return frequency(term); };
  const std::size_t own = query.size();
  for (std::size_t i = 0; i < own; ++i) {
    for (std::string& part : compound_parts(query[i].text, language, known)) {
      const bool is_there =
          std::any_of(query.begin(), query.end(), [&](const QueryTerm& term) { return term.text == part; });
      if (!is_there) query.push_back({std::move(part), part_weight * query[i].weight});
    }
  }
  return query;
}

double LexicalField::score(const std::vector<QueryTerm>& query, const std::vector<std::uint32_t>& documents, Accumulator& entries,
                           Accumulator& of_documents) const {
  double highest = 0;
  std::size_t used = 0;
  for (const QueryTerm& term : query) {
    if (term.weight <= 0) continue;
    const auto found = terms_.find(term.text);
    if (found == terms_.end()) {
      highest += rarity(entry_count_, 0) * term.weight;
      continue;
    }
    if (++used > kQueryTermsMax) break;
    const std::uint32_t begin = starts_[found->second];
    const std::uint32_t end = starts_[found->second + 1];
    const double idf = rarity(entry_count_, end - begin);
    highest += idf * term.weight;
    const auto weight = static_cast<float>(idf * term.weight);
    const auto document_weight = static_cast<float>(rarity(document_count_, document_frequencies_[found->second]) * term.weight);
    for (std::uint32_t i = begin; i < end;) {
      const std::uint32_t document = documents[postings_[i].entry];
      float in_document = 0;
      for (; i < end && documents[postings_[i].entry] == document; ++i) {
        const auto count = static_cast<float>(postings_[i].count);
        in_document += count;
        entries.add(postings_[i].entry, weight * count / (count + norms_[postings_[i].entry]));
      }
      of_documents.add(document, document_weight * in_document / (in_document + document_norms_[document]));
    }
  }
  return highest;
}

std::size_t LexicalField::bytes() const {
  return term_bytes_ + postings_.size() * sizeof(Posting) + (starts_.size() + document_frequencies_.size()) * sizeof(std::uint32_t) +
         (norms_.size() + document_norms_.size()) * sizeof(float);
}

}  // namespace guildhall::knowledge
