// Limits of conversations between visitors, agents and people (contracts/support-partner.md §3, §5.1, §5.2).
#pragma once

#include <cstddef>
#include <cstdint>

#include "base/time.h"

namespace guildhall::support {

inline constexpr std::size_t kVisitorTextCharactersMax = 4'000;
inline constexpr std::size_t kHumanTextCharactersMax = 8'000;
inline constexpr std::size_t kNoteCharactersMax = 8'000;
inline constexpr std::size_t kShortcutCharactersMax = 60;
inline constexpr std::int64_t kCannedAnswersMax = 1'000;
inline constexpr std::size_t kRatingCommentCharactersMax = 2'000;
inline constexpr std::size_t kPageUrlBytesMax = 2'048;
inline constexpr std::size_t kTopicCharactersMax = 120;

/// The run of a turn may take 300 seconds and wait for a place; after this it is lost and somebody else answers.
inline constexpr std::int64_t kAnsweringLeaseUs = 330 * kMicrosecondsPerSecond;
/// How long after it was resolved a conversation goes on instead of a new one beginning.
inline constexpr std::int64_t kReopenUs = 7 * kMicrosecondsPerDay;
inline constexpr std::int64_t kRatingChangeUs = kMicrosecondsPerDay;
inline constexpr std::int64_t kPresenceUs = 60 * kMicrosecondsPerSecond;
/// Conversations one person may have taken at a time.
inline constexpr std::int64_t kClaimedMax = 4;

inline constexpr std::int64_t kUnansweredThresholdMax = 10;
inline constexpr std::int64_t kWaitTimeoutSecondsMin = 30;
inline constexpr std::int64_t kWaitTimeoutSecondsMax = 86'400;
inline constexpr std::int64_t kHumanSilenceMinutesMin = 5;
inline constexpr std::int64_t kHumanSilenceMinutesMax = 1'440;
inline constexpr std::int64_t kIdleHoursMax = 72;
inline constexpr std::size_t kKeywordsMax = 50;
inline constexpr std::size_t kKeywordCharactersMax = 100;
inline constexpr std::size_t kFallbackMessageCharactersMax = 500;
inline constexpr std::size_t kIntervalsPerDayMax = 6;
inline constexpr std::size_t kExceptionsMax = 200;
inline constexpr std::size_t kInboxPageMax = 100;

}  // namespace guildhall::support
