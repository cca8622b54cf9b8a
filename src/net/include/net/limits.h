// The limits of net, each named once.
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::net {

// Server, inbound.
inline constexpr std::size_t kReadBufferBytes = 2 * 1024;       ///< of an idle connection
inline constexpr std::size_t kBodyBufferBytes = 64 * 1024;      ///< while a large body arrives
inline constexpr std::size_t kHeaderFieldsMax = 100;            ///< fields of one request
inline constexpr std::size_t kChunkLineBytesMax = 4 * 1024;     ///< size line of one chunk, and the trailer
inline constexpr std::size_t kStreamBufferBytes = 1024 * 1024;  ///< outstanding to a slow reader
inline constexpr std::size_t kStreamOfferedMax = 256 * 1024;    ///< outstanding to a reader nobody waits for
inline constexpr std::int64_t kStreamStallUs = 30'000'000;      ///< how long a slow reader may stand still
inline constexpr std::size_t kLingerBytesMax =
    16 * 1024 * 1024;  ///< of a refused body, read and dropped: a reset could overtake the refusal
inline constexpr std::int64_t kLingerUs = 2'000'000;
inline constexpr std::int64_t kAnswerGraceUs = 5'000'000;  ///< from a request's deadline to the server's own answer
inline constexpr std::size_t kRequestIdBytesMax = 128;

// Parsers.
inline constexpr std::size_t kFormPartsMax = 100;
inline constexpr std::size_t kFormPartHeaderBytesMax = 8 * 1024;
inline constexpr std::size_t kQueryItemsMax = 1000;
inline constexpr std::size_t kCookiesMax = 100;
inline constexpr std::size_t kEventLineBytesMax = 1024 * 1024;
inline constexpr std::size_t kEventBytesMax = 8 * 1024 * 1024;

// Client, outbound.
inline constexpr std::size_t kOutboundUrlBytesMax = 8 * 1024;
inline constexpr std::size_t kOutboundHeaderBytesMax = 256 * 1024;  ///< of one response, informational ones included
inline constexpr std::int64_t kResolvedForUs = 10'000'000;          ///< how long checked addresses are used again
inline constexpr std::size_t kResolvedNamesMax = 4096;
inline constexpr std::int64_t kConnectTimeoutUs = 10'000'000;
inline constexpr std::int64_t kMailTimeoutUs = 30'000'000;

}  // namespace guildhall::net
