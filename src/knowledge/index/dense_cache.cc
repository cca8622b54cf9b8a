// Loads, binds and drops fields of vectors.
#include "index/dense_cache.h"

#include <chrono>
#include <cstring>

#include "dense/dense_rows.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kVectorsPerQuery = 500;

struct TextHash {
  std::size_t operator()(const Sha256& digest) const {
    std::size_t value = 0;
    std::memcpy(&value, digest.data(), sizeof value);
    return value;
  }
};
using RowOfText = std::unordered_map<Sha256, std::uint32_t, TextHash>;

struct ChunkHash {
  std::size_t operator()(const ChunkId& id) const {
    std::size_t value = 0;
    std::memcpy(&value, id.uuid.bytes.data(), sizeof value);
    return value;
  }
};

bool is_older_stamp(const DenseStamp& a, const DenseStamp& b) {
  return std::pair(a.snapshot, a.version) < std::pair(b.snapshot, b.version);
}

RowOfText rows_by_text(const DenseField& field) {
  RowOfText rows;
  rows.reserve(field.size());
  for (std::uint32_t row = 0; row < field.size(); ++row) rows.emplace(field.key(row).text, row);
  return rows;
}

Sha256 digest_of(const std::string& hex_digits) {
  Sha256 digest{};
  if (const auto bytes = from_hex(hex_digits); bytes && bytes->size() == digest.size())
    std::memcpy(digest.data(), bytes->data(), digest.size());
  return digest;
}

/// Reads the vectors of up to kVectorsPerQuery chunks and appends their rows; texts without a vector get none.
void add_stored(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, const DenseStamp& stamp,
                const std::vector<DenseRowKey>& keys, DenseField& field) {
  if (keys.empty()) return;
  std::vector<store::Param> params = {organization, base, stamp.model};
  std::string places;
  for (const DenseRowKey& key : keys) {
    params.emplace_back(to_hex(bytes_of(key.text)));
    places += (places.empty() ? "$" : ", $") + std::to_string(params.size());
  }
  const auto stored = tx.query(
      "SELECT content_sha256, vector FROM knowledge_vector WHERE organization_id = $1 AND base_id = $2 AND model = $3 "
      "AND content_sha256 IN (" +
          places + ")",
      params);
  std::unordered_map<Sha256, const std::string*, TextHash> vectors;
  for (const store::Row& row : stored) vectors.emplace(digest_of(row.text(0)), &row.bytes(1));
  for (const DenseRowKey& key : keys) {
    const auto vector = vectors.find(key.text);
    if (vector != vectors.end() && vector->second->size() == stamp.dimensions * 4)
      read_vector(*vector->second, field.add(key), stamp.dimensions);
  }
}

std::shared_ptr<const BoundField> bound_to(std::shared_ptr<const DenseField> field,
                                           const std::shared_ptr<const BaseIndex>& index) {
  auto bound = std::make_shared<BoundField>();
  std::unordered_map<ChunkId, std::uint32_t, ChunkHash> entries;
  entries.reserve(index->size());
  for (std::uint32_t entry = 0; entry < index->size(); ++entry) entries.emplace(index->entry(entry).chunk, entry);
  bound->entry_of_row.reserve(field->size());
  for (std::uint32_t row = 0; row < field->size(); ++row) {
    const auto entry = entries.find(field->key(row).chunk);
    bound->entry_of_row.push_back(entry == entries.end() ? BoundField::kNoEntry : entry->second);
  }
  bound->field = std::move(field);
  bound->index = index;
  return bound;
}

}  // namespace

std::shared_ptr<const BoundField> DenseCache::get(OrganizationId organization, KnowledgeBaseId base, const DenseStamp& stamp,
                                                  const std::shared_ptr<const BaseIndex>& index, const Build& build) {
  const Key key{organization, base};
  const auto field = field_of(key, stamp, build);
  {
    const std::lock_guard lock(mutex_);
    const auto slot = slots_.find(key);
    if (slot != slots_.end() && slot->second.bound != nullptr && slot->second.bound->field == field &&
        slot->second.bound->index.lock() == index) {
      return slot->second.bound;
    }
  }
  const auto bound = bound_to(field, index);
  const std::lock_guard lock(mutex_);
  const auto slot = slots_.find(key);
  if (slot != slots_.end() && slot->second.field == field) slot->second.bound = bound;
  return bound;
}

std::shared_ptr<const DenseField> DenseCache::field_of(const Key& key, const DenseStamp& stamp, const Build& build) {
  std::shared_ptr<const DenseField> before;
  {
    std::unique_lock lock(mutex_);
    bool is_late = false;
    while (true) {
      Slot& slot = slots_[key];
      slot.used = ++tick_;
      const bool is_same_model =
          slot.field != nullptr && slot.stamp.model == stamp.model && slot.stamp.dimensions == stamp.dimensions;
      if (is_same_model && (!is_older_stamp(slot.stamp, stamp) || is_late)) return slot.field;
      if (!slot.is_building) {
        slot.is_building = true;
        if (is_same_model) before = slot.field;
        break;
      }
      if (is_same_model) {
        is_late = built_.wait_for(lock, std::chrono::microseconds(kIndexWaitUsMax)) == std::cv_status::timeout;
      } else {
        built_.wait(lock);
      }
    }
  }
  std::shared_ptr<const DenseField> field;
  try {
    field = build(before.get());
  } catch (...) {
    const std::lock_guard lock(mutex_);
    slots_[key].is_building = false;
    built_.notify_all();
    throw;
  }
  const std::lock_guard lock(mutex_);
  slots_[key].is_building = false;
  keep(key, stamp, field);
  built_.notify_all();
  return field;
}

/// A reader of an older snapshot keeps its field to itself. The field just made stays even when it is larger than the limit
/// alone.
void DenseCache::keep(const Key& key, const DenseStamp& stamp, const std::shared_ptr<const DenseField>& field) {
  Slot& kept = slots_[key];
  if (kept.field != nullptr && kept.stamp.model == stamp.model && is_older_stamp(stamp, kept.stamp)) return;
  bytes_ -= kept.bytes;
  kept.stamp = stamp;
  kept.field = field;
  kept.bound = nullptr;
  kept.bytes = field->bytes() + field->size() * sizeof(std::uint32_t);
  bytes_ += kept.bytes;
  while (bytes_ > kDenseBytesMax) {
    auto oldest = slots_.end();
    for (auto slot = slots_.begin(); slot != slots_.end(); ++slot) {
      if (slot->first == key || slot->second.is_building || slot->second.field == nullptr) continue;
      if (oldest == slots_.end() || slot->second.used < oldest->second.used) oldest = slot;
    }
    if (oldest == slots_.end()) return;
    bytes_ -= oldest->second.bytes;
    slots_.erase(oldest);
  }
}

std::size_t DenseCache::bytes() {
  const std::lock_guard lock(mutex_);
  return bytes_;
}

std::shared_ptr<const DenseField> load_dense_field(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base,
                                                   const DenseStamp& stamp, const DenseField* before) {
  auto field = std::make_shared<DenseField>(stamp.dimensions);
  const RowOfText known = before == nullptr ? RowOfText() : rows_by_text(*before);
  const auto chunks = tx.query(
      "SELECT id, document_id, embedding_sha256 FROM knowledge_chunk WHERE organization_id = $1 AND base_id = $2 "
      "AND embedding_sha256 <> '' ORDER BY document_id, ordinal",
      {organization, base});
  field->reserve(chunks.size());
  std::vector<DenseRowKey> unread;
  for (const store::Row& chunk : chunks) {
    const DenseRowKey key{chunk.id<ChunkId>(0), chunk.id<DocumentId>(1), digest_of(chunk.text(2))};
    if (const auto row = known.find(key.text); row != known.end()) {
      field->add_from(key, *before, row->second);
      continue;
    }
    unread.push_back(key);
    if (unread.size() < kVectorsPerQuery) continue;
    add_stored(tx, organization, base, stamp, unread, *field);
    unread.clear();
  }
  add_stored(tx, organization, base, stamp, unread, *field);
  return field;
}

}  // namespace guildhall::knowledge
