// Plain BM25, kept apart from the product's code so that a mistake there is not repeated here.
#include "plain_bm25.h"

#include <libstemmer.h>
#include <unicode/uchar.h>
#include <unicode/unistr.h>
#include <unicode/uscript.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <set>
#include <tuple>

namespace guildhall::bench {
namespace {

constexpr double kK1 = 0.9;
constexpr double kB = 0.4;

enum class Script { none, spaced, paired, tripled };

Script script_of(UChar32 c) {
  UErrorCode status = U_ZERO_ERROR;
  switch (uscript_getScript(c, &status)) {
    case USCRIPT_HAN:
    case USCRIPT_HIRAGANA:
    case USCRIPT_KATAKANA:
    case USCRIPT_HANGUL: return Script::paired;
    case USCRIPT_THAI: return u_isdigit(c) ? Script::spaced : Script::tripled;
    default: break;
  }
  if (u_isalnum(c) || c == '_' || (U_GET_GC_MASK(c) & U_GC_M_MASK) != 0) return Script::spaced;
  return Script::none;
}

std::string utf8(const icu::UnicodeString& text) {
  std::string out;
  return text.toUTF8String(out);
}

bool is_plain_stop_word(const std::string& word) {
  static const std::set<std::string> words = {"a",    "an",   "and",  "are",  "as",   "at",    "be",   "but",   "by",
                                              "for",  "if",   "in",   "into", "is",   "it",    "no",   "not",   "of",
                                              "on",   "or",   "such", "that", "the",  "their", "then", "there", "these",
                                              "they", "this", "to",   "was",  "will", "with"};
  return words.contains(word);
}

std::string porter_stem(const std::string& word) {
  struct Delete {
    void operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }
  };
  thread_local const std::unique_ptr<sb_stemmer, Delete> stemmer(sb_stemmer_new("porter", "UTF_8"));
  const sb_symbol* stem =
      sb_stemmer_stem(stemmer.get(), reinterpret_cast<const sb_symbol*>(word.data()), static_cast<int>(word.size()));
  return {reinterpret_cast<const char*>(stem), static_cast<std::size_t>(sb_stemmer_length(stemmer.get()))};
}

void add_word(std::vector<std::string>& terms, const icu::UnicodeString& run, std::string_view language) {
  std::string word = utf8(run);
  if (language != "en") {
    terms.push_back(std::move(word));
  } else if (!is_plain_stop_word(word)) {
    terms.push_back(porter_stem(word));
  }
}

void add_groups(std::vector<std::string>& terms, const icu::UnicodeString& run, std::int32_t size) {
  const std::int32_t length = run.length();
  if (length <= size) terms.push_back(utf8(run));
  for (std::int32_t i = 0; length > size && i + size <= length; ++i) terms.push_back(utf8(icu::UnicodeString(run, i, size)));
}

}  // namespace

std::vector<std::string> plain_terms(std::string_view text, std::string_view language) {
  icu::UnicodeString lower = icu::UnicodeString::fromUTF8(icu::StringPiece(text.data(), static_cast<std::int32_t>(text.size())));
  lower.toLower();
  std::vector<std::string> terms;
  for (std::int32_t at = 0; at < lower.length();) {
    const Script script = script_of(lower.char32At(at));
    std::int32_t end = at;
    while (end < lower.length() && script_of(lower.char32At(end)) == script) end = lower.moveIndex32(end, 1);
    const icu::UnicodeString run(lower, at, end - at);
    if (script == Script::spaced) add_word(terms, run, language);
    if (script == Script::paired) add_groups(terms, run, 2);
    if (script == Script::tripled) add_groups(terms, run, 3);
    at = end;
  }
  return terms;
}

void PlainBm25::add(const std::vector<std::string>& terms) {
  const std::size_t number = lengths_.size();
  for (const std::string& term : terms) {
    std::vector<Posting>& postings = postings_[term];
    if (postings.empty() || postings.back().document != number) postings.push_back({number, 0});
    postings.back().count += 1;
  }
  lengths_.push_back(static_cast<double>(terms.size()));
  length_total_ += static_cast<double>(terms.size());
}

double PlainBm25::idf(const std::string& term) const {
  const auto found = postings_.find(term);
  const double frequency = found == postings_.end() ? 0 : static_cast<double>(found->second.size());
  return std::log(1 + (static_cast<double>(lengths_.size()) - frequency + 0.5) / (frequency + 0.5));
}

std::vector<PlainBm25::Hit> PlainBm25::search(const std::vector<std::string>& terms) const {
  const double average = std::max(1.0, length_total_ / static_cast<double>(std::max<std::size_t>(lengths_.size(), 1)));
  std::vector<double> scores(lengths_.size(), 0);
  for (const std::string& term : terms) {
    const auto found = postings_.find(term);
    if (found == postings_.end()) continue;
    for (const Posting& posting : found->second) {
      const double norm = kK1 * (1 - kB + kB * lengths_[posting.document] / average);
      scores[posting.document] += idf(term) * posting.count / (posting.count + norm);
    }
  }
  std::vector<Hit> hits;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (scores[i] > 0) hits.push_back({i, scores[i]});
  }
  std::sort(hits.begin(), hits.end(),
            [](const Hit& a, const Hit& b) { return std::tie(b.score, a.document) < std::tie(a.score, b.document); });
  return hits;
}

double PlainBm25::score_max(const std::vector<std::string>& terms) const {
  double total = 0;
  for (const std::string& term : terms) total += idf(term);
  return total;
}

}  // namespace guildhall::bench
