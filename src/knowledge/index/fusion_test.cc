// Fusion against numbers computed by hand.
#include <doctest/doctest.h>

#include "index/fusion.h"

namespace guildhall::knowledge {
namespace {

std::vector<double> fused(const std::vector<FusionEntry>& entries, Fusion fusion = Fusion::weighted) {
  return fused_scores(entries, fusion);
}

}  // namespace

TEST_CASE("each list is normalised to 0–1, and the sum is weighted") {
  // lexical 0.9, 0.5, 0.1 → 1, 0.5, 0; cosine 0.2, 0.8, absent → 0, 1, 0
  const std::vector<FusionEntry> entries = {{0.9, 0.2, 0.5}, {0.5, 0.8, 0.5}, {0.1, std::nullopt, 0.5}};
  const auto scores = fused(entries);
  CHECK(scores[0] == doctest::Approx(0.5));
  CHECK(scores[1] == doctest::Approx(0.75));
  CHECK(scores[2] == doctest::Approx(0.0));
}

TEST_CASE("the weight of the dense list is from nothing to everything") {
  const auto at = [](double weight) { return fused({{0.9, 0.2, weight}, {0.5, 0.8, weight}, {0.1, 0.5, weight}}); };
  CHECK(at(0)[0] == doctest::Approx(1));
  CHECK(at(0)[1] == doctest::Approx(0.5));
  CHECK(at(1)[0] == doctest::Approx(0));
  CHECK(at(1)[1] == doctest::Approx(1));
  CHECK(at(1)[2] == doctest::Approx(0.5));
  CHECK(at(0.25)[1] == doctest::Approx(0.75 * 0.5 + 0.25 * 1));
}

TEST_CASE("a list of equal scores counts 1 for each, and absence 0") {
  const auto scores = fused({{0.4, std::nullopt, 0.5}, {0.4, 0.7, 0.5}, {std::nullopt, 0.7, 0.5}});
  CHECK(scores[0] == doctest::Approx(0.5));
  CHECK(scores[1] == doctest::Approx(1));
  CHECK(scores[2] == doctest::Approx(0.5));
  CHECK(fused({}).empty());
  CHECK(fused({{std::nullopt, -0.3, 0.5}})[0] == doctest::Approx(0.5));
}

TEST_CASE("a base that is not searched by vectors counts with its words alone") {
  const auto scores = fused({{0.9, 0.9, 0.5}, {0.1, 0.1, 0.5}, {0.5, std::nullopt, std::nullopt}});
  CHECK(scores[2] == doctest::Approx(0.5));
}

TEST_CASE("reciprocal rank fusion adds 1/(60 + rank), equal scores sharing a rank") {
  const auto scores = fused({{0.9, 0.2, 0.5}, {0.5, 0.8, 0.5}, {0.5, std::nullopt, 0.5}, {0.1, std::nullopt, std::nullopt}},
                            Fusion::reciprocal_rank);
  CHECK(scores[0] == doctest::Approx(1.0 / 61 + 1.0 / 62));
  CHECK(scores[1] == doctest::Approx(1.0 / 62 + 1.0 / 61));
  CHECK(scores[2] == doctest::Approx(1.0 / 62));
  CHECK(scores[3] == doctest::Approx(2.0 / 64));
}

}  // namespace guildhall::knowledge
