// Passages for a query, without an answer.
#include <algorithm>

#include "edge/retrieval.h"
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

json::Object retrieve(Call& call, const RetrieveIn& in) {
  RetrievalQuery query{.text = in.query, .top_k = in.top_k.value_or(5), .language = in.language.value_or(""), .filter = {}};
  if (in.filter) query.filter = filter_of(*in.filter, "filter");
  const auto target = call.read([&](store::Tx& tx) { return query_target(call, tx, call.path("access")); });
  const auto found = retrieve_for(call, target, query);
  json::Array records;
  for (const auto& passage : found.passages) records.push_back(record_json(passage));
  return {{"records", std::move(records)}, {"language", found.language}, {"degraded", found.is_degraded}};
}

}  // namespace

RouteTable retrieval_routes() {
  Route row;
  row.right = Right::query;
  return {post("/api/v1/access/{access}/retrieve", "Passages for a query, without an answer", kAccountOrKey, retrieve, row)};
}

}  // namespace guildhall::api::registry_dialect
