// Searching the fields of a snapshot.
#include "index/index.h"

#include <algorithm>
#include <limits>

#include "language/stop_words.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

constexpr float kLanguageBoost = 1.3f;
/// A chunk that both fields find is likelier meant than one that either finds as well alone.
constexpr float kOtherFieldShare = 0.15f;
/// What a document holds altogether tells chunks apart that hold as much of the question.
constexpr double kDocumentShare = 0.5;
/// Of how many chunks, the best by themselves, the documents are looked at.
constexpr std::size_t kDocumentShareHits = 400;
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

std::vector<QueryTerm> field_terms(const LexicalField& field, std::string_view text, std::string_view language) {
  return field.with_parts(query_terms(text, language, language), language);
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
  set_documents();
}

void BaseIndex::set_documents() {
  document_of_.reserve(entries_.size());
  double tokens = 0;
  for (std::uint32_t i = 0; i < entries_.size();) {
    DocumentSpan document{i, i, 0, {}};
    std::map<std::string_view, std::size_t> chunks;
    for (; document.end < entries_.size() && entries_[document.end].document == entries_[i].document; ++document.end) {
      const IndexEntry& entry = entries_[document.end];
      document_of_.push_back(static_cast<std::uint32_t>(documents_.size()));
      document.length += static_cast<float>(entry.tokens);
      ++chunks[entry.language];
    }
    const auto fewer = [](const auto& a, const auto& b) { return a.second < b.second; };
    document.language = std::max_element(chunks.begin(), chunks.end(), fewer)->first;
    tokens += document.length;
    i = document.end;
    documents_.push_back(std::move(document));
  }
  const double average = std::max(1.0, tokens / static_cast<double>(std::max<std::size_t>(documents_.size(), 1)));
  for (DocumentSpan& document : documents_) document.length = static_cast<float>(document.length / average);
}

/// The field of the query's language; every language's own where the base has none in it or the language is not known. A
/// query of unknown language takes the one whose chunks hold its words most often, where that stands out.
double BaseIndex::score_languages(LexicalQuery& query, Accumulator& entries, std::vector<AskedField>& asked) const {
  if (const auto found = languages_.find(query.language); found != languages_.end()) {
    const LexicalField& field = found->second;
    asked.push_back({&field, field_terms(field, query.text, query.language)});
    return field.score(asked.back().terms, entries).highest;
  }
  double highest = 0;
  double likeliest = -std::numeric_limits<double>::infinity();
  double second = likeliest;
  std::string language;
  for (const auto& [other, field] : languages_) {
    asked.push_back({&field, field_terms(field, query.text, other)});
    const Reach found = field.score(asked.back().terms, entries);
    highest = std::max(highest, found.highest);
    if (!found.is_known) continue;
    second = std::max(second, std::min(found.likelihood, likeliest));
    if (found.likelihood <= likeliest) continue;
    likeliest = found.likelihood;
    language = other;
  }
  if (query.language == "und" && !language.empty() && likeliest - second > kLikelierMin) query.language = language;
  return highest;
}

/// Each document is scored as one text in the field where it holds the largest share; one of a single chunk holds what that
/// holds.
std::vector<double> BaseIndex::document_shares(const std::vector<AskedField>& asked, const std::vector<Hit>& hits) const {
  std::vector<std::uint32_t> numbers;
  for (const Hit& hit : hits) {
    const std::uint32_t number = document_of_[hit.entry];
    if (documents_[number].end - documents_[number].begin > 1) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<float> shares(numbers.size(), 0);
  for (const AskedField& each : asked) {
    std::vector<EntryRange> ranges;
    for (const std::uint32_t number : numbers) {
      ranges.push_back({documents_[number].begin, documents_[number].end, documents_[number].length, 0});
    }
    each.field->score_ranges(each.terms, ranges);
    for (std::size_t i = 0; i < ranges.size(); ++i) shares[i] = std::max(shares[i], ranges[i].score * each.share);
  }
  std::vector<double> by_hit;
  for (const Hit& hit : hits) {
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), document_of_[hit.entry]);
    const bool is_longer = found != numbers.end() && *found == document_of_[hit.entry];
    by_hit.push_back(is_longer ? static_cast<double>(shares[static_cast<std::size_t>(found - numbers.begin())]) : hit.evidence);
  }
  return by_hit;
}

std::vector<Hit> BaseIndex::search(const LexicalQuery& asked) const {
  thread_local Accumulator own;
  thread_local Accumulator universal;
  own.prepare(entries_.size());
  universal.prepare(entries_.size());
  LexicalQuery query = asked;
  query.language = primary_language(asked.language);
  // Each field's score counts as a share of what the query could reach there: a rare form makes no field better than another.
  std::vector<AskedField> fields;
  const float own_share = share_of(score_languages(query, own, fields));
  for (AskedField& field : fields) field.share = own_share;
  fields.push_back({&universal_, query_terms(query.text, {}, query.language)});
  const float universal_share = share_of(universal_.score(fields.back().terms, universal).highest);
  fields.back().share = universal_share;

  // Kept between queries as well: a common word touches every entry.
  thread_local std::vector<Hit> hits;
  hits.clear();
  const auto boost_of = [&](std::uint32_t i) {
    const bool is_same = entries_[i].language == query.language || documents_[document_of_[i]].language == query.language;
    return is_same ? kLanguageBoost : 1.0F;
  };
  const auto add = [&](std::uint32_t i) {
    const float by_language = own_share * own.scores[i];
    const float by_words = universal_share * universal.scores[i];
    const float evidence = std::max(by_language, by_words);
    hits.push_back({i, (evidence + kOtherFieldShare * std::min(by_language, by_words)) * boost_of(i), evidence});
  };
  for (const std::uint32_t i : own.touched) add(i);
  for (const std::uint32_t i : universal.touched) {
    if (own.scores[i] == 0) add(i);
  }
  const auto better = [&](const Hit& a, const Hit& b) {
    if (a.score != b.score) return a.score > b.score;
    return entries_[a.entry].chunk < entries_[b.entry].chunk;
  };
  const std::size_t looked_at = std::min(std::max(query.limit, kDocumentShareHits), hits.size());
  if (looked_at < hits.size()) {
    std::nth_element(hits.begin(), hits.begin() + static_cast<std::ptrdiff_t>(looked_at), hits.end(), better);
    hits.resize(looked_at);
  }
  const std::vector<double> shares = document_shares(fields, hits);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    hits[i].score += kDocumentShare * shares[i] * boost_of(hits[i].entry);
    if (entries_[hits[i].entry].is_question_answer) hits[i].score *= kQuestionAnswerEdge;
  }
  const auto last = hits.begin() + static_cast<std::ptrdiff_t>(std::min(query.limit, hits.size()));
  std::partial_sort(hits.begin(), last, hits.end(), better);
  return {hits.begin(), last};
}

std::size_t BaseIndex::bytes() const {
  std::size_t total = entries_.size() * sizeof(IndexEntry) + universal_.bytes();
  for (const auto& [language, field] : languages_) total += field.bytes();
  return total;
}

}  // namespace guildhall::knowledge
