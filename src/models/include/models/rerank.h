// Rerank models: a query and passages in, how well each fits out (contracts/support-partner.md §2.5 point 5).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "models/chat.h"
#include "net/client.h"

namespace guildhall::models {

/// `POST {base_url}/rerank` as Jina, Cohere and their kin speak it: `{model, query, documents, top_n}` →
/// `{results: [{index, relevance_score}]}`. One number per document, in their order. Retries and refuses like chat(); an answer
/// that does not name each document once is Refusal(upstream_error).
std::vector<double> rerank(net::Client& client, const Endpoint& endpoint, std::string_view query,
                           const std::vector<std::string>& documents, const CallOptions& options);

}  // namespace guildhall::models
