// The limits of this room.
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::store {

/// Prepared statements kept per connection; the least recently used goes first.
inline constexpr std::size_t kStatementsMax = 512;

/// A batch of the SQLite writer ends after this many closures or this much time, whichever comes first.
inline constexpr std::size_t kBatchClosuresMax = 256;
inline constexpr std::int64_t kBatchTimeMaxUs = 5'000;

/// Pages SQLite keeps per connection. What falls out is still in the cache of the operating system, which all connections share.
inline constexpr int kWriterCacheKib = 8 * 1024;
inline constexpr int kReaderCacheKib = 2 * 1024;

/// How long SQLite waits for another process's lock.
inline constexpr int kBusyTimeoutMs = 10'000;

/// Pages of 4 KiB in the write-ahead log. From the first number on they are moved into the file when the writer has been
/// idle for a moment; beside a busy writer at every further step; from the last number on the writer moves the rest at once.
inline constexpr int kCheckpointIdlePages = 256;
inline constexpr int kCheckpointStepPages = 4'096;
inline constexpr int kCheckpointForcedPages = 16'384;
inline constexpr std::int64_t kCheckpointIdleMs = 100;
/// What the write-ahead log file is cut back to once it has been moved.
inline constexpr std::int64_t kWalFileBytesMax = 64LL * 1024 * 1024;

/// How long a caller waits for a free connection.
inline constexpr std::int64_t kConnectionWaitMs = 10'000;

/// PostgreSQL: a statement's time, and how often a write runs again after a conflict.
inline constexpr int kStatementTimeoutMs = 30'000;
inline constexpr int kConflictRetriesMax = 10;
inline constexpr std::int64_t kConflictBackoffUs = 1'000;
inline constexpr std::int64_t kConflictBackoffMaxUs = 64'000;

/// Parameters of one statement.
inline constexpr std::size_t kParametersMax = 1'000;

/// One value; PostgreSQL's own limit is 1 GiB.
inline constexpr std::size_t kValueBytesMax = 512u * 1024 * 1024;

/// One blob.
inline constexpr std::size_t kBlobBytesMax = 64u * 1024 * 1024;

/// One sealed secret.
inline constexpr std::size_t kSecretBytesMax = 64u * 1024;

}  // namespace guildhall::store
