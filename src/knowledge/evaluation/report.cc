// Totals, languages and the threshold of one run (contracts/support-partner.md §2.8).
#include <algorithm>
#include <cmath>
#include <set>

#include "evaluation/matching.h"
#include "evaluation/metrics.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

std::int64_t nearest_rank(const std::vector<std::int64_t>& sorted, double share) {
  if (sorted.empty()) return 0;
  const auto rank = static_cast<std::size_t>(std::ceil(share * static_cast<double>(sorted.size())));
  return sorted[std::max<std::size_t>(rank, 1) - 1];
}

/// A case the threshold decides: whether it should be answered, and how sure the answerer was.
struct Decided {
  EvaluationCaseId id;
  bool is_answerable = false;
  double confidence = 0;
};

std::vector<Decided> decided_cases(const std::vector<CaseResult>& results, bool is_answerable) {
  std::vector<Decided> decided;
  const auto wanted = is_answerable ? Expectation::answer : Expectation::refuse;
  for (const CaseResult& result : results) {
    const bool is_decided = result.outcome == "answer" || result.outcome == "refused" || result.outcome == "clarification";
    if (is_decided && result.tested.expect == wanted) decided.push_back({result.id, is_answerable, result.confidence});
  }
  std::sort(decided.begin(), decided.end(), [](const Decided& a, const Decided& b) { return a.id < b.id; });
  return decided;
}

ThresholdHalf measured(const std::vector<Decided>& cases, double threshold) {
  ThresholdHalf half;
  double refused = 0;
  double answered = 0;
  double answerable = 0;
  for (const Decided& decided : cases) {
    const bool is_answered = decided.confidence >= threshold;
    answerable += decided.is_answerable ? 1 : 0;
    answered += decided.is_answerable && is_answered ? 1 : 0;
    refused += !decided.is_answerable && !is_answered ? 1 : 0;
  }
  half.cases = static_cast<std::int64_t>(cases.size());
  half.answered_when_answerable = answered / answerable;
  half.refusal_recall = refused / (static_cast<double>(cases.size()) - answerable);
  return half;
}

/// 0, 1 and what lies half way between two confidences. Of equally good ones the nearest to a half is taken, then the lower.
double best_threshold(const std::vector<Decided>& cases) {
  std::set<double> confidences;
  for (const Decided& decided : cases) confidences.insert(decided.confidence);
  std::vector<double> candidates{0};
  for (auto it = confidences.begin(); it != confidences.end() && std::next(it) != confidences.end(); ++it)
    candidates.push_back((*it + *std::next(it)) / 2);
  candidates.push_back(1);
  double best = 0;
  double best_mean = -1;
  for (const double candidate : candidates) {
    const double mean = measured(cases, candidate).mean();
    const bool is_nearer = std::abs(candidate - 0.5) < std::abs(best - 0.5);
    if (mean > best_mean + 1e-12 || (mean > best_mean - 1e-12 && is_nearer)) {
      best = candidate;
      best_mean = std::max(mean, best_mean);
    }
  }
  return best;
}

double auc(const std::vector<Decided>& answerable, const std::vector<Decided>& others) {
  double won = 0;
  for (const Decided& a : answerable)
    for (const Decided& b : others) won += a.confidence > b.confidence ? 1 : a.confidence == b.confidence ? 0.5 : 0;
  return won / (static_cast<double>(answerable.size()) * static_cast<double>(others.size()));
}

json::Object half_json(const ThresholdHalf& half) {
  return {{"cases", half.cases},
          {"refusal_recall", printed_share(half.refusal_recall)},
          {"answered_when_answerable", printed_share(half.answered_when_answerable)},
          {"mean", printed_share(half.mean())}};
}

json::Object retrieval_report_json(const RetrievalReport& report) {
  return {{"lexical", report.lexical},       {"hybrid", report.hybrid},        {"cases", report.cases},
          {"unmeasured", report.unmeasured}, {"model", report.settings.model}, {"dense_weight", report.settings.dense_weight},
          {"fusion", report.settings.fusion}};
}

/// The settings are those of the last case: one asked with others, because somebody changed them meanwhile, is not measured.
std::optional<RetrievalReport> retrieval_report(const std::vector<CaseResult>& results) {
  RetrievalReport report;
  for (const CaseResult& result : results)
    if (result.retrieval) report.settings = result.retrieval->settings;
  for (const CaseResult& result : results) {
    if (result.tested.expect != Expectation::answer || result.tested.gold.empty()) continue;
    const auto& measured = result.retrieval;
    if (!measured || !measured->hybrid || measured->settings != report.settings) {
      ++report.unmeasured;
      continue;
    }
    ++report.cases;
    report.lexical += measured->lexical;
    report.hybrid += *measured->hybrid;
  }
  if (report.cases == 0) return std::nullopt;
  const auto mean = [&](double sum) { return std::round(sum / static_cast<double>(report.cases) * 10'000) / 10'000; };
  report.lexical = mean(report.lexical);
  report.hybrid = mean(report.hybrid);
  return report;
}

json::Object scores_json(const Scores& scores) {
  json::Object object{{"cases", scores.cases}, {"passed", scores.passed}, {"errors", scores.errors}};
  for (const Metric& metric : all_metrics()) object[metric.name] = printed_share(scores.*metric.total);
  object["latency_ms_p50"] = scores.latency_ms_p50;
  object["latency_ms_p95"] = scores.latency_ms_p95;
  return object;
}

}  // namespace

Scores scores_of(const std::vector<const CaseResult*>& results) {
  Scores scores;
  std::vector<std::int64_t> latencies_ms;
  for (const CaseResult* result : results) {
    ++scores.cases;
    scores.passed += result->passed() ? 1 : 0;
    if (result->outcome == "error")
      ++scores.errors;
    else
      latencies_ms.push_back(result->latency_ms);
  }
  for (const Metric& metric : all_metrics()) scores.*metric.total = total_of(metric, results);
  std::sort(latencies_ms.begin(), latencies_ms.end());
  scores.latency_ms_p50 = nearest_rank(latencies_ms, 0.50);
  scores.latency_ms_p95 = nearest_rank(latencies_ms, 0.95);
  return scores;
}

std::optional<ThresholdReport> choose_threshold(const std::vector<CaseResult>& results) {
  const auto answerable = decided_cases(results, true);
  const auto others = decided_cases(results, false);
  if (answerable.size() < 2 || others.size() < 2) return std::nullopt;
  // Ids are hashes of the questions: every second one is a fair half, the same in every run.
  std::vector<Decided> halves[2];
  for (const auto* kind : {&answerable, &others})
    for (std::size_t i = 0; i < kind->size(); ++i) halves[i % 2].push_back((*kind)[i]);
  ThresholdReport report;
  report.threshold = best_threshold(halves[0]);
  report.chosen_on = measured(halves[0], report.threshold);
  report.reported_on = measured(halves[1], report.threshold);
  report.auc = auc(answerable, others);
  return report;
}

EvaluationReport report_on(const std::vector<CaseResult>& results) {
  EvaluationReport report;
  std::vector<const CaseResult*> all;
  std::map<std::string, std::vector<const CaseResult*>> by_language;
  for (const CaseResult& result : results) {
    all.push_back(&result);
    if (!result.tested.language.empty()) by_language[primary_language(result.tested.language)].push_back(&result);
  }
  report.total = scores_of(all);
  for (const auto& [language, group] : by_language) report.by_language.emplace(language, scores_of(group));
  report.threshold = choose_threshold(results);
  report.retrieval = retrieval_report(results);
  return report;
}

json::Object to_json(const EvaluationReport& report) {
  json::Object languages;
  for (const auto& [language, scores] : report.by_language) languages[language] = scores_json(scores);
  json::Value threshold(nullptr);
  if (report.threshold)
    threshold = json::Object{{"threshold", printed_share(report.threshold->threshold)},
                             {"chosen_on", half_json(report.threshold->chosen_on)},
                             {"reported_on", half_json(report.threshold->reported_on)},
                             {"auc", printed_share(report.threshold->auc)}};
  return {{"total", scores_json(report.total)},
          {"by_language", std::move(languages)},
          {"threshold", std::move(threshold)},
          {"retrieval", report.retrieval ? json::Value(retrieval_report_json(*report.retrieval)) : json::Value(nullptr)}};
}

}  // namespace guildhall::knowledge
