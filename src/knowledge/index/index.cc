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
    traits_.push_back({code->second, entry.is_question_answer});
  }
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

  const auto asked_language = static_cast<std::size_t>(std::find(language_names_.begin(), language_names_.end(), query.language) -
                                                       language_names_.begin());
  const auto better = [&](const Hit& a, const Hit& b) {
    if (a.score != b.score) return a.score > b.score;
    return entries_[a.entry].chunk < entries_[b.entry].chunk;
  };
  Best<Hit, decltype(better)> best(query.limit, better);
  const auto offer = [&](std::uint32_t i) {
    const float evidence = std::max(own_share * own.scores[i], universal_share * universal.scores[i]);
    const float score = traits_[i].language == asked_language ? evidence * kLanguageBoost : evidence;
    best.offer({i, traits_[i].is_question_answer ? score * kQuestionAnswerEdge : score, evidence});
  };
  for (const std::uint32_t i : own.touched) offer(i);
  for (const std::uint32_t i : universal.touched) {
    if (own.scores[i] == 0) offer(i);
  }
  std::vector<Hit> hits = best.take();
  std::sort(hits.begin(), hits.end(), better);
  return hits;
}

IndexBytes BaseIndex::bytes_by_part() const {
  IndexBytes bytes;
  bytes.entries = entries_.capacity() * sizeof(IndexEntry) + traits_.capacity() * sizeof(Trait) +
                  documents_.capacity() * sizeof(DocumentVersion);
  for (const auto& [language, field] : languages_) bytes.own_fields += field.bytes();
  bytes.universal_field = universal_.bytes();
  return bytes;
}

}  // namespace guildhall::knowledge
