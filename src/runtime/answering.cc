// Finds passages for a question and lets the extractive answerer speak.
#include "answering.h"

#include <algorithm>

#include "base/text.h"

namespace guildhall::runtime {
namespace {

constexpr std::size_t kAnswerPassages = 8;

// The visitor's previous turn: what a follow-up may lean on.
std::string previous_turn(const RunState& run) {
  if (run.request.history) {
    const auto& messages = *run.request.history;
    const auto last = std::find_if(messages.rbegin(), messages.rend(), [](const Message& m) { return m.sender == "User"; });
    return last == messages.rend() ? std::string() : last->text;
  }
  if (run.engine.database == nullptr || run.request.session.session_id.empty()) return {};
  const std::vector<Message> turns = run.engine.database->read([&](store::Tx& tx) {
    return history(tx, run.session, {.newest = 1, .sender = "User", .sender_name = {}, .context_id = {}});
  });
  return turns.empty() ? std::string() : turns.back().text;
}

// Lists of different sources meet: each list's best becomes 1, a passage found twice counts once.
void merge_passages(std::vector<knowledge::Passage>& all, std::vector<knowledge::Passage> more) {
  double top = 0;
  for (const knowledge::Passage& passage : more) top = std::max(top, passage.score);
  for (knowledge::Passage& passage : more) {
    if (top > 0) passage.score /= top;
    const bool is_known = std::any_of(all.begin(), all.end(), [&](const knowledge::Passage& known) {
      return known.document == passage.document && known.text == passage.text;
    });
    if (!is_known) all.push_back(std::move(passage));
  }
}

}  // namespace

std::vector<knowledge::Passage> retrieve_passages(RunState& run, const std::vector<KnowledgeBaseId>& bases,
                                                  std::string_view query, std::size_t top_k) {
  if (bases.empty() || run.engine.database == nullptr || run.engine.indexes == nullptr || trimmed(query).empty()) return {};
  knowledge::RetrieveRequest request;
  request.query = query;
  request.top_k = std::clamp<std::size_t>(top_k, 1, 20);
  request.language = run.request.language;
  knowledge::Retrieved found =
      models::find_passages(run.request.scope, *run.engine.database, *run.engine.indexes, run.engine.search_models, bases,
                            request, {.deadline_us = run.request.deadline_us, .stop = run.request.stop});
  run.result.is_degraded = run.result.is_degraded || found.is_degraded;
  return std::move(found.passages);
}

models::Answer answer_without_model(const Vertex& vertex, std::string_view otherwise) {
  RunState& run = vertex.run;
  models::Question question;
  question.text = run.question();
  if (trimmed(question.text).empty()) question.text = otherwise;
  question.previous_text = previous_turn(run);
  question.language = run.request.language;

  std::vector<knowledge::Passage> passages;
  merge_passages(passages, run.passages_behind(vertex.index));
  merge_passages(passages,
                 retrieve_passages(run, run.request.knowledge_bases, models::retrieval_query(question), kAnswerPassages));
  models::Answer answer = models::answer_extractively(question, passages, run.request.answerer);

  run.result.outcome = answer.outcome;
  run.result.confidence = answer.confidence;
  run.result.language = answer.language;
  run.result.citations = answer.citations;
  run.result.suggestions = answer.suggestions;
  return answer;
}

}  // namespace guildhall::runtime
