// Decides what a model may be asked, and releases what it may say.
#include "grounded_speech.h"

#include <algorithm>

#include "answering.h"
#include "base/hash.h"
#include "base/text.h"
#include "knowledge/documents.h"
#include "knowledge/language.h"

namespace guildhall::runtime {
namespace {

constexpr std::size_t kNonceBytes = 8;

bool is_model(const PlannedVertex& vertex) {
  const std::string_view type = vertex.component->type;
  return type == "LanguageModelComponent" || (type.ends_with("Model") && type != "EmbeddingModel");
}

// A way leads to a ChatOutput on which no other model speaks.
bool speaks_to_visitor(const Plan& plan, std::size_t vertex) {
  std::vector<bool> seen(plan.vertices.size());
  std::vector<std::size_t> next{vertex};
  while (!next.empty()) {
    const std::size_t at = next.back();
    next.pop_back();
    for (const std::size_t successor : plan.vertices[at].successors) {
      if (seen[successor]) continue;
      seen[successor] = true;
      if (plan.vertices[successor].component->type == "ChatOutput") return true;
      if (!is_model(plan.vertices[successor])) next.push_back(successor);
    }
  }
  return false;
}

bool answers_chat(const Vertex& vertex) {
  const Plan& plan = vertex.run.plan;
  const std::vector<bool> behind = ancestors_of(plan, vertex.index);
  for (std::size_t v = 0; v < plan.vertices.size(); ++v) {
    if (behind[v] && plan.vertices[v].component->type == "ChatInput") return true;
  }
  return false;
}

bool is_indexed(const knowledge::Passage& passage) {
  return passage.document != DocumentId{};
}

bool have_documents(const RunState& run) {
  if (run.engine.database == nullptr) return false;
  const auto& bases = run.request.knowledge_bases;
  const auto& lent = run.request.provided_knowledge;
  return run.engine.database->read([&](store::Tx& tx) {
    if (lent && knowledge::has_documents(lent->scope, tx, lent->base)) return true;
    return std::any_of(bases.begin(), bases.end(),
                       [&](KnowledgeBaseId base) { return knowledge::has_documents(run.request.scope, tx, base); });
  });
}

// Lists of different sources meet: each list's best becomes 1.
void scale_scores(std::vector<knowledge::Passage>& passages) {
  double top = 0;
  for (const knowledge::Passage& passage : passages) top = std::max(top, passage.score);
  for (knowledge::Passage& passage : passages) passage.score = top > 0 ? passage.score / top : passage.score;
}

// False when the run has no documents at all.
bool gather_passages(const Vertex& vertex, const models::Question& question, Grounding& grounding) {
  RunState& run = vertex.run;
  std::vector<knowledge::Passage> behind = run.passages_behind(vertex.index);
  if (std::any_of(behind.begin(), behind.end(), is_indexed)) {
    grounding.passages = std::move(behind);
    return true;
  }
  if (run.request.without_knowledge || !has_knowledge(run.request)) return false;
  grounding.passages = retrieve_attached(run, models::retrieval_query(question), kAnswerPassages);
  if (grounding.passages.empty() && !have_documents(run)) return false;
  grounding.shown = grounding.passages.size();
  grounding.nonce = to_hex(random_bytes(kNonceBytes));
  scale_scores(grounding.passages);
  scale_scores(behind);
  // A file or a variable of the prompt supports what is said, but is no reason to refuse the rest.
  grounding.passages.insert(grounding.passages.end(), behind.begin(), behind.end());
  return true;
}

std::string visitor_language(const models::Question& question, const models::Answer& verdict) {
  const std::string detected = knowledge::detect_language(question.text, question.language);
  if (detected != "und" && !detected.empty()) return detected;
  return question.language.empty() ? verdict.language : question.language;
}

}  // namespace

std::optional<Grounding> ground(const Vertex& vertex, const ModelInput& input) {
  RunState& run = vertex.run;
  const bool wants_json = vertex.has_slot("json_mode") && vertex.flag("json_mode");
  if (wants_json || !speaks_to_visitor(run.plan, vertex.index) || !answers_chat(vertex)) return std::nullopt;
  const models::Question question = visitor_question(run, {});
  if (trimmed(question.text).empty()) return std::nullopt;
  Grounding grounding;
  if (!gather_passages(vertex, question, grounding)) return std::nullopt;

  const models::AnswererSettings& settings = run.request.answerer;
  const bool may_speak_generally = settings.fallback == models::Fallback::general && !settings.is_strict;
  models::Answer verdict = models::answer_within_limits(question, grounding.passages, settings);
  grounding.confidence = verdict.confidence;
  grounding.language = visitor_language(question, verdict);
  grounding.trusted_texts = {run.request.system_prompt, question.text};
  if (!vertex.is_connected("system_message")) grounding.trusted_texts.push_back(input.system);
  if (verdict.outcome == models::Outcome::refused && may_speak_generally) {
    grounding.is_general = true;
    grounding.shown = 0;
  } else if (verdict.outcome != models::Outcome::answer && verdict.outcome != models::Outcome::clarification) {
    grounding.instead = std::move(verdict);
  }
  return grounding;
}

Speech::Speech(const Vertex& vertex, Message& message, const Grounding* grounding)
    : vertex_(vertex), message_(message), grounding_(grounding) {
  if (grounding_ == nullptr) return;
  // Without documents in its prompt there is nothing that could put a foreign link into its mouth.
  if (!grounding_->is_general || !vertex.run.passages_behind(vertex.index).empty()) {
    models::GroundingRules rules;
    rules.is_strict = vertex.run.request.answerer.is_strict;
    rules.visitor_language = grounding_->language;
    rules.trusted_texts = grounding_->trusted_texts;
    rules.private_texts = {vertex.run.request.system_prompt, models::material_rules(grounding_->nonce, grounding_->language)};
    check_ = std::make_unique<models::GroundedReply>(
        grounding_->is_general ? std::vector<knowledge::Passage>() : grounding_->passages, std::move(rules));
  }
}

bool Speech::show(std::string_view text) {
  if (text.empty()) return true;
  std::string said;
  if (shown_.empty() && grounding_ != nullptr && grounding_->is_general) {
    said = models::platform_text("not_from_documents", grounding_->language) + "\n\n";
  }
  said += text;
  shown_ += said;
  return !message_.id || vertex_.run.token(*message_.id, said);
}

bool Speech::take(std::string_view chunk) {
  heard_ += chunk;
  return show(check_ ? check_->feed(chunk) : std::string(chunk));
}

void Speech::finish() {
  conclude(check_ ? check_->finish() : std::string());
  message_.text = shown_;
}

void Speech::conclude(std::string_view rest) {
  RunState& run = vertex_.run;
  show(rest);
  if (grounding_ == nullptr) {
    const std::vector<knowledge::Passage> passages = run.passages_behind(vertex_.index);
    if (!passages.empty()) run.result.citations = models::cite(shown_, passages);
    run.result.is_grounded = !run.result.citations.empty();
    return;
  }
  models::Answer answer;
  if (trimmed(shown_).empty()) {
    answer = models::nothing_supported(grounding_->passages, grounding_->language, run.request.answerer);
    shown_ = answer.text;
    if (message_.id) run.token(*message_.id, shown_);
  } else {
    answer.outcome = models::Outcome::answer;
    answer.confidence = grounding_->confidence;
    answer.language = knowledge::detect_language(shown_, grounding_->language);
    if (answer.language == "und") answer.language = grounding_->language;
    if (check_) answer.citations = check_->citations();
  }
  conclude_with(run, answer);
  run.result.removed_sentences = check_ ? check_->removed_sentences() : 0;
}

void conclude_with(RunState& run, const models::Answer& answer) {
  run.result.outcome = answer.outcome;
  run.result.confidence = answer.confidence;
  run.result.language = answer.language;
  run.result.citations = answer.citations;
  run.result.suggestions = answer.suggestions;
  run.result.is_grounded = !answer.citations.empty();
}

}  // namespace guildhall::runtime
