// The built-in answerer inside a run: the visitor's question against what the run knows (contracts/runtime.md §3.9).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "vertex.h"

namespace guildhall::runtime {

/// Passages the answerer is given for one question.
inline constexpr std::size_t kAnswerPassages = 8;

/// What the visitor asks: the run's input, or `otherwise` when the flow has none, with the turn before it.
models::Question visitor_question(const RunState& run, std::string_view otherwise);

/// Answers the run's question, or `otherwise` when the flow has no input, from what the vertex's ancestors found, else from the
/// run's knowledge bases. Writes outcome, confidence, citations, suggestions and language to the result.
models::Answer answer_without_model(const Vertex& vertex, std::string_view otherwise);

/// Passages of the bases of the scope; none when the engine has no index. Marks the run degraded when a search model failed.
std::vector<knowledge::Passage> retrieve_passages(RunState& run, const std::vector<KnowledgeBaseId>& bases,
                                                  std::string_view query, std::size_t top_k);

/// Passages of what is attached to the run: the subscription's bases, and the one the agent's version brings along. Best first.
std::vector<knowledge::Passage> retrieve_attached(RunState& run, std::string_view query, std::size_t top_k);
/// True when anything is attached.
bool has_knowledge(const RunRequest& request);

}  // namespace guildhall::runtime
