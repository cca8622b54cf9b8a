// The answer of a run, in the words of the registry dialect.
#include "registry/run_answer.h"

#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

json::Array citations_json(const std::vector<models::Citation>& citations) {
  json::Array array;
  for (const auto& citation : citations)
    array.push_back(json::Object{{"n", citation.n},
                                 {"document_id", citation.document.text()},
                                 {"title", citation.title},
                                 {"page", citation.page ? json::Value(*citation.page) : json::Value(nullptr)},
                                 {"url", citation.url.empty() ? json::Value(nullptr) : json::Value(citation.url)},
                                 {"heading_path", strings(citation.heading_path)},
                                 {"anchor", citation.anchor},
                                 {"quote", citation.quote},
                                 {"language", citation.language}});
  return array;
}

}  // namespace

json::Object run_answer_json(const Call& call, const gateway::RunAnswer& answer, bool with_text) {
  const auto& usage = answer.result.usage;
  json::Object body;
  if (with_text) {
    body["response"] = answer.result.text();
    body["output"] = answer.result.text();
  }
  body["conversation_id"] = answer.conversation.text();
  body["session_id"] = answer.result.session_id;
  body["message_id"] = answer.message.text();
  body["request_id"] = call.request().request_id;
  body["agent_id"] = answer.agent_id;
  body["version"] = answer.version;
  body["timestamp"] = rfc3339(answer.finished_at);
  body["tokens_used"] = json::Object{{"input", usage.input_tokens}, {"output", usage.output_tokens}};
  body["usage"] = json::Object{{"input_tokens", usage.input_tokens},
                               {"output_tokens", usage.output_tokens},
                               {"total_tokens", usage.total()},
                               {"elapsed_ms", answer.elapsed_ms}};
  body["citations"] = citations_json(answer.result.citations);
  body["metadata"] = json::Object{{"confidence", answer.result.confidence},
                                  {"intent", nullptr},
                                  {"outcome", models::wire_name(answer.result.outcome)},
                                  {"language", answer.result.language},
                                  {"suggestions", strings(answer.result.suggestions)},
                                  {"grounded", answer.result.is_grounded},
                                  {"removed_sentences", answer.result.removed_sentences},
                                  {"degraded", answer.result.is_degraded},
                                  {"handover", answer.result.outcome == models::Outcome::handover}};
  return body;
}

}  // namespace guildhall::api::registry_dialect
