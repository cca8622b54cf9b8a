// Two runs beside each other, and whether the second may take the place of the first (contracts/support-partner.md §2.8).
#include <algorithm>
#include <map>
#include <set>
#include <stdexcept>
#include <tuple>

#include "evaluation/metrics.h"

namespace guildhall::knowledge {
namespace {

constexpr double kFallPointsMax = 0.02;
constexpr std::size_t kFallCasesMin = 2;
/// Shares are quotients of small integers: what differs by less than this is equal.
constexpr double kShareEpsilon = 1e-9;

using ResultsById = std::map<EvaluationCaseId, const CaseResult*>;

ResultsById results_by_id(const std::vector<CaseResult>& results) {
  ResultsById by_id;
  for (const CaseResult& result : results) by_id.emplace(result.id, &result);
  return by_id;
}

std::vector<const CaseResult*> results_known_to(const std::vector<CaseResult>& results, const ResultsById& others) {
  std::vector<const CaseResult*> known;
  for (const CaseResult& result : results)
    if (others.contains(result.id)) known.push_back(&result);
  return known;
}

Change change_of(const CaseResult& before, const CaseResult& after) {
  const auto standing = [](const CaseResult& result) {
    return std::tuple(result.passed(), -result.gold_rank.value_or(11), result.citations_right > 0);
  };
  if (standing(after) == standing(before)) return Change::same;
  return standing(after) > standing(before) ? Change::better : Change::worse;
}

CaseChange case_change(const CaseResult* before, const CaseResult* after) {
  const CaseResult& known = after != nullptr ? *after : *before;
  CaseChange change;
  change.id = known.id;
  change.question = known.tested.question;
  change.language = known.tested.language;
  if (before != nullptr) change.failures_before = before->failures;
  if (after != nullptr) change.failures_after = after->failures;
  change.change = before == nullptr ? Change::added : after == nullptr ? Change::removed : change_of(*before, *after);
  return change;
}

MetricChange metric_change(const Metric& metric, const std::vector<const CaseResult*>& before,
                           const std::vector<const CaseResult*>& after, const ResultsById& after_by_id) {
  MetricChange change{
      .metric = metric.name, .before = total_of(metric, before), .after = total_of(metric, after), .worse = {}, .better = {}};
  for (const CaseResult* result : before) {
    const auto was = metric.share(*result);
    const auto is = metric.share(*after_by_id.at(result->id));
    if (!was || !is) continue;
    if (is->value() < was->value() - kShareEpsilon) change.worse.push_back(result->id);
    if (is->value() > was->value() + kShareEpsilon) change.better.push_back(result->id);
  }
  return change;
}

bool has_fallen(const MetricChange& change) {
  return change.before && change.after && *change.before - *change.after > kFallPointsMax + kShareEpsilon &&
         change.worse.size() >= change.better.size() + kFallCasesMin;
}

std::optional<double> floor_of(const Floors& floors, std::string_view metric) {
  if (metric == "hit_at_5") return floors.hit_at_5;
  if (metric == "citation_precision") return floors.citation_precision;
  if (metric == "refusal_recall") return floors.refusal_recall;
  if (metric == "language_match") return floors.language_match;
  throw std::logic_error("no gate watches this metric");
}

bool is_watched(std::string_view metric) {
  return std::find(std::begin(kGateMetrics), std::end(kGateMetrics), metric) != std::end(kGateMetrics);
}

/// Cases that do not have the whole share of a metric.
void add_cases_short_of(const Metric& metric, const std::vector<CaseResult>& results, std::set<EvaluationCaseId>& ids) {
  for (const CaseResult& result : results)
    if (const auto share = metric.share(result); share && share->value() < 1 - kShareEpsilon) ids.insert(result.id);
}

json::Array texts(const std::vector<std::string>& values) {
  json::Array array;
  for (const auto& value : values) array.push_back(json::Value(value));
  return array;
}

json::Array ids_json(const std::vector<EvaluationCaseId>& ids) {
  json::Array array;
  for (const auto& id : ids) array.push_back(json::Value(id.text()));
  return array;
}

}  // namespace

Comparison compare(const std::vector<CaseResult>& before, const std::vector<CaseResult>& after) {
  Comparison comparison;
  const ResultsById known_before = results_by_id(before);
  const ResultsById known_after = results_by_id(after);
  for (const CaseResult& result : after) {
    const auto it = known_before.find(result.id);
    comparison.cases.push_back(case_change(it == known_before.end() ? nullptr : it->second, &result));
  }
  for (const CaseResult& result : before)
    if (!known_after.contains(result.id)) comparison.cases.push_back(case_change(&result, nullptr));
  const auto common_before = results_known_to(before, known_after);
  const auto common_after = results_known_to(after, known_before);
  for (const Metric& metric : all_metrics())
    comparison.metrics.push_back(metric_change(metric, common_before, common_after, known_after));
  return comparison;
}

GateVerdict judge_gate(const Floors& floors, const std::vector<CaseResult>* live, const std::vector<CaseResult>& candidate) {
  GateVerdict verdict;
  std::set<EvaluationCaseId> failing;
  for (const CaseResult& result : candidate)
    if (result.tested.required && !result.passed()) failing.insert(result.id);
  if (!failing.empty()) verdict.failures.push_back({"required_case", {}, {}, {}, {}});
  if (live != nullptr)
    for (const MetricChange& change : compare(*live, candidate).metrics) {
      if (!is_watched(change.metric) || !has_fallen(change)) continue;
      verdict.failures.push_back({"fell", std::string(change.metric), change.before, change.after, {}});
      failing.insert(change.worse.begin(), change.worse.end());
    }
  std::vector<const CaseResult*> all;
  for (const CaseResult& result : candidate) all.push_back(&result);
  for (const Metric& metric : all_metrics()) {
    if (!is_watched(metric.name)) continue;
    const auto floor = floor_of(floors, metric.name);
    const auto reached = total_of(metric, all);
    if (!floor || !reached || *reached >= *floor - kShareEpsilon) continue;
    verdict.failures.push_back({"below_floor", std::string(metric.name), {}, reached, floor});
    add_cases_short_of(metric, candidate, failing);
  }
  verdict.case_ids.assign(failing.begin(), failing.end());
  return verdict;
}

std::string_view wire_name(Change change) {
  switch (change) {
    case Change::better: return "better";
    case Change::worse: return "worse";
    case Change::same: return "same";
    case Change::added: return "added";
    case Change::removed: return "removed";
  }
  throw std::logic_error("unknown change");
}

json::Object to_json(const Comparison& comparison) {
  json::Array metrics;
  for (const MetricChange& change : comparison.metrics)
    metrics.push_back(json::Object{{"metric", change.metric},
                                   {"before", printed_share(change.before)},
                                   {"after", printed_share(change.after)},
                                   {"better", ids_json(change.better)},
                                   {"worse", ids_json(change.worse)}});
  json::Array cases;
  std::map<std::string_view, std::int64_t> counts;
  for (const CaseChange& change : comparison.cases) {
    ++counts[wire_name(change.change)];
    cases.push_back(json::Object{{"id", change.id.text()},
                                 {"question", change.question},
                                 {"language", change.language},
                                 {"change", wire_name(change.change)},
                                 {"failures_before", texts(change.failures_before)},
                                 {"failures_after", texts(change.failures_after)}});
  }
  json::Object summary;
  for (const auto kind : {Change::better, Change::worse, Change::same, Change::added, Change::removed})
    summary[wire_name(kind)] = counts[wire_name(kind)];
  return {{"summary", std::move(summary)}, {"metrics", std::move(metrics)}, {"cases", std::move(cases)}};
}

json::Object to_json(const GateFailure& failure) {
  json::Object object{{"reason", failure.reason}};
  if (!failure.metric.empty()) object["metric"] = failure.metric;
  if (failure.before) object["before"] = printed_share(failure.before);
  if (failure.after) object["after"] = printed_share(failure.after);
  if (failure.floor) object["floor"] = printed_share(failure.floor);
  return object;
}

}  // namespace guildhall::knowledge
