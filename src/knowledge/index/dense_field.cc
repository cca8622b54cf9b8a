// An exact scan: every row against the query, then the best.
#include "index/dense_field.h"

#include <algorithm>

namespace guildhall::knowledge {
namespace {

/// Sums in lanes of their own have no order to keep among them, so the compiler may use its widest registers.
float dot_product(const float* a, const float* b, std::size_t count) {
  float lanes[DenseField::kLanes] = {};
  for (std::size_t i = 0; i < count; i += DenseField::kLanes) {
    for (std::size_t lane = 0; lane < DenseField::kLanes; ++lane) lanes[lane] += a[i + lane] * b[i + lane];
  }
  float sum = 0;
  for (const float lane : lanes) sum += lane;
  return sum;
}

}  // namespace

DenseField::DenseField(std::size_t dimensions) : dimensions_(dimensions), stride_((dimensions + kLanes - 1) / kLanes * kLanes) {}

void DenseField::reserve(std::size_t rows) {
  numbers_.reserve(rows * stride_);
  keys_.reserve(rows);
}

float* DenseField::add(const DenseRowKey& key) {
  keys_.push_back(key);
  numbers_.resize(numbers_.size() + stride_);
  return numbers_.data() + numbers_.size() - stride_;
}

void DenseField::add_from(const DenseRowKey& key, const DenseField& other, std::uint32_t row) {
  std::copy_n(other.numbers_.data() + row * other.stride_, dimensions_, add(key));
}

std::vector<DenseHit> DenseField::search(const std::vector<float>& query, std::size_t limit,
                                         const std::function<bool(std::uint32_t row)>& is_wanted) const {
  if (query.size() != dimensions_) return {};
  std::vector<float> padded(query);
  padded.resize(stride_);
  // Kept between queries: a base has as many rows as chunks.
  thread_local std::vector<DenseHit> hits;
  hits.clear();
  hits.reserve(keys_.size());
  const float* row = numbers_.data();
  for (std::uint32_t i = 0; i < keys_.size(); ++i, row += stride_) {
    if (is_wanted(i)) hits.push_back({i, dot_product(row, padded.data(), stride_)});
  }
  const auto better = [&](const DenseHit& a, const DenseHit& b) {
    if (a.cosine != b.cosine) return a.cosine > b.cosine;
    return keys_[a.row].chunk < keys_[b.row].chunk;
  };
  const auto last = hits.begin() + static_cast<std::ptrdiff_t>(std::min(limit, hits.size()));
  if (last != hits.end()) std::nth_element(hits.begin(), last, hits.end(), better);
  std::sort(hits.begin(), last, better);
  return {hits.begin(), last};
}

std::size_t DenseField::bytes() const {
  return numbers_.capacity() * sizeof(float) + keys_.capacity() * sizeof(DenseRowKey);
}

}  // namespace guildhall::knowledge
