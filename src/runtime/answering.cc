// Finds passages for a question and lets the extractive answerer speak.
#include "answering.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "grounded_speech.h"

namespace guildhall::runtime {
namespace {

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

std::vector<knowledge::Passage> retrieve_as(const Scope& scope, RunState& run, const std::vector<KnowledgeBaseId>& bases,
                                            std::string_view query, std::size_t top_k) {
  if (bases.empty() || run.engine.database == nullptr || run.engine.indexes == nullptr || trimmed(query).empty()) return {};
  knowledge::RetrieveRequest request;
  request.query = query;
  request.top_k = std::clamp<std::size_t>(top_k, 1, 20);
  request.language = run.request.language;
  knowledge::Retrieved found =
      models::find_passages(scope, *run.engine.database, *run.engine.indexes, run.engine.search_models, bases, request,
                            {.deadline_us = run.request.deadline_us, .stop = run.request.stop});
  run.result.is_degraded = run.result.is_degraded || found.is_degraded;
  return std::move(found.passages);
}

}  // namespace

std::vector<knowledge::Passage> retrieve_passages(RunState& run, const std::vector<KnowledgeBaseId>& bases,
                                                  std::string_view query, std::size_t top_k) {
  return retrieve_as(run.request.scope, run, bases, query, top_k);
}

std::vector<knowledge::Passage> retrieve_attached(RunState& run, std::string_view query, std::size_t top_k) {
  const RunRequest& request = run.request;
  auto passages = retrieve_as(request.scope, run, request.knowledge_bases, query, top_k);
  if (!request.provided_knowledge) return passages;
  const auto& [provider, base] = *request.provided_knowledge;
  // An evaluation of the provider itself may have attached the same base.
  const auto& own = request.knowledge_bases;
  if (provider.organization == request.scope.organization && std::find(own.begin(), own.end(), base) != own.end())
    return passages;
  auto lent = retrieve_as(provider, run, {base}, query, top_k);
  std::vector<knowledge::Passage> both;
  std::merge(std::make_move_iterator(passages.begin()), std::make_move_iterator(passages.end()),
             std::make_move_iterator(lent.begin()), std::make_move_iterator(lent.end()), std::back_inserter(both),
             [](const knowledge::Passage& a, const knowledge::Passage& b) { return a.score > b.score; });
  if (both.size() > top_k) both.resize(top_k);
  return both;
}

bool has_knowledge(const RunRequest& request) {
  return !request.knowledge_bases.empty() || request.provided_knowledge.has_value();
}

models::Question visitor_question(const RunState& run, std::string_view otherwise) {
  models::Question question;
  question.text = run.question();
  if (trimmed(question.text).empty()) question.text = otherwise;
  question.previous_text = previous_turn(run);
  question.language = run.request.language;
  return question;
}

models::Answer answer_without_model(const Vertex& vertex, std::string_view otherwise) {
  RunState& run = vertex.run;
  const models::Question question = visitor_question(run, otherwise);
  std::vector<knowledge::Passage> passages;
  merge_passages(passages, run.passages_behind(vertex.index));
  merge_passages(passages, retrieve_attached(run, models::retrieval_query(question), kAnswerPassages));
  models::Answer answer = models::answer_within_limits(question, passages, run.request.answerer);
  conclude_with(run, answer);
  return answer;
}

}  // namespace guildhall::runtime
