// Limits of the room (contracts/support-partner.md §1, §2.1, §2.3).
#pragma once

#include <cstddef>
#include <cstdint>

namespace guildhall::knowledge {

inline constexpr std::int64_t kDocumentBytesMax = 50LL * 1024 * 1024;
inline constexpr std::int64_t kDocumentsPerBaseMax = 10'000;
inline constexpr std::int64_t kChunksPerBaseMax = 200'000;
inline constexpr std::int64_t kBytesPerBaseMax = 1024LL * 1024 * 1024;
inline constexpr std::size_t kFilenameBytesMax = 255;
inline constexpr std::size_t kUrlBytesMax = 2'048;
inline constexpr std::size_t kBaseNameBytesMax = 120;
inline constexpr std::size_t kQuestionCodePointsMax = 500;
inline constexpr std::size_t kAnswerCodePointsMax = 4'000;

inline constexpr std::int64_t kChunkSizeMin = 256;
inline constexpr std::int64_t kChunkSizeMax = 2'048;
inline constexpr std::int64_t kChunkOverlapMax = 200;
/// Sections below this many text tokens join their next sibling.
inline constexpr std::int64_t kSmallSectionTokens = 64;
/// Adjacent chunks of a section merge in a result up to this many text tokens.
inline constexpr std::int64_t kMergedTokensMax = 1'024;

inline constexpr std::size_t kTopKMax = 20;
inline constexpr std::size_t kCandidatesMax = 100;
/// What of a query is searched; the rest of a longer one is not read.
inline constexpr std::size_t kQueryBytesMax = 8'192;
inline constexpr std::size_t kQueryTermsMax = 256;
/// How long a question waits for the index of the newest snapshot before the one before answers.
inline constexpr std::int64_t kIndexWaitUsMax = 100'000;

/// What one HTML document may take to parse before it counts as hostile.
inline constexpr std::size_t kHtmlTreeBytesMax = 256u * 1024 * 1024;
inline constexpr std::int64_t kHtmlParseCpuMsMax = 4'000;
inline constexpr std::int64_t kHtmlOpenElementsMax = 5'000;
inline constexpr std::size_t kTitleCodePointsMax = 300;
inline constexpr std::size_t kHeadingCodePointsMax = 300;

}  // namespace guildhall::knowledge
