// Metadata conditions, compared in memory: a base has at most 10,000 documents.
#include "knowledge/filter.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"

namespace guildhall::knowledge {
namespace {

constexpr std::array<std::pair<std::string_view, ConditionOperator>, 18> kComparisons = {
    {{"contains", ConditionOperator::contains},
     {"not contains", ConditionOperator::not_contains},
     {"start with", ConditionOperator::start_with},
     {"end with", ConditionOperator::end_with},
     {"is", ConditionOperator::is},
     {"is not", ConditionOperator::is_not},
     {"in", ConditionOperator::in},
     {"not in", ConditionOperator::not_in},
     {"empty", ConditionOperator::empty},
     {"not empty", ConditionOperator::not_empty},
     {"=", ConditionOperator::equal},
     {"≠", ConditionOperator::not_equal},
     {">", ConditionOperator::greater},
     {"<", ConditionOperator::less},
     {"≥", ConditionOperator::greater_or_equal},
     {"≤", ConditionOperator::less_or_equal},
     {"before", ConditionOperator::before},
     {"after", ConditionOperator::after}}};

std::string field_of_document(const Document& document, std::string_view field) {
  if (field == "document_id") return document.id.text();
  if (field == "source") return std::string(wire_name(document.source));
  if (field == "source_id") return document.source_id ? document.source_id->text() : std::string();
  if (field == "filename") return document.filename;
  if (field == "title") return document.title;
  if (field == "url") return document.url;
  if (field == "content_type") return document.content_type;
  if (field == "language") return document.language;
  if (field == "uploaded_at") return rfc3339(document.uploaded_at);
  if (field == "size") return std::to_string(document.size_bytes);
  if (field == "chunks") return std::to_string(document.chunks);
  return {};
}

std::optional<double> as_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

bool compares_number(ConditionOperator comparison, const std::string& have, const std::string& want) {
  const auto a = as_number(have);
  const auto b = as_number(want);
  if (!a || !b) return false;
  switch (comparison) {
    case ConditionOperator::equal: return *a == *b;
    case ConditionOperator::not_equal: return *a != *b;
    case ConditionOperator::greater: return *a > *b;
    case ConditionOperator::less: return *a < *b;
    case ConditionOperator::greater_or_equal: return *a >= *b;
    case ConditionOperator::less_or_equal: return *a <= *b;
    default: return false;
  }
}

bool compares_time(ConditionOperator comparison, const std::string& have, const std::string& want) {
  const auto a = parse_timestamp(have);
  const auto b = parse_timestamp(want);
  if (!a || !b) return false;
  return comparison == ConditionOperator::before ? *a < *b : *a > *b;
}

bool compares(const MetadataCondition& condition, const std::string& value) {
  const std::string have = ascii_lower(value);
  const std::string first = condition.values.empty() ? std::string() : ascii_lower(condition.values.front());
  const auto is_any = [&] {
    return std::any_of(condition.values.begin(), condition.values.end(),
                       [&](const std::string& want) { return ascii_lower(want) == have; });
  };
  switch (condition.comparison) {
    case ConditionOperator::contains: return have.find(first) != std::string::npos;
    case ConditionOperator::not_contains: return have.find(first) == std::string::npos;
    case ConditionOperator::start_with: return have.starts_with(first);
    case ConditionOperator::end_with: return have.ends_with(first);
    case ConditionOperator::is:
    case ConditionOperator::in: return is_any();
    case ConditionOperator::is_not:
    case ConditionOperator::not_in: return !is_any();
    case ConditionOperator::empty: return have.empty();
    case ConditionOperator::not_empty: return !have.empty();
    case ConditionOperator::before:
    case ConditionOperator::after:
      return compares_time(condition.comparison, value, condition.values.empty() ? "" : condition.values.front());
    default: return compares_number(condition.comparison, have, first);
  }
}

bool holds(const MetadataCondition& condition, const Document& document) {
  return std::any_of(condition.fields.begin(), condition.fields.end(),
                     [&](const std::string& field) { return compares(condition, field_of_document(document, field)); });
}

}  // namespace

ConditionOperator parse_comparison(std::string_view text, const std::string& path) {
  for (const auto& [name, comparison] : kComparisons) {
    if (name == text) return comparison;
  }
  throw invalid_field(path, "is no comparison; use 'is', 'contains', 'start with', '>' or another of the documented ones");
}

bool matches(const DocumentFilter& filter, const Document& document) {
  const auto holds_for = [&](const MetadataCondition& condition) { return holds(condition, document); };
  if (filter.conditions.empty()) return true;
  return filter.matches_any ? std::any_of(filter.conditions.begin(), filter.conditions.end(), holds_for)
                            : std::all_of(filter.conditions.begin(), filter.conditions.end(), holds_for);
}

std::vector<DocumentId> matching_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base,
                                           const DocumentFilter& filter) {
  if (filter.conditions.size() > kFilterConditionsMax) {
    throw invalid_field("filter", "may hold at most " + std::to_string(kFilterConditionsMax) + " conditions");
  }
  std::vector<DocumentId> found;
  for (const Document& document : list_documents(scope, tx, base)) {
    if (matches(filter, document)) found.push_back(document.id);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace guildhall::knowledge
