// Citations for quoted spans, and for sentences a model wrote (contracts/support-partner.md §2.6).
#include "citations.h"

#include <algorithm>
#include <unordered_set>

#include "base/text.h"
#include "knowledge/language.h"
#include "models/limits.h"
#include "passage_units.h"
#include "support.h"

namespace guildhall::models {
namespace {

struct Support {
  const knowledge::Passage* passage = nullptr;
  std::string_view span;
  double share = 0;
};

bool is_number(std::string_view term) {
  return !term.empty() &&
         std::all_of(term.begin(), term.end(), [](char c) { return (c >= '0' && c <= '9') || c == '.' || c == ','; });
}

double share_in(const std::vector<std::string>& terms, std::string_view text, std::string_view language) {
  std::unordered_set<std::string> present;
  for (knowledge::Term& term : knowledge::analyse(text, language)) present.insert(std::move(term.text));
  std::size_t found = 0;
  for (const std::string& term : terms) found += present.contains(term) ? 1 : 0;
  return terms.empty() ? 0 : static_cast<double>(found) / static_cast<double>(terms.size());
}

bool holds_numbers(const std::vector<std::string>& terms, std::string_view text) {
  return std::all_of(terms.begin(), terms.end(),
                     [&](const std::string& term) { return !is_number(term) || text.find(term) != text.npos; });
}

Support support_for(std::string_view claim, const std::vector<knowledge::Passage>& passages) {
  Support best;
  for (const knowledge::Passage& passage : passages) {
    const std::vector<std::string> terms = claim_terms(claim, passage.language);
    if (terms.size() < kClaimTermsMin || !holds_numbers(terms, passage.text)) continue;
    const double whole = share_in(terms, passage.text, passage.language);
    if (whole < kSupportMin || whole <= best.share) continue;
    best = {.passage = &passage, .span = {}, .share = whole};
    double quoted = -1;
    for (const Unit& unit : units_of(passage, kQuoteCodePointsMax)) {
      const double share = share_in(terms, unit.text_in(passage), passage.language);
      if (share > quoted) {
        quoted = share;
        best.span = unit.text_in(passage);
      }
    }
  }
  return best;
}

}  // namespace

Citation citation_of(const knowledge::Passage& passage, std::string_view span, std::int64_t n, std::string_view heading) {
  Citation citation{.n = n,
                    .document = passage.document,
                    .title = passage.title,
                    .url = passage.url,
                    .page = passage.page,
                    .heading_path = passage.heading_path,
                    .anchor = passage.anchor,
                    .quote = std::string(trimmed(prefix_code_points(span, kQuoteCodePointsMax))),
                    .language = passage.language};
  if (!heading.empty()) {
    if (!citation.heading_path.empty()) citation.heading_path.pop_back();
    citation.heading_path.emplace_back(heading);
  }
  return citation;
}

std::string label_of(const knowledge::Passage& passage) {
  if (!passage.question.empty()) return passage.question;
  return passage.heading_path.empty() ? passage.title : passage.heading_path.back();
}

std::vector<Citation> cite(std::string_view answer, const std::vector<knowledge::Passage>& passages) {
  std::vector<Citation> citations;
  if (passages.empty()) return citations;
  const std::string language = knowledge::detect_language(answer, passages.front().language);
  for (const knowledge::Span sentence : knowledge::sentences(answer, language)) {
    const Support support = support_for(answer.substr(sentence.begin, sentence.end - sentence.begin), passages);
    if (support.passage == nullptr || support.span.empty()) continue;
    const Citation found = citation_of(*support.passage, support.span, static_cast<std::int64_t>(citations.size()) + 1);
    const bool is_known = std::any_of(citations.begin(), citations.end(), [&](const Citation& known) {
      return known.document == found.document && known.title == found.title && known.quote == found.quote;
    });
    if (!is_known) citations.push_back(found);
  }
  return citations;
}

}  // namespace guildhall::models
