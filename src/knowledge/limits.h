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

/// What one HTML document may take to parse before it counts as hostile.
inline constexpr std::size_t kHtmlTreeBytesMax = 128u * 1024 * 1024;
inline constexpr std::int64_t kHtmlParseCpuMsMax = 4'000;
inline constexpr std::int64_t kHtmlOpenElementsMax = 5'000;
/// A header longer than this is not repeated in every part of its table.
inline constexpr std::size_t kRepeatedHeaderBytesMax = 1'024;

inline constexpr std::size_t kCsvRowsMax = 100'000;
inline constexpr std::size_t kCsvColumnsMax = 1'000;
inline constexpr int kPdfPagesMax = 3'000;
/// What pdftotext may write for one document: a box for every word, about twenty bytes for one of text.
inline constexpr std::int64_t kPdfLayoutBytesMax = 192LL * 1024 * 1024;

/// Archives (contracts/identity-and-security.md §15).
inline constexpr std::int64_t kArchiveEntriesMax = 2'000;
inline constexpr std::int64_t kArchiveBytesMax = 200LL * 1000 * 1000;
inline constexpr std::int64_t kArchiveRatioMax = 100;
inline constexpr int kXmlDepthMax = 256;
/// libxml2 compares each attribute of an element with all others.
inline constexpr int kXmlAttributesMax = 4'096;

/// One child reads one document within these (contracts/identity-and-security.md §15).
inline constexpr std::int64_t kSandboxAddressBytesMax = 512LL * 1024 * 1024;
/// Memory of its own, so that what is resident with libraries and the document stays below 300 MB.
inline constexpr std::int64_t kSandboxPrivateBytesMax = 224LL * 1024 * 1024;
inline constexpr std::int64_t kSandboxCpuSMax = 20;
/// The extracted document in the form it leaves the child.
inline constexpr std::int64_t kSandboxOutputBytesMax = 96LL * 1024 * 1024;
inline constexpr std::int64_t kSandboxDiagnosticsBytesMax = 64 * 1024;
inline constexpr std::size_t kExtractedBlocksMax = 2'000'000;

inline constexpr std::size_t kTitleCodePointsMax = 300;
inline constexpr std::size_t kHeadingCodePointsMax = 300;

}  // namespace guildhall::knowledge
