// Cases and results as JSON: what is stored, exported and read back.
#include "evaluation/metrics.h"
#include "knowledge/question_sets.h"

namespace guildhall::knowledge {
namespace {

json::Array texts_json(const std::vector<std::string>& values) {
  json::Array array;
  for (const auto& value : values) array.push_back(json::Value(value));
  return array;
}

json::Object gold_json(const Gold& gold) {
  json::Object object{{"document", gold.document}};
  if (!gold.heading.empty()) object["heading"] = gold.heading;
  if (gold.page) object["page"] = *gold.page;
  if (!gold.quote.empty()) object["quote"] = gold.quote;
  return object;
}

json::Object retrieval_json(const RetrievalScores& scores) {
  return {{"lexical", printed_share(scores.lexical)},
          {"hybrid", printed_share(scores.hybrid)},
          {"model", scores.settings.model},
          {"dense_weight", scores.settings.dense_weight},
          {"fusion", scores.settings.fusion}};
}

std::optional<double> number_of(const json::Value& value, std::string_view name) {
  const json::Value* found = json::find(value, name);
  return found != nullptr && found->is_number() ? std::optional(found->to_number<double>()) : std::nullopt;
}

RetrievalScores retrieval_of_json(const json::Value& value) {
  return {{std::string(json::text_of(value, "model")), number_of(value, "dense_weight").value_or(0),
           std::string(json::text_of(value, "fusion"))},
          number_of(value, "lexical").value_or(0),
          number_of(value, "hybrid")};
}

}  // namespace

std::string_view wire_name(Expectation expectation) {
  switch (expectation) {
    case Expectation::answer: return "answer";
    case Expectation::refuse: return "refuse";
    case Expectation::handover: return "handover";
  }
  return {};
}

std::optional<Expectation> expectation_named(std::string_view name) {
  for (const auto each : {Expectation::answer, Expectation::refuse, Expectation::handover})
    if (wire_name(each) == name) return each;
  return std::nullopt;
}

json::Object to_json(const EvaluationCase& tested) {
  json::Array gold;
  for (const Gold& each : tested.gold) gold.push_back(gold_json(each));
  return {{"question", tested.question},
          {"language", tested.language},
          {"expect", wire_name(tested.expect)},
          {"gold", std::move(gold)},
          {"must_contain", texts_json(tested.must_contain)},
          {"must_not_contain", texts_json(tested.must_not_contain)},
          {"required", tested.required}};
}

json::Object to_json(const CaseResult& result) {
  json::Object object{{"id", result.id.text()}, {"passed", result.passed()}};
  for (const auto& member : to_json(result.tested)) object.insert(member);
  object["failures"] = texts_json(result.failures);
  object["outcome"] = result.outcome;
  object["answer"] = result.answer;
  object["answer_language"] = result.language;
  object["confidence"] = printed_share(result.confidence);
  object["latency_ms"] = result.latency_ms;
  object["error"] = result.error.empty() ? json::Value(nullptr) : json::Value(result.error);
  object["gold_rank"] = result.gold_rank ? json::Value(*result.gold_rank) : json::Value(nullptr);
  object["ndcg_at_10"] = printed_share(result.ndcg_at_10);
  object["citations"] = result.citations;
  object["citations_right"] = result.citations_right;
  if (result.retrieval) object["retrieval"] = retrieval_json(*result.retrieval);
  return object;
}

std::optional<CaseResult> result_of_json(const json::Value& value) {
  CaseResult result;
  std::vector<FieldError> errors;
  result.tested = case_of_json(value, errors);
  const auto id = EvaluationCaseId::parse(json::text_of(value, "id"));
  if (!id || !errors.empty()) return std::nullopt;
  const auto number = [&](std::string_view name) { return number_of(value, name).value_or(0); };
  result.id = *id;
  result.outcome = json::text_of(value, "outcome");
  result.answer = json::text_of(value, "answer");
  result.language = json::text_of(value, "answer_language");
  result.confidence = number("confidence");
  result.latency_ms = json::integer_of(value, "latency_ms").value_or(0);
  result.error = json::text_of(value, "error");
  result.gold_rank = json::integer_of(value, "gold_rank");
  result.ndcg_at_10 = number("ndcg_at_10");
  result.citations = json::integer_of(value, "citations").value_or(0);
  result.citations_right = json::integer_of(value, "citations_right").value_or(0);
  if (const auto* retrieval = json::find(value, "retrieval")) result.retrieval = retrieval_of_json(*retrieval);
  if (const auto* failures = json::find_array(value, "failures"))
    for (const auto& failure : *failures)
      if (failure.is_string()) result.failures.emplace_back(json::view(failure.get_string()));
  return result;
}

}  // namespace guildhall::knowledge
