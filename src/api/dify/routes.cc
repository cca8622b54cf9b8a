// Dify's external knowledge API: a Dify application retrieves from a subscription's documents with a `query` key
// (contracts/support-partner.md §2.1). `knowledge_id` is the subscription's UUID, or that of one of its keys.
#include "base/text.h"
#include "edge/retrieval.h"
#include "edge/tables.h"

namespace guildhall::api {
namespace dify_dialect {
namespace {

struct RetrievalSetting {
  std::optional<std::int64_t> top_k;
  std::optional<double> score_threshold;
};
BOOST_DESCRIBE_STRUCT(RetrievalSetting, (), (top_k, score_threshold))

struct ConditionIn {
  json::Value name;  ///< a text, or a list of texts in older versions
  std::string comparison_operator;
  std::optional<json::Value> value;
};
BOOST_DESCRIBE_STRUCT(ConditionIn, (), (name, comparison_operator, value))

struct ConditionsIn {
  std::optional<std::string> logical_operator;
  std::optional<std::vector<ConditionIn>> conditions;
};
BOOST_DESCRIBE_STRUCT(ConditionsIn, (), (logical_operator, conditions))

struct RetrievalIn {
  std::string knowledge_id;
  std::string query;
  std::optional<RetrievalSetting> retrieval_setting;
  std::optional<ConditionsIn> metadata_condition;
};
BOOST_DESCRIBE_STRUCT(RetrievalIn, (), (knowledge_id, query, retrieval_setting, metadata_condition))

/// Texts and numbers, one or several, as texts.
std::vector<std::string> texts_of(const json::Value& value, const std::string& path) {
  std::vector<std::string> texts;
  const json::Array values = value.is_array() ? value.get_array() : json::Array{value};
  for (const json::Value& one : values) {
    if (one.is_string()) {
      texts.emplace_back(json::view(one.get_string()));
    } else if (one.is_number()) {
      texts.push_back(json::write(one));
    } else if (!one.is_null()) {
      throw invalid_field(path, "must be a text, a number or a list of texts");
    }
  }
  return texts;
}

std::optional<knowledge::DocumentFilter> filter_of(const std::optional<ConditionsIn>& in) {
  if (!in || !in->conditions || in->conditions->empty()) return std::nullopt;
  const std::string joined = ascii_lower(in->logical_operator.value_or("and"));
  if (joined != "and" && joined != "or") throw invalid_field("metadata_condition.logical_operator", "must be 'and' or 'or'");
  knowledge::DocumentFilter filter;
  filter.matches_any = joined == "or";
  for (std::size_t i = 0; i < in->conditions->size(); ++i) {
    const ConditionIn& condition = (*in->conditions)[i];
    const std::string path = "metadata_condition.conditions[" + std::to_string(i) + "]";
    filter.conditions.push_back({texts_of(condition.name, path + ".name"),
                                 knowledge::parse_comparison(condition.comparison_operator, path + ".comparison_operator"),
                                 condition.value ? texts_of(*condition.value, path + ".value") : std::vector<std::string>{}});
  }
  return filter;
}

/// Dify reads scores as 0–1; ours grow without bound within one result. The order stays, a score of 1 becomes a half.
double bounded_score(double score) {
  return score <= 0 ? 0 : score / (1 + score);
}

json::Object retrieval(Call& call, const RetrievalIn& in) {
  const RetrievalSetting setting = in.retrieval_setting.value_or(RetrievalSetting{});
  const double threshold = setting.score_threshold.value_or(0);
  if (threshold < 0 || threshold > 1) throw invalid_field("retrieval_setting.score_threshold", "must be from 0 to 1");
  RetrievalQuery query{
      .text = in.query, .top_k = setting.top_k.value_or(5), .language = {}, .filter = filter_of(in.metadata_condition)};
  const auto target = call.read([&](store::Tx& tx) { return query_target(call, tx, in.knowledge_id); });
  json::Array records;
  for (auto passage : retrieve_for(call, target, query).passages) {
    passage.score = bounded_score(passage.score);
    if (passage.score < threshold) continue;
    records.push_back(record_json(passage));
  }
  return {{"records", std::move(records)}};
}

}  // namespace
}  // namespace dify_dialect

RouteTable dify_routes() {
  Route row;
  row.right = Right::query;
  return {
      post("/api/v1/retrieval", "Dify's external knowledge: records for a query", kAccountOrKey, dify_dialect::retrieval, row)};
}

}  // namespace guildhall::api
