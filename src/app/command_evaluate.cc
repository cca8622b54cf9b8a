// `guildhall evaluate`: a flow asked every question of a file, with no server (contracts/support-partner.md §2.8).
#include <charconv>
#include <cstdio>
#include <map>

#include "app/commands.h"
#include "base/errors.h"
#include "base/text.h"
#include "gateway/evaluate.h"
#include "installation.h"
#include "knowledge/evaluation.h"
#include "local_knowledge.h"
#include "store/migrations.h"

namespace guildhall::app {
namespace {

constexpr std::int64_t kCaseTimeoutUs = 60 * kMicrosecondsPerSecond;

std::string option(const CommandLine& line, const std::string& name) {
  const auto it = line.options.find(name);
  return it == line.options.end() ? std::string() : it->second;
}

/// `hit_at_5=0.8,refusal_recall=0.9`.
knowledge::Floors floors_of(const std::string& text) {
  knowledge::Floors floors;
  for (const auto part : split(text, ',')) {
    if (trimmed(part).empty()) continue;
    const auto equals = part.find('=');
    const std::string_view name = trimmed(part.substr(0, equals));
    const std::string_view number = equals == std::string_view::npos ? std::string_view() : trimmed(part.substr(equals + 1));
    double value = -1;
    const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    std::optional<double>* floor = name == "hit_at_5"             ? &floors.hit_at_5
                                   : name == "citation_precision" ? &floors.citation_precision
                                   : name == "refusal_recall"     ? &floors.refusal_recall
                                   : name == "language_match"     ? &floors.language_match
                                                                  : nullptr;
    const bool is_share = error == std::errc() && end == number.data() + number.size() && value >= 0 && value <= 1;
    if (floor == nullptr || !is_share)
      throw Refusal(Code::validation_failed,
                    "--floors takes hit_at_5, citation_precision, refusal_recall and language_match with a share from 0 to 1, "
                    "as in hit_at_5=0.8,refusal_recall=0.9");
    *floor = value;
  }
  return floors;
}

std::vector<knowledge::EvaluationCase> questions_of(const std::string& path) {
  auto read = knowledge::parse_questions(read_file(path));
  if (read.errors.empty()) return std::move(read.cases);
  std::vector<FieldError> fields;
  for (const auto& error : read.errors)
    fields.push_back({"line " + std::to_string(error.line) + (error.field.empty() ? "" : ", " + error.field), error.message});
  throw Refusal(Code::validation_failed, path + " does not read").with_fields(std::move(fields));
}

/// The results of an earlier report; Refusal(validation_failed) when the file is no report.
std::vector<knowledge::CaseResult> results_of_report(const std::string& path) {
  const json::Value report = json::parse_or_refuse(read_file(path));
  const json::Array* list = json::find_array(report, "results");
  std::vector<knowledge::CaseResult> results;
  const auto refuse = [&] { return Refusal(Code::validation_failed, path + " is no report of guildhall evaluate --json"); };
  if (list == nullptr) throw refuse();
  for (const auto& each : *list) {
    auto result = knowledge::result_of_json(each);
    if (!result) throw refuse();
    results.push_back(std::move(*result));
  }
  return results;
}

/// A flow, its documents in memory, and the way to ask it.
class LocalFlow {
 public:
  LocalFlow(const CommandLine& line, const std::string& flow)
      : database_(store::open_database({.url = "sqlite::memory:", .clock = &clock_})), client_(client_options(line.settings)) {
    store::migrate(*database_);
    engine_ = engine_of(line.settings, *database_, client_, indexes_, extractor_);
    prepared_ = runtime::prepare(json::parse_or_refuse(read_file(flow)), FlowId::random());
    const std::string folders = option(line, "knowledge");
    for (const auto folder : split(folders, ','))
      if (!trimmed(folder).empty()) base_ = learn(*database_, extractor_, scope_, std::string(trimmed(folder)));
  }

  knowledge::CaseResult ask(const knowledge::EvaluationCase& tested) {
    return knowledge::judge(knowledge::case_id(tested), tested, observe(tested));
  }

 private:
  knowledge::Observation observe(const knowledge::EvaluationCase& tested) {
    try {
      std::vector<knowledge::Passage> passages;
      if (base_ && !tested.gold.empty())
        passages =
            knowledge::retrieve(scope_, *database_, indexes_, {*base_}, {.query = tested.question, .top_k = 10, .language = {}})
                .passages;
      const std::int64_t began_us = monotonic_us();
      const auto result = run(tested.question);
      auto seen = gateway::observation_of(result, passages, [this](DocumentId document) {
        return database_->read([&](store::Tx& tx) { return knowledge::names_of_document(tx, scope_.organization, document); });
      });
      seen.latency_ms = (monotonic_us() - began_us) / 1000;
      return seen;
    } catch (const std::exception& error) {
      knowledge::Observation seen;
      seen.outcome = "error";
      seen.error = error.what();
      return seen;
    }
  }

  runtime::RunResult run(const std::string& question) {
    runtime::RunRequest request;
    request.scope = scope_;
    request.run_id = RunId::random().text();
    request.session = {scope_.organization, random_uuid(), request.run_id};
    request.input_value = question;
    request.history.emplace();
    request.deadline_us = monotonic_us() + kCaseTimeoutUs;
    request.read_file = [](std::string_view path) -> std::optional<std::string> { return read_file(std::string(path)); };
    if (base_) request.knowledge_bases.push_back(*base_);
    return runtime::run(engine_, *prepared_, request, nullptr);
  }

  SystemClock clock_;
  std::unique_ptr<store::Database> database_;
  net::Client client_;
  knowledge::Indexes indexes_;
  knowledge::Extractor extractor_;
  runtime::Engine engine_;
  Scope scope_ = identity::system_scope(OrganizationId::random(), "evaluate");
  std::shared_ptr<const runtime::Prepared> prepared_;
  std::optional<KnowledgeBaseId> base_;
};

std::string share_text(const std::optional<double>& share) {
  char text[16];
  if (!share) return "-";
  std::snprintf(text, sizeof text, "%.3f", *share);
  return text;
}

void print_scores(const std::string& name, const knowledge::Scores& scores) {
  std::printf("%-8s %6lld %6lld", name.c_str(), static_cast<long long>(scores.cases), static_cast<long long>(scores.passed));
  for (const auto& share :
       {scores.hit_at_1, scores.hit_at_5, scores.ndcg_at_10, scores.citation_precision, scores.refusal_precision,
        scores.refusal_recall, scores.answered_when_answerable, scores.language_match})
    std::printf(" %9s", share_text(share).c_str());
  std::printf(" %6lld %6lld\n", static_cast<long long>(scores.latency_ms_p50), static_cast<long long>(scores.latency_ms_p95));
}

void print_report(const knowledge::EvaluationReport& report) {
  std::printf("%-8s %6s %6s %9s %9s %9s %9s %9s %9s %9s %9s %6s %6s\n", "language", "cases", "passed", "hit@1", "hit@5",
              "nDCG@10", "cited ok", "refuse P", "refuse R", "answered", "language", "p50 ms", "p95 ms");
  for (const auto& [language, scores] : report.by_language) print_scores(language, scores);
  print_scores("total", report.total);
  if (!report.threshold) return;
  const auto& threshold = *report.threshold;
  std::printf("threshold %s chosen on %lld cases (mean %s); on the other %lld: refused %s, answered %s; AUC %s\n",
              share_text(threshold.threshold).c_str(), static_cast<long long>(threshold.chosen_on.cases),
              share_text(threshold.chosen_on.mean()).c_str(), static_cast<long long>(threshold.reported_on.cases),
              share_text(threshold.reported_on.refusal_recall).c_str(),
              share_text(threshold.reported_on.answered_when_answerable).c_str(), share_text(threshold.auc).c_str());
}

void print_failing(const std::vector<knowledge::CaseResult>& results) {
  for (const auto& result : results) {
    if (result.passed()) continue;
    std::printf("failed%s [%s] %s: %s\n", result.tested.required ? " (required)" : "", result.tested.language.c_str(),
                result.tested.question.c_str(), join(result.failures, ", ").c_str());
    if (!result.error.empty()) std::printf("    %s\n", result.error.c_str());
  }
}

void print_comparison(const knowledge::Comparison& comparison) {
  std::map<std::string_view, int> counts;
  for (const auto& each : comparison.cases) ++counts[knowledge::wire_name(each.change)];
  std::printf("compared: %d better, %d worse, %d the same, %d new, %d gone\n", counts["better"], counts["worse"], counts["same"],
              counts["added"], counts["removed"]);
  for (const auto& metric : comparison.metrics)
    if (metric.before != metric.after)
      std::printf("  %s %s -> %s\n", std::string(metric.metric).c_str(), share_text(metric.before).c_str(),
                  share_text(metric.after).c_str());
  for (const auto& each : comparison.cases)
    if (each.change == knowledge::Change::worse)
      std::printf("  worse [%s] %s: %s\n", each.language.c_str(), each.question.c_str(), join(each.failures_after, ", ").c_str());
}

void print_verdict(const knowledge::GateVerdict& verdict) {
  for (const auto& failure : verdict.failures) {
    if (failure.reason == "required_case") std::printf("gate: a required case fails\n");
    if (failure.reason == "below_floor")
      std::printf("gate: %s is %s, below its floor %s\n", failure.metric.c_str(), share_text(failure.after).c_str(),
                  share_text(failure.floor).c_str());
    if (failure.reason == "fell")
      std::printf("gate: %s fell from %s to %s\n", failure.metric.c_str(), share_text(failure.before).c_str(),
                  share_text(failure.after).c_str());
  }
}

void print_json(const std::vector<knowledge::CaseResult>& results, const knowledge::EvaluationReport& report,
                const std::optional<knowledge::Comparison>& comparison, const knowledge::GateVerdict& verdict) {
  json::Array list;
  for (const auto& result : results) list.push_back(knowledge::to_json(result));
  json::Array failures;
  for (const auto& failure : verdict.failures) failures.push_back(knowledge::to_json(failure));
  json::Object object{{"report", knowledge::to_json(report)},
                      {"gate", json::Object{{"passes", verdict.passes()}, {"failures", std::move(failures)}}},
                      {"results", std::move(list)}};
  if (comparison) object["comparison"] = knowledge::to_json(*comparison);
  std::printf("%s\n", json::write_pretty(object).c_str());
}

}  // namespace

int evaluate(const CommandLine& line) {
  if (line.words.size() != 1 || !option(line, "json").empty())
    throw Refusal(Code::validation_failed, "give exactly one flow file, before the options");
  const std::string questions = option(line, "questions");
  if (questions.empty()) throw Refusal(Code::validation_failed, "give the questions: --questions FILE");
  const auto floors = floors_of(option(line, "floors"));
  const auto cases = questions_of(questions);
  std::optional<std::vector<knowledge::CaseResult>> before;
  if (const auto path = option(line, "compare"); !path.empty()) before = results_of_report(path);

  LocalFlow flow(line, line.words.front());
  std::vector<knowledge::CaseResult> results;
  for (auto tested : cases) {
    if (tested.language.empty()) tested.language = knowledge::language_of_question(tested.question);
    results.push_back(flow.ask(tested));
  }
  const auto report = knowledge::report_on(results);
  const auto verdict = knowledge::judge_gate(floors, before ? &*before : nullptr, results);
  std::optional<knowledge::Comparison> comparison;
  if (before) comparison = knowledge::compare(*before, results);
  if (line.options.contains("json")) {
    print_json(results, report, comparison, verdict);
  } else {
    print_report(report);
    print_failing(results);
    if (comparison) print_comparison(*comparison);
    print_verdict(verdict);
  }
  return verdict.passes() ? 0 : 1;
}

}  // namespace guildhall::app
