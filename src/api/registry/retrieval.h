// Passages over the API: the registry's own retrieve/ and Dify's external knowledge share them.
#pragma once

#include <optional>
#include <string>

#include "knowledge/filter.h"
#include "knowledge/retrieve.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {

struct RetrievalQuery {
  std::string text;
  std::int64_t top_k = 5;
  std::string language;
  std::optional<knowledge::DocumentFilter> filter;
};

/// Passages of the target's own base; none where it has no base yet. Needs the right `query`.
knowledge::Retrieved retrieve_for(Call& call, const AccessTarget& target, const RetrievalQuery& query);
/// {"content","score","title","metadata"}
json::Object record_json(const knowledge::Passage& passage);
/// {"source_id": "…", "language": ["en","de"]}: every member names a field and the value or values it may have.
knowledge::DocumentFilter filter_of(const json::Object& filter, const std::string& path);

}  // namespace guildhall::api::registry_dialect
