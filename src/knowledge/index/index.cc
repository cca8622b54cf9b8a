// Searching the fields of a snapshot.
#include "index/index.h"

#include <algorithm>
#include <limits>

#include "language/stop_words.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

constexpr float kLanguageBoost = 1.3f;
/// Enough to win a tie, too little to pass anything better.
constexpr double kQuestionAnswerEdge = 1.0001;
/// Articles and question words tell two questions apart, and little else.
constexpr double kStopWordWeight = 0.3;
/// By how much, as a logarithm, a query's words must be likelier in one language's chunks than in any other's.
constexpr double kLikelierMin = 0.5;

/// The query's terms with what they weigh; a query of stop words alone is asked as it stands.
std::vector<QueryTerm> query_terms(std::string_view text, std::string_view analyser, std::string_view language) {
  std::vector<QueryTerm> terms;
  bool has_topic = false;
  for (TermCount& term : counted(text, analyser).terms) {
    const bool is_stop = in_stop_word_list(term.term, language);
    has_topic = has_topic || !is_stop;
    terms.push_back({std::move(term.term), (is_stop ? kStopWordWeight : 1.0) * term.count, is_stop});
  }
  if (!has_topic) {
    for (QueryTerm& term : terms) term = {std::move(term.text), 1, false};
  }
  return terms;
}

Reach score_field(const LexicalField& field, std::string_view text, std::string_view language, Accumulator& entries) {
  return field.score(field.with_parts(query_terms(text, language, language), language), entries);
}

float share_of(double highest) {
  return highest > 0 ? static_cast<float>(1 / highest) : 0;
}

}  // namespace

void BaseIndex::add(IndexEntry entry, const ChunkTerms& terms) {
  const auto number = static_cast<std::uint32_t>(entries_.size());
  if (!terms.own.terms.empty()) languages_[entry.language].add(number, terms.own);
  universal_.add(number, terms.universal);
  entries_.push_back(std::move(entry));
}

void BaseIndex::finish() {
  for (auto& [language, field] : languages_) field.finish(language);
  universal_.finish({});
}

/// The field of the query's language; every language's own where the base has none in it or the language is not known. A
/// query of unknown language takes the one whose chunks hold its words most often, where that stands out.
Reach BaseIndex::score_languages(LexicalQuery& query, Accumulator& entries) const {
  if (const auto field = languages_.find(query.language); field != languages_.end()) {
    return score_field(field->second, query.text, query.language, entries);
  }
  Reach all;
  double likeliest = -std::numeric_limits<double>::infinity();
  double second = likeliest;
  std::string language;
  for (const auto& [other, field] : languages_) {
    const Reach found = score_field(field, query.text, other, entries);
    all.highest = std::max(all.highest, found.highest);
    if (!found.is_known) continue;
    second = std::max(second, std::min(found.likelihood, likeliest));
    if (found.likelihood <= likeliest) continue;
    likeliest = found.likelihood;
    language = other;
  }
  if (query.language == "und" && !language.empty() && likeliest - second > kLikelierMin) query.language = language;
  return all;
}

std::vector<Hit> BaseIndex::search(const LexicalQuery& asked) const {
  thread_local Accumulator own;
  thread_local Accumulator universal;
  own.prepare(entries_.size());
  universal.prepare(entries_.size());
  LexicalQuery query = asked;
  query.language = primary_language(asked.language);
  // Each field's score counts as a share of what the query could reach there: a rare form makes no field better than another.
  const float own_share = share_of(score_languages(query, own).highest);
  const float universal_share = share_of(universal_.score(query_terms(query.text, {}, query.language), universal).highest);

  // Kept between queries as well: a common word touches every entry.
  thread_local std::vector<Hit> hits;
  hits.clear();
  const auto add = [&](std::uint32_t i) {
    const float evidence = std::max(own_share * own.scores[i], universal_share * universal.scores[i]);
    const float score = entries_[i].language == query.language ? evidence * kLanguageBoost : evidence;
    hits.push_back({i, entries_[i].is_question_answer ? score * kQuestionAnswerEdge : score, evidence});
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
  const auto last = hits.begin() + static_cast<std::ptrdiff_t>(kept);
  if (last != hits.end()) std::nth_element(hits.begin(), last, hits.end(), better);
  std::sort(hits.begin(), last, better);
  return {hits.begin(), last};
}

std::size_t BaseIndex::bytes() const {
  std::size_t total = entries_.size() * sizeof(IndexEntry) + universal_.bytes();
  for (const auto& [language, field] : languages_) total += field.bytes();
  return total;
}

}  // namespace guildhall::knowledge
