// Passages for a query, without an answer.
#include <algorithm>

#include "edge/retrieval.h"
#include "knowledge/documents.h"
#include "registry/knowledge_target.h"
#include "registry/route_tables.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

constexpr std::string_view kFilterFields[] = {"document_id", "source", "source_id",    "filename",
                                              "title",       "url",    "content_type", "language"};

struct RetrieveIn {
  std::string query;
  std::optional<std::int64_t> top_k;
  std::optional<std::string> language;
  std::optional<json::Object> filter;
};
BOOST_DESCRIBE_STRUCT(RetrieveIn, (), (query, top_k, language, filter))

/// {"source_id": "…", "language": ["en","de"]}: every member names a field and the value or values it may have.
knowledge::DocumentFilter filter_of(const json::Object& filter, const std::string& path) {
  knowledge::DocumentFilter read;
  for (const auto& [key, value] : filter) {
    const std::string field(key);
    if (std::find(std::begin(kFilterFields), std::end(kFilterFields), field) == std::end(kFilterFields)) {
      throw invalid_field(path + "." + field,
                          "is no field of documents; use document_id, source, source_id, filename, title, url, content_type or "
                          "language");
    }
    knowledge::MetadataCondition condition{.fields = {field}, .comparison = knowledge::ConditionOperator::in, .values = {}};
    const json::Array values = value.is_array() ? value.get_array() : json::Array{value};
    for (const json::Value& one : values) {
      if (!one.is_string()) throw invalid_field(path + "." + field, "must be a text or a list of texts");
      condition.values.emplace_back(json::view(one.get_string()));
    }
    read.conditions.push_back(std::move(condition));
  }
  return read;
}

RetrievalQuery query_of(const RetrieveIn& in) {
  RetrievalQuery query{.text = in.query, .top_k = in.top_k.value_or(5), .language = in.language.value_or(""), .filter = {}};
  if (in.filter) query.filter = filter_of(*in.filter, "filter");
  return query;
}

json::Object records_json(const knowledge::Retrieved& found) {
  json::Array records;
  for (const auto& passage : found.passages) records.push_back(record_json(passage));
  return {{"records", std::move(records)}, {"language", found.language}, {"degraded", found.is_degraded}};
}

json::Object retrieve(Call& call, const RetrieveIn& in) {
  const auto target = call.read([&](store::Tx& tx) { return query_target(call, tx, call.path("access")); });
  return records_json(retrieve_for(call, target, query_of(in)));
}

json::Object retrieve_of_agent(Call& call, const RetrieveIn& in) {
  const auto [target, base] = call.read([&](store::Tx& tx) {
    auto found = knowledge_target(call, tx, Access::read);
    auto own = found.find(tx);
    return std::make_pair(std::move(found), own);
  });
  return records_json(retrieve_from(call, target.scope, base, query_of(in)));
}

/// What the provider's base of this agent is called, what is in it, and which versions read it.
json::Object knowledge_of_agent(Call& call) {
  return call.read([&](store::Tx& tx) {
    const auto target = knowledge_target(call, tx, Access::read);
    const std::string name = knowledge::base_name_of_agent(*target.agent);
    const auto base = target.find(tx);
    const auto documents = base ? knowledge::list_documents(target.scope, tx, *base) : std::vector<knowledge::Document>{};
    std::int64_t chunks = 0;
    for (const auto& document : documents) chunks += document.chunks;
    json::Array versions;
    for (const auto& version : registry::list_versions(target.scope, tx, *target.agent))
      if (registry::knowledge_base_of(version.config) == name) versions.emplace_back(version.version);
    return json::Object{{"knowledge_base", name},
                        {"documents", static_cast<std::int64_t>(documents.size())},
                        {"chunks", chunks},
                        {"versions", std::move(versions)}};
  });
}

}  // namespace

RouteTable retrieval_routes() {
  const std::string of_agent(kKnowledgePlaces[1].prefix);
  return {post("/api/v1/access/{access}/retrieve", "Passages for a query, without an answer", kAccountOrKey, retrieve,
               knowledge_row(Right::query)),
          get(of_agent, "What the agent brings to its subscribers: the base a version names in its config", kAccountOrKey,
              knowledge_of_agent, knowledge_row(Right::provide_agents)),
          post(of_agent + "/retrieve", "Passages of the agent's own knowledge for a query", kAccountOrKey, retrieve_of_agent,
               knowledge_row(Right::provide_agents))};
}

}  // namespace guildhall::api::registry_dialect
