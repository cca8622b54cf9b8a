// The limits of market (contracts/cmp.md §2, §7, §8).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::market {

inline constexpr std::size_t kNameBytesMax = 150;
inline constexpr std::size_t kDescriptionBytesMax = 4000;
inline constexpr std::size_t kFullDescriptionBytesMax = 65'536;
inline constexpr std::size_t kJsonBytesMax = 65'536;
inline constexpr std::size_t kUrlBytesMax = 2000;
inline constexpr std::size_t kCommentBytesMax = 2000;
inline constexpr std::size_t kComponentsMax = 50;
inline constexpr std::size_t kPlansMax = 50;
inline constexpr std::size_t kFeaturesMax = 50;
inline constexpr std::size_t kPageMax = 300;
inline constexpr std::size_t kJobBatchMax = 500;
inline constexpr std::int64_t kRatePerSecondMax = 100;

}  // namespace guildhall::market
