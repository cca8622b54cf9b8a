// Limits of one run (contracts/runtime.md §8).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::runtime {

inline constexpr std::size_t kVertexExecutionsMax = 10'000;
inline constexpr std::size_t kMessageBytesMax = 2 * 1024 * 1024;
inline constexpr std::size_t kResultBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kLiveBytesMax = 64 * 1024 * 1024;
inline constexpr std::size_t kMessagesPerSessionMax = 10'000;
inline constexpr std::size_t kSessionIdCharactersMax = 128;
inline constexpr std::size_t kAttachedTextBytesMax = 50 * 1024 * 1024;
inline constexpr std::size_t kTemplateNestingMax = 16;
/// Columns of a CSV file that a component reads as a table.
inline constexpr std::size_t kCsvColumnsMax = 4'096;

}  // namespace guildhall::runtime
