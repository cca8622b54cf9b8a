// Limits of the widget's calls (contracts/support-partner.md §4.4, §4.6).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::api::widget_dialect {

inline constexpr std::int64_t kSessionsPerMinuteOfAddress = 60;
inline constexpr std::int64_t kMessagesPerMinuteOfSession = 20;
inline constexpr std::size_t kHistoryPageMessages = 50;
inline constexpr std::size_t kWidgetBodyBytesMax = 64 * 1024;

}  // namespace guildhall::api::widget_dialect
