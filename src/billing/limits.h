// The limits of this room.
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::billing {

/// Expired reservations settled by one statement's worth of rows; release_orphans repeats until none is left.
inline constexpr std::size_t kOrphansPerBatch = 256;

/// A run held in memory is written down when it has been open this long.
inline constexpr std::int64_t kNotedAfterUs = 1'000'000;

/// Rows of one usage page.
inline constexpr std::size_t kUsagePageMax = 1'000;

/// Bytes of a request id.
inline constexpr std::size_t kRequestIdBytesMax = 255;

/// Subscriptions read at a time when a month's invoice opens.
inline constexpr std::size_t kSubscriptionsPerPage = 100;

}  // namespace guildhall::billing
