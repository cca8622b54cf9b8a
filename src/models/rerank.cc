// Calls a rerank model.
#include "models/rerank.h"

#include <cmath>
#include <optional>

#include "base/json.h"
#include "model_call.h"

namespace guildhall::models {
namespace {

using Relevances = std::vector<double>;

std::optional<Relevances> relevances_in(std::string_view text, std::size_t count) {
  json::ParseError error;
  const auto body = json::parse(text, error);
  const json::Array* results = body ? json::find_array(*body, "results") : nullptr;
  if (results == nullptr || results->size() != count) return std::nullopt;
  std::vector<std::optional<double>> found(count);
  for (const json::Value& result : *results) {
    const auto index = json::integer_of(result, "index");
    const json::Value* score = json::find(result, "relevance_score");
    if (!index || *index < 0 || *index >= static_cast<std::int64_t>(count)) return std::nullopt;
    if (score == nullptr || !score->is_number()) return std::nullopt;
    auto& place = found[static_cast<std::size_t>(*index)];
    if (place || !std::isfinite(score->to_number<double>())) return std::nullopt;
    place = score->to_number<double>();
  }
  Relevances relevances;
  for (const auto& each : found) relevances.push_back(*each);
  return relevances;
}

}  // namespace

std::vector<double> rerank(net::Client& client, const Endpoint& endpoint, std::string_view query,
                           const std::vector<std::string>& documents, const CallOptions& options) {
  json::Array texts;
  for (const std::string& document : documents) texts.emplace_back(document);
  const std::string body = json::write(
      json::Object{{"model", endpoint.model}, {"query", query}, {"documents", std::move(texts)}, {"top_n", documents.size()}});
  return with_retries<Relevances>(endpoint, options, [&]() -> std::variant<Relevances, CallFailure> {
    try {
      net::OutboundRequest call = outbound_call(endpoint, "/rerank", body, options);
      call.response_max_bytes = kReplyBytesMax;
      const net::OutboundResponse response = client.fetch(call);
      if (response.status / 100 != 2) return failure_of_status(endpoint, response);
      auto relevances = relevances_in(response.body, documents.size());
      if (!relevances) return final_failure(upstream_refusal(endpoint, "sent something that is no order of the passages"));
      return std::move(*relevances);
    } catch (const net::OutboundError& error) {
      return failure_of_error(endpoint, error, options);
    }
  });
}

}  // namespace guildhall::models
