// Searching the fields of a snapshot.
#include "index/index.h"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <tuple>

#include "index/best.h"
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

bool stands_before(const IndexEntry& a, const IndexEntry& b) {
  return std::tie(a.document, a.ordinal) < std::tie(b.document, b.ordinal);
}

float share_of(double highest) {
  return highest > 0 ? static_cast<float>(1 / highest) : 0;
}

}  // namespace

BaseIndex::BaseIndex(std::shared_ptr<const BaseIndex> before, std::vector<DocumentVersion> documents)
    : documents_(std::move(documents)), before_(std::move(before)) {
  for (const DocumentVersion& document : documents_) {
    const bool is_there =
        before_ != nullptr && std::binary_search(before_->documents_.begin(), before_->documents_.end(), document);
    if (!is_there) missing_.push_back(document.document);
  }
  if (before_ == nullptr) return;
  for (const auto& [language, field] : before_->languages_) languages_[language].start_from(field);
  universal_.start_from(before_->universal_);
}

void BaseIndex::add(IndexEntry entry, const ChunkTerms& terms) {
  if (before_ != nullptr && !added_.empty() && stands_before(entry, added_.back()))
    throw std::logic_error("entries are added to an index in ascending order");
  if (added_.size() == Posting::kEntriesMax) throw std::length_error("an index holds no more entries");
  const auto number = static_cast<std::uint32_t>(added_.size());
  if (!terms.own.terms.empty()) field_of(entry.language).add(number, terms.own);
  universal_.add(number, terms.universal);
  added_.push_back(std::move(entry));
}

/// A language that was in no entry before follows an empty field, for its entries are renumbered like all others.
LexicalField& BaseIndex::field_of(const std::string& language) {
  static const LexicalField none;
  const auto [field, is_new] = languages_.try_emplace(language);
  if (is_new && before_ != nullptr) field->second.start_from(none);
  return field->second;
}

void BaseIndex::finish() {
  const Renumbering renumbering = merge_entries();
  for (auto& [language, field] : languages_) field.finish(language, renumbering);
  universal_.finish({}, renumbering);
  std::erase_if(languages_, [](const auto& language) { return language.second.is_empty(); });
  set_traits();
  set_spans();
  before_.reset();
  missing_ = {};
}

/// The entries that stay and those that were added, in order.
Renumbering BaseIndex::merge_entries() {
  Renumbering renumbering;
  if (before_ == nullptr) {
    entries_ = std::move(added_);
    return renumbering;
  }
  renumbering.kept.reserve(before_->entries_.size());
  renumbering.added.reserve(added_.size());
  entries_.reserve(before_->entries_.size() + added_.size());
  auto next = added_.begin();
  const auto add_until = [&](auto is_after) {
    for (; next != added_.end() && !is_after(*next); ++next) {
      renumbering.added.push_back(static_cast<std::uint32_t>(entries_.size()));
      entries_.push_back(std::move(*next));
    }
  };
  auto document = documents_.begin();
  bool stays = false;
  for (std::size_t i = 0; i < before_->entries_.size(); ++i) {
    const IndexEntry& entry = before_->entries_[i];
    const bool is_new = i == 0 || before_->entries_[i - 1].document != entry.document;
    if (is_new) {
      document = std::lower_bound(document, documents_.end(), entry.document,
                                  [](const DocumentVersion& each, DocumentId wanted) { return each.document < wanted; });
      stays = document != documents_.end() && document->document == entry.document &&
              !std::binary_search(missing_.begin(), missing_.end(), entry.document);
    }
    if (!stays) {
      renumbering.kept.push_back(Renumbering::kGone);
      continue;
    }
    if (is_new) add_until([&](const IndexEntry& added) { return stands_before(entry, added); });
    renumbering.kept.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.push_back(entry);
  }
  add_until([](const IndexEntry&) { return false; });
  added_ = {};
  return renumbering;
}

void BaseIndex::set_traits() {
  std::map<std::string_view, std::uint16_t> codes;
  traits_.reserve(entries_.size());
  for (const IndexEntry& entry : entries_) {
    const auto [code, is_new] = codes.emplace(entry.language, static_cast<std::uint16_t>(codes.size()));
    if (is_new) language_names_.push_back(entry.language);
    traits_.push_back(
        {.language = code->second, .document_language = 0, .span = 0, .is_question_answer = entry.is_question_answer});
  }
}

/// The entries of a document follow each other.
void BaseIndex::set_spans() {
  double tokens = 0;
  for (std::uint32_t begin = 0; begin < entries_.size();) {
    DocumentSpan span{begin, begin, 0};
    std::map<std::string_view, std::pair<std::size_t, std::uint16_t>> languages;
    for (; span.end < entries_.size() && entries_[span.end].document == entries_[begin].document; ++span.end) {
      span.length += static_cast<float>(entries_[span.end].tokens);
      auto& [count, code] = languages[entries_[span.end].language];
      ++count;
      code = traits_[span.end].language;
    }
    const auto fewer = [](const auto& a, const auto& b) { return a.second.first < b.second.first; };
    const std::uint16_t language = std::max_element(languages.begin(), languages.end(), fewer)->second.second;
    for (std::uint32_t i = span.begin; i < span.end; ++i) {
      traits_[i].document_language = language;
      traits_[i].span = static_cast<std::uint32_t>(spans_.size());
    }
    tokens += span.length;
    begin = span.end;
    spans_.push_back(span);
  }
  const double average = std::max(1.0, tokens / static_cast<double>(std::max<std::size_t>(spans_.size(), 1)));
  for (DocumentSpan& span : spans_) span.length = static_cast<float>(span.length / average);
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
    const std::uint32_t number = traits_[hit.entry].span;
    if (spans_[number].end - spans_[number].begin > 1) numbers.push_back(number);
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  std::vector<float> shares(numbers.size(), 0);
  for (const AskedField& each : asked) {
    std::vector<EntryRange> ranges;
    for (const std::uint32_t number : numbers) {
      ranges.push_back({spans_[number].begin, spans_[number].end, spans_[number].length, 0});
    }
    each.field->score_ranges(each.terms, ranges);
    for (std::size_t i = 0; i < ranges.size(); ++i) shares[i] = std::max(shares[i], ranges[i].score * each.share);
  }
  std::vector<double> by_hit;
  for (const Hit& hit : hits) {
    const auto found = std::lower_bound(numbers.begin(), numbers.end(), traits_[hit.entry].span);
    const bool is_longer = found != numbers.end() && *found == traits_[hit.entry].span;
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

  const auto asked_language = static_cast<std::size_t>(std::find(language_names_.begin(), language_names_.end(), query.language) -
                                                       language_names_.begin());
  const auto boost_of = [&](std::uint32_t i) {
    const bool is_same = traits_[i].language == asked_language || traits_[i].document_language == asked_language;
    return is_same ? kLanguageBoost : 1.0F;
  };
  const auto better = [&](const Hit& a, const Hit& b) {
    if (a.score != b.score) return a.score > b.score;
    return entries_[a.entry].chunk < entries_[b.entry].chunk;
  };
  Best<Hit, decltype(better)> best(std::max(query.limit, kDocumentShareHits), better);
  const auto offer = [&](std::uint32_t i) {
    const float by_language = own_share * own.scores[i];
    const float by_words = universal_share * universal.scores[i];
    const float evidence = std::max(by_language, by_words);
    best.offer({i, (evidence + kOtherFieldShare * std::min(by_language, by_words)) * boost_of(i), evidence});
  };
  for (const std::uint32_t i : own.touched) offer(i);
  for (const std::uint32_t i : universal.touched) {
    if (own.scores[i] == 0) offer(i);
  }
  std::vector<Hit> hits = best.take();
  const std::vector<double> shares = document_shares(fields, hits);
  for (std::size_t i = 0; i < hits.size(); ++i) {
    hits[i].score += kDocumentShare * shares[i] * boost_of(hits[i].entry);
    if (traits_[hits[i].entry].is_question_answer) hits[i].score *= kQuestionAnswerEdge;
  }
  const auto last = hits.begin() + static_cast<std::ptrdiff_t>(std::min(query.limit, hits.size()));
  std::partial_sort(hits.begin(), last, hits.end(), better);
  hits.erase(last, hits.end());
  return hits;
}

IndexBytes BaseIndex::bytes_by_part() const {
  IndexBytes bytes;
  bytes.entries = entries_.capacity() * sizeof(IndexEntry) + traits_.capacity() * sizeof(Trait) +
                  documents_.capacity() * sizeof(DocumentVersion) + spans_.capacity() * sizeof(DocumentSpan);
  for (const auto& [language, field] : languages_) bytes.own_fields += field.bytes();
  bytes.universal_field = universal_.bytes();
  return bytes;
}

}  // namespace guildhall::knowledge
