// The limits of this room.
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace guildhall::delivery {

/// The payload of one event or job, as JSON text.
inline constexpr std::size_t kPayloadBytesMax = 1024 * 1024;
/// Handlers may emit; so many emits inside one another are a circle.
inline constexpr int kEmitDepthMax = 16;

inline constexpr std::size_t kJobNameBytesMax = 255;
inline constexpr std::size_t kJobErrorBytesMax = 2'000;
inline constexpr std::size_t kListMax = 1'000;
/// How long finished jobs stay visible.
inline constexpr std::int64_t kDoneKeptUs = kMicrosecondsPerDay;

/// How far back events can be replayed (contracts/cmp.md §10.4).
inline constexpr std::int64_t kEventsKeptUs = 30 * kMicrosecondsPerDay;

/// contracts/registry.md §1.
inline constexpr std::size_t kIdempotencyKeyBytesMax = 255;
inline constexpr std::int64_t kIdempotencyKeptUs = kMicrosecondsPerDay;
inline constexpr std::int64_t kIdempotencyAbandonedUs = 60 * kMicrosecondsPerSecond;

}  // namespace guildhall::delivery
