// Compares passages and citations with gold.
#include "evaluation/matching.h"

#include <algorithm>

#include "base/text.h"

namespace guildhall::knowledge {
namespace {

bool bears_name(const Evidence& evidence, const std::string& document) {
  const std::string wanted = comparable(document);
  const auto is_it = [&](const std::string& name) {
    const std::string known = comparable(name);
    return known == wanted || known.ends_with("/" + wanted);
  };
  return !wanted.empty() && std::any_of(evidence.document_names.begin(), evidence.document_names.end(), is_it);
}

bool is_same_document(const Evidence& a, const Evidence& b) {
  return std::any_of(a.document_names.begin(), a.document_names.end(), [&](const std::string& name) {
    return std::find(b.document_names.begin(), b.document_names.end(), name) != b.document_names.end();
  });
}

/// In its heading path; a short section that joined its sibling keeps its heading as a line of the text.
bool stands_under(const Evidence& evidence, const std::string& heading) {
  const std::string wanted = comparable(heading);
  for (const std::string& each : evidence.heading_path)
    if (comparable(each) == wanted) return true;
  for (std::string_view line : split(evidence.text, '\n')) {
    line.remove_prefix(std::min(line.find_first_not_of("# "), line.size()));
    if (comparable(line) == wanted) return true;
  }
  return false;
}

}  // namespace

std::string comparable(std::string_view text) {
  std::string joined;
  bool is_after_space = true;
  for (const char c : folded(text)) {
    const bool is_space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!is_space)
      joined += c;
    else if (!is_after_space)
      joined += ' ';
    is_after_space = is_space;
  }
  if (!joined.empty() && joined.back() == ' ') joined.pop_back();
  return joined;
}

bool holds_gold(const Evidence& evidence, const Gold& gold) {
  if (!bears_name(evidence, gold.document)) return false;
  if (!gold.heading.empty()) return stands_under(evidence, gold.heading);
  if (gold.page) return evidence.page == gold.page;
  return gold.quote.empty() || comparable(evidence.text).find(comparable(gold.quote)) != std::string::npos;
}

bool holds_any_gold(const Evidence& evidence, const std::vector<Gold>& gold) {
  return std::any_of(gold.begin(), gold.end(), [&](const Gold& one) { return holds_gold(evidence, one); });
}

bool cites_gold(const Evidence& citation, const std::vector<Evidence>& passages, const std::vector<Gold>& gold) {
  if (holds_any_gold(citation, gold)) return true;
  const std::string quote = comparable(citation.text);
  for (const Evidence& passage : passages) {
    const bool is_source = is_same_document(citation, passage) && comparable(passage.text).find(quote) != std::string::npos;
    if (is_source && holds_any_gold(passage, gold)) return true;
  }
  return false;
}

}  // namespace guildhall::knowledge
