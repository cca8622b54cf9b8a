// Passages over the API: what the registry's retrieve/ and Dify's external knowledge share.
#pragma once

#include <optional>
#include <string>

#include "edge/access_target.h"
#include "knowledge/filter.h"
#include "knowledge/retrieve.h"

namespace guildhall::api {

struct RetrievalQuery {
  std::string text;
  std::int64_t top_k = 5;
  std::string language;
  std::optional<knowledge::DocumentFilter> filter;
};

/// Passages of the target's own base; none where it has no base yet. Needs the right `query`.
knowledge::Retrieved retrieve_for(Call& call, const AccessTarget& target, const RetrievalQuery& query);
/// Passages of a base of the scope's organization; whoever asks has seen to the right.
knowledge::Retrieved retrieve_from(Call& call, const Scope& scope, std::optional<KnowledgeBaseId> base,
                                   const RetrievalQuery& query);
/// {"content","score","title","metadata"}
json::Object record_json(const knowledge::Passage& passage);

}  // namespace guildhall::api
