// The limits of this room.
#pragma once

#include <cstddef>

namespace guildhall::billing {

/// Expired reservations settled by one statement's worth of rows; release_orphans repeats until none is left.
inline constexpr std::size_t kOrphansPerBatch = 256;

/// Rows of one usage page.
inline constexpr std::size_t kUsagePageMax = 1'000;

/// Bytes of a request id.
inline constexpr std::size_t kRequestIdBytesMax = 255;

/// Subscriptions read at a time when a month's invoice opens.
inline constexpr std::size_t kSubscriptionsPerPage = 100;

}  // namespace guildhall::billing
