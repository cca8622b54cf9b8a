// The limits of identity (contracts/identity-and-security.md §2, §3, §7).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::identity {

inline constexpr std::size_t kUsernameBytesMax = 150;
inline constexpr std::size_t kEmailBytesMax = 254;
inline constexpr std::size_t kFullNameBytesMax = 300;
inline constexpr std::size_t kPasswordCharactersMin = 12;
inline constexpr std::size_t kPasswordBytesMax = 1024;
inline constexpr unsigned kHashingQueueMax = 64;

inline constexpr std::size_t kNameBytesMax = 150;
inline constexpr std::size_t kDescriptionBytesMax = 4000;
inline constexpr std::size_t kReasonBytesMax = 1000;
inline constexpr std::size_t kAuditRowsMax = 1000;

inline constexpr std::int64_t kFailuresPerAddressMax = 4;
inline constexpr std::int64_t kFailuresPerAccountMax = 20;
inline constexpr std::int64_t kFailureWindow_s = 600;
inline constexpr std::int64_t kFailuresOfPrefixMax = 100;
inline constexpr std::int64_t kFailurePrefixWindow_s = 3600;

inline constexpr std::int64_t kSessionIdle_s = 2 * 3600;
inline constexpr std::int64_t kSessionAbsolute_s = 12 * 3600;
inline constexpr std::int64_t kOperatorSessionIdle_s = 1800;
inline constexpr std::int64_t kOperatorSessionAbsolute_s = 8 * 3600;
inline constexpr std::int64_t kSetupToken_s = 24 * 3600;

}  // namespace guildhall::identity
