// Scores of an agent against a question set: pure arithmetic over what it answered (contracts/support-partner.md §2.8).
//
// Nothing here reads a database, a clock or a model: the same observations give the same scores, on a server and on the
// command line.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/json.h"

namespace guildhall::knowledge {

enum class Expectation : std::uint8_t { answer, refuse, handover };
std::string_view wire_name(Expectation expectation);
std::optional<Expectation> expectation_named(std::string_view name);

/// Where the evidence stands. At most one of heading, page and quote narrows the document down.
struct Gold {
  std::string document;  ///< id, file name, title or URL
  std::string heading;
  std::optional<std::int64_t> page;
  std::string quote;

  bool operator==(const Gold&) const = default;
};

struct EvaluationCase {
  std::string question;
  std::string language;  ///< BCP 47; empty: the language of the answer is not judged
  Expectation expect = Expectation::answer;
  std::vector<Gold> gold;
  std::vector<std::string> must_contain;  ///< compared after NFKC, case folding and joining of white space
  std::vector<std::string> must_not_contain;
  bool required = false;

  bool operator==(const EvaluationCase&) const = default;
};
json::Object to_json(const EvaluationCase& tested);

/// A passage that was found or cited, as the gold of a case names it.
struct Evidence {
  std::vector<std::string> document_names;  ///< id, file name, title, URL
  std::vector<std::string> heading_path;
  std::optional<std::int64_t> page;
  std::string text;  ///< of the passage; of a citation: its quote
};

/// How a base with vectors was asked, for the gate of dense retrieval (contracts/support-partner.md §2.5).
struct HybridSettings {
  std::string model;
  double dense_weight = 0.5;
  std::string fusion;

  bool operator==(const HybridSettings&) const = default;
};
/// The same search twice, ten best each: by words alone, and with vectors.
struct TwoRetrievals {
  HybridSettings settings;
  std::vector<Evidence> lexical;
  std::optional<std::vector<Evidence>> hybrid;  ///< absent when the question could not be embedded
};

/// What happened when the question was asked.
struct Observation {
  std::string outcome;  ///< answer, clarification, refused, greeting, handover, error
  std::string answer;
  std::string language;  ///< of the answer; empty: detected
  double confidence = 0;
  std::vector<Evidence> passages;  ///< ten best, best first
  std::vector<Evidence> citations;
  std::int64_t latency_ms = 0;
  std::string error;  ///< why there was no answer
  std::optional<TwoRetrievals> retrievals;
};

struct RetrievalScores {
  HybridSettings settings;
  double lexical = 0;            ///< nDCG@10
  std::optional<double> hybrid;  ///< absent when the question could not be embedded
};

/// One case, asked and judged. `failures` are codes: "refused", "not_refused", "not_handed_over", "clarified", "greeted",
/// "error", "missing_text", "forbidden_text", "no_citation", "wrong_citation".
struct CaseResult {
  EvaluationCaseId id;
  EvaluationCase tested;
  std::string outcome;
  std::string answer;
  std::string language;
  double confidence = 0;
  std::int64_t latency_ms = 0;
  std::string error;
  std::optional<std::int64_t> gold_rank;  ///< of the first passage that holds gold, from 1; none: not among the ten
  double ndcg_at_10 = 0;                  ///< meaningful where the case has gold
  std::optional<RetrievalScores> retrieval;
  std::int64_t citations = 0;
  std::int64_t citations_right = 0;
  std::vector<std::string> failures;

  bool passed() const { return failures.empty(); }
};
CaseResult judge(EvaluationCaseId id, const EvaluationCase& tested, const Observation& seen);
json::Object to_json(const CaseResult& result);
/// What to_json wrote; nullopt for anything else.
std::optional<CaseResult> result_of_json(const json::Value& value);

/// Shares are 0–1, nullopt where no case bears on them.
struct Scores {
  std::int64_t cases = 0;
  std::int64_t passed = 0;
  std::int64_t errors = 0;
  std::optional<double> hit_at_1;                  ///< of cases with gold: the best passage holds some
  std::optional<double> hit_at_5;                  ///< one of the five best does
  std::optional<double> ndcg_at_10;                ///< mean over cases with gold
  std::optional<double> citation_precision;        ///< of citations of answers to cases with gold: those that hold some
  std::optional<double> refusal_precision;         ///< of refusals: those that were expected
  std::optional<double> refusal_recall;            ///< of expected refusals: those that came
  std::optional<double> answered_when_answerable;  ///< of expected answers: those that came
  std::optional<double> language_match;            ///< of answers whose language is known: those in the case's
  std::int64_t latency_ms_p50 = 0;                 ///< nearest rank, over cases without error
  std::int64_t latency_ms_p95 = 0;
};
Scores scores_of(const std::vector<const CaseResult*>& results);

/// Refusing below a confidence: chosen on one half of the cases, reported on the other.
struct ThresholdHalf {
  std::int64_t cases = 0;
  double refusal_recall = 0;
  double answered_when_answerable = 0;
  double mean() const { return (refusal_recall + answered_when_answerable) / 2; }
};
struct ThresholdReport {
  double threshold = 0;
  ThresholdHalf chosen_on;
  ThresholdHalf reported_on;
  double auc = 0;  ///< over all cases: that an answerable one has the higher confidence, ties counting half
};
/// nullopt unless each half has a case to answer and one to refuse. Cases that ended as error, greeting or handover stay out.
std::optional<ThresholdReport> choose_threshold(const std::vector<CaseResult>& results);

/// Mean nDCG@10 both ways, over the cases with gold that were measured both ways.
struct RetrievalReport {
  HybridSettings settings;
  std::int64_t cases = 0;
  std::int64_t unmeasured = 0;  ///< cases with gold that were not measured both ways, or not with these settings
  double lexical = 0;
  double hybrid = 0;
};

struct EvaluationReport {
  Scores total;
  std::optional<RetrievalReport> retrieval;   ///< where at least one case was measured both ways
  std::map<std::string, Scores> by_language;  ///< by primary subtag; cases without a language only count in the total
  std::optional<ThresholdReport> threshold;
};
EvaluationReport report_on(const std::vector<CaseResult>& results);
json::Object to_json(const EvaluationReport& report);

/// The four metrics a gate watches, by their wire names.
inline constexpr std::string_view kGateMetrics[] = {"hit_at_5", "citation_precision", "refusal_recall", "language_match"};

enum class Change : std::uint8_t { better, worse, same, added, removed };
std::string_view wire_name(Change change);

struct CaseChange {
  EvaluationCaseId id;
  std::string question;
  std::string language;
  Change change = Change::same;
  std::vector<std::string> failures_before;
  std::vector<std::string> failures_after;
};
struct MetricChange {
  std::string_view metric;
  std::optional<double> before;  ///< over the cases both runs have
  std::optional<double> after;
  std::vector<EvaluationCaseId> worse;  ///< cases that lost it; for shares of citations: whose own share fell
  std::vector<EvaluationCaseId> better;
};
struct Comparison {
  std::vector<CaseChange> cases;  ///< in the order of `after`, then what was removed
  std::vector<MetricChange> metrics;
};
/// A case is better when it passes and did not, or stands as before and its gold ranks higher; worse the other way round.
Comparison compare(const std::vector<CaseResult>& before, const std::vector<CaseResult>& after);
json::Object to_json(const Comparison& comparison);

struct Floors {
  std::optional<double> hit_at_5;
  std::optional<double> citation_precision;
  std::optional<double> refusal_recall;
  std::optional<double> language_match;

  bool operator==(const Floors&) const = default;
};

struct GateFailure {
  std::string reason;  ///< "fell", "below_floor", "required_case"
  std::string metric;  ///< empty for a required case
  std::optional<double> before;
  std::optional<double> after;
  std::optional<double> floor;
};
struct GateVerdict {
  std::vector<GateFailure> failures;       ///< none: it may go live
  std::vector<EvaluationCaseId> case_ids;  ///< failing required cases and cases that lost a fallen metric
  bool passes() const { return failures.empty(); }
};
/// Blocks when a watched metric falls by more than 2 points and by at least two cases, or stands below its floor, or a required
/// case fails. Without `live` only floors and required cases count. A metric no case bears on is not judged.
GateVerdict judge_gate(const Floors& floors, const std::vector<CaseResult>* live, const std::vector<CaseResult>& candidate);
json::Object to_json(const GateFailure& failure);

}  // namespace guildhall::knowledge
