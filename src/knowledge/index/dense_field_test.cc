// The exact scan: who is nearest, in which order, and who is not counted.
#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>

#include "index/dense_field.h"

namespace guildhall::knowledge {
namespace {

DenseRowKey numbered_key(std::uint8_t number) {
  DenseRowKey key;
  key.chunk.uuid.bytes[15] = number;
  key.document.uuid.bytes[15] = number % 2;
  return key;
}

void add_row(DenseField& field, std::uint8_t number, const std::vector<float>& vector) {
  std::copy(vector.begin(), vector.end(), field.add(numbered_key(number)));
}

bool every_row(std::uint32_t) {
  return true;
}

}  // namespace

TEST_CASE("the nearest rows come first, equal ones by chunk") {
  DenseField field(3);
  add_row(field, 9, {1, 0, 0});
  add_row(field, 4, {0, 1, 0});
  add_row(field, 5, {0.6f, 0.8f, 0});
  add_row(field, 3, {1, 0, 0});
  const auto hits = field.search({1, 0, 0}, 3, every_row);
  REQUIRE(hits.size() == 3);
  CHECK(hits[0].row == 3);
  CHECK(hits[0].cosine == doctest::Approx(1));
  CHECK(hits[1].row == 0);
  CHECK(hits[2].row == 2);
  CHECK(hits[2].cosine == doctest::Approx(0.6));
}

TEST_CASE("rows that are not wanted cost no candidate") {
  DenseField field(2);
  for (std::uint8_t i = 0; i < 100; ++i) add_row(field, i, {1, 0});
  const auto hits = field.search({1, 0}, 10, [&](std::uint32_t row) { return row >= 90; });
  CHECK(hits.size() == 10);
  CHECK(std::all_of(hits.begin(), hits.end(), [](const DenseHit& hit) { return hit.row >= 90; }));
}

TEST_CASE("a query of another size finds nothing") {
  DenseField field(2);
  add_row(field, 1, {1, 0});
  CHECK(field.search({1, 0, 0}, 10, every_row).empty());
  CHECK(field.search({}, 10, every_row).empty());
}

TEST_CASE("the scan equals the definition at sizes that fill no register") {
  std::mt19937 random(7);
  std::normal_distribution<float> normal;
  for (const std::size_t size : {1u, 15u, 16u, 17u, 383u, 384u}) {
    CAPTURE(size);
    DenseField field(size);
    std::vector<std::vector<float>> rows(20, std::vector<float>(size));
    std::vector<float> query(size);
    for (float& number : query) number = normal(random);
    for (std::uint8_t i = 0; i < 20; ++i) {
      for (float& number : rows[i]) number = normal(random);
      add_row(field, i, rows[i]);
    }
    for (const DenseHit& hit : field.search(query, 20, every_row)) {
      double expected = 0;
      for (std::size_t i = 0; i < size; ++i) expected += static_cast<double>(query[i]) * static_cast<double>(rows[hit.row][i]);
      CHECK(hit.cosine == doctest::Approx(expected).epsilon(1e-4));
    }
  }
}

}  // namespace guildhall::knowledge
