// When sources are synced: once a period, each at a minute of its own, so that they do not all come at the full hour.
#include <stdexcept>

#include "base/hash.h"
#include "knowledge/sources.h"
#include "sources/source_rows.h"

namespace guildhall::knowledge {
namespace {

constexpr std::int64_t kScheduleMinuteUs = 60 * kMicrosecondsPerSecond;

/// 0 for manual.
std::int64_t period_us(SyncFrequency frequency) {
  switch (frequency) {
    case SyncFrequency::manual: return 0;
    case SyncFrequency::hourly: return 60 * kScheduleMinuteUs;
    case SyncFrequency::daily: return kMicrosecondsPerDay;
    case SyncFrequency::weekly: return 7 * kMicrosecondsPerDay;
  }
  throw std::logic_error("unknown sync frequency");
}

}  // namespace

std::optional<Timestamp> next_sync_at(SyncFrequency frequency, KnowledgeSourceId source, Timestamp after) {
  const std::int64_t period = period_us(frequency);
  if (period == 0) return std::nullopt;
  const auto minutes = static_cast<std::uint64_t>(period / kScheduleMinuteUs);
  const auto own = static_cast<std::int64_t>(mix64(source.text()) % minutes) * kScheduleMinuteUs;
  const std::int64_t earliest = after.us + period / 2;
  return Timestamp{(earliest - own + period - 1) / period * period + own};
}

bool is_stale(const Source& source, Timestamp now) {
  const auto due = next_sync_at(source.settings.frequency, source.id, source.last_synced_at.value_or(source.created_at));
  if (!due) return false;
  // The second of two syncs gets a tenth of a period to come to its end.
  const std::int64_t period = period_us(source.settings.frequency);
  return now - *due >= period + period / 10;
}

}  // namespace guildhall::knowledge
