// Which documents a query may be answered from: conditions on their metadata (contracts/support-partner.md §2.1, §2.5).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "identity/scope.h"
#include "knowledge/documents.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// The comparisons of Dify's metadata conditions; text is compared without regard to ASCII case.
enum class ConditionOperator : std::uint8_t {
  contains,
  not_contains,
  start_with,
  end_with,
  is,
  is_not,
  in,
  not_in,
  empty,
  not_empty,
  equal,
  not_equal,
  greater,
  less,
  greater_or_equal,
  less_or_equal,
  before,
  after
};
/// "not contains", "≥" and so on; Refusal(validation_failed) under `path` for anything else.
ConditionOperator parse_comparison(std::string_view text, const std::string& path);

/// True when any of the fields compares so with the values. Fields: document_id, source, source_id, filename, title, url,
/// content_type, language, uploaded_at, size, chunks. A field nobody knows is empty. Numbers and times that cannot be read
/// compare false.
struct MetadataCondition {
  std::vector<std::string> fields;
  ConditionOperator comparison = ConditionOperator::is;
  std::vector<std::string> values;
};

struct DocumentFilter {
  std::vector<MetadataCondition> conditions;  ///< at most 20
  bool matches_any = false;                   ///< else all of them
};

bool matches(const DocumentFilter& filter, const Document& document);
/// The documents of the base the filter lets through, in the order of their ids.
std::vector<DocumentId> matching_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const DocumentFilter& filter);

}  // namespace guildhall::knowledge
