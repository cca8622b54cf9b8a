// The vectors of one snapshot of one knowledge base: built once, then only read, by any number of threads.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/hash.h"
#include "base/ids.h"

namespace guildhall::knowledge {

struct DenseRowKey {
  ChunkId chunk;
  DocumentId document;
  Sha256 text{};  ///< of what was embedded
};

struct DenseHit {
  std::uint32_t row = 0;
  double cosine = 0;
};

/// Rows of equal size in one block, each padded with zeros to a multiple of kLanes, so that the scan is one plain loop.
class DenseField {
 public:
  static constexpr std::size_t kLanes = 16;

  explicit DenseField(std::size_t dimensions);
  void reserve(std::size_t rows);
  /// A row for the chunk, to be filled with `dimensions()` numbers; valid until the next add.
  float* add(const DenseRowKey& key);
  /// The vector of another field of the same size.
  void add_from(const DenseRowKey& key, const DenseField& other, std::uint32_t row);

  /// The rows `is_wanted` lets through with the highest cosine to the query, which has length 1; best first, equal ones by chunk
  /// id. Every wanted row is compared.
  std::vector<DenseHit> search(const std::vector<float>& query, std::size_t limit,
                               const std::function<bool(std::uint32_t row)>& is_wanted) const;

  std::size_t dimensions() const { return dimensions_; }
  std::size_t size() const { return keys_.size(); }
  const DenseRowKey& key(std::uint32_t row) const { return keys_[row]; }
  std::size_t bytes() const;

 private:
  std::size_t dimensions_;
  std::size_t stride_;
  std::vector<float> numbers_;
  std::vector<DenseRowKey> keys_;
};

}  // namespace guildhall::knowledge
