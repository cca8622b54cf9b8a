// Searching the fields of a snapshot.
#include "index.h"

#include <algorithm>
#include <cstdlib>

#include "stop_words.h"
#include "words.h"

namespace guildhall::knowledge {
namespace {
double knob2(const char* n, double d) { const char* v = std::getenv(n); return v ? std::atof(v) : d; }

/// Enough to win a tie, too little to pass anything better.
constexpr double kQuestionAnswerEdge = 1.0001;

/// Terms of the query; words that carry no topic in `language` weigh little.
std::vector<QueryTerm> query_terms(std::string_view text, std::string_view analyser, std::string_view language) {
  static const double stop_own = knob2("STOPW", 0), stop_uni = knob2("STOPU", 0);
  const double w = analyser.empty() ? stop_uni : stop_own;
  std::vector<QueryTerm> terms;
  bool has_topic = false;
  for (TermCount& term : counted(text, analyser).terms) {
    const bool is_stop = in_stop_word_list(term.term, language);
    has_topic = has_topic || !is_stop;
    terms.push_back({std::move(term.term), (is_stop ? w : 1.0) * term.count});
  }
  if (!has_topic) {
    for (QueryTerm& term : terms) term.weight = 1;
  }
  return terms;
}

}  // namespace

void BaseIndex::add(IndexEntry entry, const ChunkTerms& terms) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  if (!terms.own.terms.empty()) languages_[entry.language].add(number, terms.own);
  universal_.add(number, terms.universal);
  const bool is_new = entries_.empty() || entries_.back().document != entry.document;
  documents_.push_back(entries_.empty() ? 0 : documents_.back() + (is_new ? 1 : 0));
  entries_.push_back(std::move(entry));
}

void BaseIndex::finish() {
  for (auto& [language, field] : languages_) field.finish(documents_, language);
  universal_.finish(documents_, {});
}

/// The field of the query's language; every language's own where the base has none in it or the language is not known.
double BaseIndex::score_languages(const LexicalQuery& query, Accumulator& entries, Accumulator& of_documents) const {
  const std::string language = primary_language(query.language);
  if (const auto field = languages_.find(language); field != languages_.end()) {
    return field->second.score(field->second.with_parts(query_terms(query.text, language, language), language), documents_,
                               entries, of_documents);
  }
  double highest = 0;
  for (const auto& [other, field] : languages_) {
    highest = std::max(highest, field.score(field.with_parts(query_terms(query.text, other, other), other), documents_, entries,
                                            of_documents));
  }
  return highest;
}

std::vector<Hit> BaseIndex::search(const LexicalQuery& query) const {
  static const float boost = static_cast<float>(knob2("BOOST", 1.3)), mix = static_cast<float>(knob2("DOCMIX", 0)), uw = static_cast<float>(knob2("UW", 1));
  static const bool normed = knob2("NORM", 0) > 0;
  thread_local Accumulator own;
  thread_local Accumulator own_documents;
  thread_local Accumulator universal;
  thread_local Accumulator universal_documents;
  for (Accumulator* each : {&own, &own_documents, &universal, &universal_documents}) each->prepare(entries_.size());
  const std::string language = primary_language(query.language);
  const double own_max = score_languages(query, own, own_documents);
  const double universal_max =
      universal_.score(query_terms(query.text, {}, language), documents_, universal, universal_documents);
  const float own_scale = normed && own_max > 0 ? 1 / static_cast<float>(own_max) : 1;
  const float universal_scale = uw * (normed && universal_max > 0 ? 1 / static_cast<float>(universal_max) : 1);

  std::vector<Hit> hits;
  hits.reserve(own.touched.size() + universal.touched.size());
  const auto add = [&](std::uint32_t i) {
    const std::uint32_t d = documents_[i];
    const float a = own_scale * ((1 - mix) * own.scores[i] + mix * own_documents.scores[d]);
    const float b = universal_scale * ((1 - mix) * universal.scores[i] + mix * universal_documents.scores[d]);
    float score = std::max(a, b);
    if (entries_[i].language == language) score *= boost;
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
  std::size_t total = entries_.size() * sizeof(IndexEntry) + documents_.size() * sizeof(std::uint32_t) + universal_.bytes();
  for (const auto& [language, field] : languages_) total += field.bytes();
  return total;
}

}  // namespace guildhall::knowledge
