// Passages for a query, without an answer.
#include "edge/retrieval.h"

#include "base/text.h"
#include "knowledge/documents.h"
#include "models/find_passages.h"

namespace guildhall::api {

knowledge::Retrieved retrieve_for(Call& call, const AccessTarget& target, const RetrievalQuery& query) {
  identity::require(target.scope, Right::query);
  const auto base =
      call.read([&](store::Tx& tx) { return knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id); });
  return retrieve_from(call, target.scope, base, query);
}

knowledge::Retrieved retrieve_from(Call& call, const Scope& scope, std::optional<KnowledgeBaseId> base,
                                   const RetrievalQuery& query) {
  if (query.top_k < 1 || query.top_k > 20) throw invalid_field("top_k", "must be from 1 to 20");
  if (trimmed(query.text).empty()) throw invalid_field("query", "must not be empty");
  if (!base) return {};
  knowledge::RetrieveRequest request{
      .query = query.text, .top_k = static_cast<std::size_t>(query.top_k), .language = query.language, .documents = std::nullopt};
  if (query.filter)
    request.documents = call.read([&](store::Tx& tx) { return knowledge::matching_documents(scope, tx, *base, *query.filter); });
  auto& services = call.services();
  return models::find_passages(scope, services.database, services.indexes, &services.search_models, {*base}, request,
                               {.deadline_us = 0, .stop = call.request().stop});
}

json::Object record_json(const knowledge::Passage& passage) {
  json::Array headings;
  for (const auto& heading : passage.heading_path) headings.emplace_back(heading);
  return {{"content", passage.text},
          {"score", passage.score},
          {"title", passage.title},
          {"metadata", json::Object{{"document_id", passage.document.text()},
                                    {"heading_path", std::move(headings)},
                                    {"anchor", passage.anchor},
                                    {"url", passage.url},
                                    {"page", passage.page ? json::Value(*passage.page) : json::Value(nullptr)},
                                    {"language", passage.language}}}};
}

}  // namespace guildhall::api
