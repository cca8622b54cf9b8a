// The worker behind an evaluation.
#include "gateway/evaluate.h"

#include <map>
#include <stdexcept>

#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "gateway/limits.h"
#include "knowledge/dense.h"
#include "knowledge/evaluation.h"
#include "net/client.h"
#include "runtime/sessions.h"

namespace guildhall::gateway {
namespace {

constexpr int kLastAttempt = 10;

/// The same case of the same evaluation is the same request, however often it is asked.
std::string request_id_of(const knowledge::Evaluation& evaluation, std::int64_t ordinal) {
  const Sha256 digest = sha256(evaluation.id.text() + ":" + std::to_string(ordinal));
  Uuid id;
  std::copy_n(digest.begin(), id.bytes.size(), id.bytes.begin());
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x80);
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);
  return dashed(id);
}

Scope scope_of_evaluation(const knowledge::Evaluation& evaluation) {
  Scope scope = identity::system_scope(evaluation.organization, "evaluation");
  scope.subscription = evaluation.owner.subscription;
  return scope;
}

/// Whether another try may go better: the server's trouble, not the answer.
bool is_passing(Code code) {
  return code == Code::overloaded || code == Code::database_unavailable;
}

knowledge::Evidence evidence_of(const knowledge::Passage& passage, std::vector<std::string> names) {
  const std::string& text = passage.text;
  return {std::move(names), passage.heading_path, passage.page, passage.question.empty() ? text : passage.question + "\n" + text};
}

knowledge::Evidence evidence_of(const models::Citation& citation, std::vector<std::string> names) {
  return {std::move(names), citation.heading_path, citation.page, citation.quote};
}

/// One evaluation at work.
class Asking {
 public:
  Asking(Gateway& gateway, store::Database& database, knowledge::Indexes& indexes, models::SearchModels* search_models,
         const knowledge::Evaluation& evaluation)
      : gateway_(gateway),
        database_(database),
        indexes_(indexes),
        search_models_(search_models),
        evaluation_(evaluation),
        scope_(scope_of_evaluation(evaluation)) {}

  void ask(const knowledge::PendingCase& pending) {
    const std::string request_id = request_id_of(evaluation_, pending.ordinal);
    const auto seen = observe(pending.tested, request_id);
    const auto result = knowledge::judge(pending.id, pending.tested, seen);
    database_.write([&](store::Tx& tx) {
      knowledge::record_result(tx, evaluation_, pending.ordinal, result);
      runtime::delete_session(scope_, tx, {scope_.organization, evaluation_.set.uuid, request_id});
    });
  }

 private:
  knowledge::Observation observe(const knowledge::EvaluationCase& tested, const std::string& request_id) {
    const auto names = [this](DocumentId document) { return names_of(document); };
    const auto failed = [](std::string message) {
      knowledge::Observation seen;
      seen.outcome = "error";
      seen.error = std::move(message);
      return seen;
    };
    try {
      const auto passages = passages_for(tested);
      const RunAnswer answer = run(tested.question, request_id);
      auto seen = observation_of(answer.result, passages, names);
      seen.latency_ms = answer.elapsed_ms;
      seen.retrievals = retrievals_for(tested);
      return seen;
    } catch (const Refusal& refusal) {
      if (is_passing(refusal.code)) throw;
      return failed(std::string(name(refusal.code)) + ": " + refusal.message);
    } catch (const std::exception& error) {
      log::error("evaluation.case_failed", {{"evaluation", evaluation_.id.text()}, {"what", std::string_view(error.what())}});
      return failed("internal_error: something went wrong inside");
    }
  }

  RunAnswer run(const std::string& question, const std::string& request_id) {
    EvaluatedAgent target;
    target.scope = scope_;
    target.agent = evaluation_.agent;
    target.version = evaluation_.version;
    target.config = evaluation_.config;
    target.knowledge_base = evaluation_.base;
    target.owner = evaluation_.set.uuid;
    target.request_id = request_id;
    Caller caller;
    caller.request_id = request_id;
    caller.endpoint = "evaluation";
    caller.method = "JOB";
    RunCall call;
    call.channel = "evaluation";
    call.input_value = question;
    call.session_id = request_id;
    call.history.emplace();
    call.received_us = monotonic_us();
    return gateway_.evaluation_run(target, caller, call);
  }

  std::vector<knowledge::Passage> passages_for(const knowledge::EvaluationCase& tested) {
    if (!evaluation_.base || tested.gold.empty()) return {};
    return models::find_passages(scope_, database_, indexes_, search_models_, {*evaluation_.base}, request_for(tested)).passages;
  }

  /// By words and with vectors, where the base has vectors to measure.
  std::optional<knowledge::TwoRetrievals> retrievals_for(const knowledge::EvaluationCase& tested) {
    if (search_models_ == nullptr || !evaluation_.base || tested.gold.empty()) return std::nullopt;
    const std::string model = search_models_->model_name();
    const auto how =
        database_.read([&](store::Tx& tx) { return knowledge::dense_measurable(scope_, tx, *evaluation_.base, model); });
    if (!how) return std::nullopt;
    const auto found =
        models::find_both_ways(scope_, database_, indexes_, *search_models_, *evaluation_.base, request_for(tested));
    knowledge::TwoRetrievals both{
        {model, how->weight, std::string(knowledge::wire_name(how->fusion))}, evidence_in(found.lexical), std::nullopt};
    if (found.hybrid) both.hybrid = evidence_in(*found.hybrid);
    return both;
  }

  static knowledge::RetrieveRequest request_for(const knowledge::EvaluationCase& tested) {
    return {.query = tested.question, .top_k = kEvaluatedPassages, .language = {}};
  }

  std::vector<knowledge::Evidence> evidence_in(const knowledge::Retrieved& found) {
    std::vector<knowledge::Evidence> evidence;
    for (const auto& passage : found.passages) evidence.push_back(evidence_of(passage, names_of(passage.document)));
    return evidence;
  }

  std::vector<std::string> names_of(DocumentId document) {
    auto& names = names_[document];
    if (names.empty())
      names = database_.read([&](store::Tx& tx) { return knowledge::names_of_document(tx, scope_.organization, document); });
    return names;
  }

  Gateway& gateway_;
  store::Database& database_;
  knowledge::Indexes& indexes_;
  models::SearchModels* search_models_;
  const knowledge::Evaluation& evaluation_;
  Scope scope_;
  std::map<DocumentId, std::vector<std::string>> names_;
};

void ask_for_a_while(Asking& asking, store::Database& database, const knowledge::Evaluation& evaluation,
                     const std::stop_token& stop) {
  const std::int64_t until_us = monotonic_us() + kEvaluationSliceUs;
  while (!stop.stop_requested() && monotonic_us() < until_us) {
    const auto pending = database.read([&](store::Tx& tx) { return knowledge::next_case(tx, evaluation); });
    if (!pending) return;
    asking.ask(*pending);
  }
}

}  // namespace

knowledge::Observation observation_of(const runtime::RunResult& result, const std::vector<knowledge::Passage>& passages,
                                      const std::function<std::vector<std::string>(DocumentId)>& names) {
  knowledge::Observation seen;
  seen.outcome = models::wire_name(result.outcome);
  seen.answer = result.text();
  seen.language = result.language;
  seen.confidence = result.confidence;
  for (const auto& passage : passages) seen.passages.push_back(evidence_of(passage, names(passage.document)));
  for (const auto& citation : result.citations) seen.citations.push_back(evidence_of(citation, names(citation.document)));
  return seen;
}

void evaluate(Gateway& gateway, store::Database& database, knowledge::Indexes& indexes, models::SearchModels* search_models,
              const delivery::Job& job, const std::stop_token& stop) {
  const auto id = EvaluationId::parse(json::text_of(job.payload, "evaluation_id"));
  const auto slice = json::integer_of(job.payload, "slice");
  if (!id || !slice) throw std::logic_error("an evaluation job without an evaluation");
  const auto evaluation = database.read([&](store::Tx& tx) { return knowledge::find_evaluation(tx, job.organization, *id); });
  if (!evaluation) return;
  try {
    Asking asking(gateway, database, indexes, search_models, *evaluation);
    ask_for_a_while(asking, database, *evaluation, stop);
    database.write([&](store::Tx& tx) { knowledge::continue_evaluation(tx, *evaluation, *slice); });
  } catch (const std::exception& error) {
    if (job.attempt < kLastAttempt) throw;
    database.write([&](store::Tx& tx) { knowledge::fail_evaluation(tx, *evaluation, error.what()); });
  }
}

}  // namespace guildhall::gateway
