// The built-in answerer inside a run: the visitor's question against what the run knows (contracts/runtime.md §3.9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vertex.h"

namespace guildhall::runtime {

/// Answers the run's question, or `otherwise` when the flow has no input, from what the vertex's ancestors found, else from the
/// run's knowledge bases. Writes outcome, confidence, citations, suggestions and language to the result.
models::Answer answer_without_model(const Vertex& vertex, std::string_view otherwise);

/// Passages of the bases of the scope; none when the engine has no index. Marks the run degraded when a search model failed.
std::vector<knowledge::Passage> retrieve_passages(RunState& run, const std::vector<KnowledgeBaseId>& bases,
                                                  std::string_view query, std::size_t top_k);

}  // namespace guildhall::runtime
