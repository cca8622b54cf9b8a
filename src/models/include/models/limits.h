// Limits of model calls and of the built-in answerer (contracts/runtime.md §8, contracts/support-partner.md §2.7).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::models {

inline constexpr std::size_t kReplyBytesMax = 2 * 1024 * 1024;
inline constexpr int kRetriesMax = 2;
inline constexpr std::int64_t kFirstBackoffUs = 250'000;
inline constexpr std::int64_t kBackoffUsMax = 5'000'000;
inline constexpr std::size_t kQuoteCodePointsMax = 300;
inline constexpr std::size_t kSentencesMax = 3;
inline constexpr std::size_t kChunksMax = 2;
inline constexpr std::size_t kSuggestionsMax = 3;
inline constexpr std::size_t kPassagesScoredMax = 20;
inline constexpr std::size_t kQuestionBytesMax = 4'000;

}  // namespace guildhall::models
