// Limits of flow documents (contracts/runtime.md §8).
#pragma once

#include <cstddef>

namespace guildhall::flow {

inline constexpr std::size_t kFlowBytesMax = 10 * 1024 * 1024;
inline constexpr std::size_t kJsonDepthMax = 64;
inline constexpr std::size_t kNodesMax = 1'000;
inline constexpr std::size_t kEdgesMax = 5'000;
inline constexpr std::size_t kGroupDepthMax = 8;
inline constexpr std::size_t kFieldBytesMax = 2 * 1024 * 1024;
inline constexpr std::size_t kTweakEntriesMax = 256;

}  // namespace guildhall::flow
