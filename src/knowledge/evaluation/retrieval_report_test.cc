// nDCG@10 by words and with vectors, over the same cases: what the gate of dense retrieval reads.
#include <doctest/doctest.h>

#include "knowledge/scores.h"

namespace guildhall::knowledge {
namespace {

const HybridSettings kAsked{"letters", 0.5, "weighted"};

/// Evidence in which the wanted document stands at this rank, from 1; 0: nowhere.
std::vector<Evidence> found_at(std::size_t rank) {
  std::vector<Evidence> evidence;
  for (std::size_t i = 1; i <= 10; ++i) evidence.push_back({{i == rank ? "gold.md" : "other.md"}, {}, {}, "text"});
  return evidence;
}

CaseResult measured_case(std::optional<std::size_t> lexical, std::optional<std::size_t> hybrid,
                         const HybridSettings& settings = kAsked) {
  EvaluationCase tested;
  tested.question = "Where?";
  tested.gold = {{.document = "gold.md", .heading = {}, .page = {}, .quote = {}}};
  Observation seen;
  seen.outcome = "answer";
  if (lexical) seen.retrievals = TwoRetrievals{settings, found_at(*lexical), std::nullopt};
  if (hybrid) seen.retrievals->hybrid = found_at(*hybrid);
  return judge(EvaluationCaseId::random(), tested, seen);
}

}  // namespace

TEST_CASE("both means are over the same cases, and what was not measured is counted") {
  // Rank 2 is worth 1/log2(3) = 0.6309.
  const auto report = report_on({measured_case(1, 2), measured_case(0, 1), measured_case(1, std::nullopt)});
  REQUIRE(report.retrieval);
  CHECK(report.retrieval->cases == 2);
  CHECK(report.retrieval->unmeasured == 1);
  CHECK(report.retrieval->lexical == doctest::Approx(0.5));
  CHECK(report.retrieval->hybrid == doctest::Approx(0.8155).epsilon(1e-3));
  CHECK(report.retrieval->settings == kAsked);
  CHECK(json::write(to_json(report).at("retrieval")) ==
        R"({"lexical":0.5,"hybrid":0.8155,"cases":2,"unmeasured":1,"model":"letters","dense_weight":0.5,"fusion":"weighted"})");
}

TEST_CASE("cases asked with other settings are not measured with the last ones") {
  const auto report = report_on({measured_case(1, 1, {"letters", 0.7, "weighted"}), measured_case(1, 1)});
  REQUIRE(report.retrieval);
  CHECK(report.retrieval->cases == 1);
  CHECK(report.retrieval->unmeasured == 1);
}

TEST_CASE("without vectors a report says nothing of them") {
  CHECK_FALSE(report_on({measured_case(std::nullopt, std::nullopt)}).retrieval);
  CHECK_FALSE(report_on({measured_case(1, std::nullopt)}).retrieval);
  CHECK(to_json(report_on({})).at("retrieval").is_null());
}

TEST_CASE("a stored result reads back with both figures") {
  for (const auto& hybrid : {std::optional<std::size_t>(2), std::optional<std::size_t>()}) {
    const auto read = result_of_json(json::Value(to_json(measured_case(1, hybrid))));
    REQUIRE(read);
    REQUIRE(read->retrieval);
    CHECK(read->retrieval->settings == kAsked);
    CHECK(read->retrieval->lexical == doctest::Approx(1));
    CHECK(read->retrieval->hybrid.has_value() == hybrid.has_value());
    if (hybrid) CHECK(*read->retrieval->hybrid == doctest::Approx(0.6309));
  }
  CHECK_FALSE(result_of_json(json::Value(to_json(measured_case(std::nullopt, std::nullopt))))->retrieval);
}

}  // namespace guildhall::knowledge
