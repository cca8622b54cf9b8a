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

/// Sources (contracts/support-partner.md §2.2).
inline constexpr std::int64_t kSourcesPerBaseMax = 200;
inline constexpr std::size_t kSourceNameCodePointsMax = 120;
inline constexpr std::size_t kSourceGlobsMax = 50;
inline constexpr std::size_t kSourceGlobBytesMax = 256;
inline constexpr std::size_t kGlobStepsMax = 20'000;
inline constexpr std::int64_t kSourceDepthMax = 3;
inline constexpr std::int64_t kPagesPerSyncMax = 5'000;
inline constexpr std::int64_t kRemovedWithoutAskingPercentMax = 30;
inline constexpr std::int64_t kMissedBeforeRemoval = 2;
inline constexpr std::int64_t kHostPauseUs = 1'000'000;
/// A site that asks for patience (429, 503) gets at most this much at once, and this many further requests for the page.
inline constexpr std::int64_t kHostPauseUsMax = 600LL * 1'000'000;
inline constexpr std::int64_t kPatienceDefaultS = 30;
inline constexpr std::int64_t kPageRetriesMax = 2;
/// Redirects and canonical links in a row.
inline constexpr std::int64_t kPageHopsMax = 5;
inline constexpr std::size_t kLinksPerPageMax = 2'000;
/// Before repetitions and what is no address are left out.
inline constexpr std::size_t kLinksNotedMax = 10'000;
inline constexpr std::size_t kDirectivesBytesMax = 1'024;
inline constexpr std::size_t kRobotsBytesMax = 500u * 1024;
inline constexpr std::size_t kSitemapsMax = 100;
inline constexpr std::size_t kSitemapBytesMax = 50u * 1024 * 1024;
inline constexpr std::size_t kSitemapEntriesMax = 50'000;
/// A sync that has fetched nothing for so long is taken for dead when the next one is due.
inline constexpr std::int64_t kSyncIdleUsMax = 15LL * 60 * 1'000'000;
inline constexpr std::int64_t kSyncReportsKept = 20;
inline constexpr std::size_t kSyncReportNamesMax = 1'000;
inline constexpr std::size_t kAlternativeQuestionsMax = 20;
inline constexpr std::size_t kPreviewChunksMax = 200;
inline constexpr std::size_t kFilterConditionsMax = 20;

// Evaluation (contracts/support-partner.md §2.8).
inline constexpr std::int64_t kQuestionSetsPerOwnerMax = 20;
inline constexpr std::int64_t kCasesPerSetMax = 5'000;
inline constexpr std::size_t kSetNameCodePointsMax = 120;
inline constexpr std::size_t kCaseQuestionCodePointsMax = 2'000;
inline constexpr std::size_t kGoldPerCaseMax = 20;
inline constexpr std::size_t kGoldTextCodePointsMax = 1'000;
inline constexpr std::size_t kCaseTextsMax = 20;
inline constexpr std::size_t kCaseTextCodePointsMax = 500;
inline constexpr std::size_t kImportErrorsMax = 100;
inline constexpr std::size_t kCsvCellsMax = 64;
inline constexpr std::size_t kStoredAnswerBytesMax = 4'000;
inline constexpr std::int64_t kEvaluationsPerSetMax = 20;
inline constexpr std::int64_t kOpenEvaluationsMax = 2;
inline constexpr std::int64_t kEvaluationCasesPerDayMax = 20'000;
inline constexpr std::size_t kOverrideReasonCodePointsMax = 1'000;
inline constexpr std::size_t kGateCasesListedMax = 100;

// Dense retrieval (contracts/support-partner.md §2.5).
/// What of a chunk is embedded; the longest chunk of the contract in most scripts.
inline constexpr std::size_t kEmbeddedTextBytesMax = 16 * 1024;
inline constexpr std::size_t kDenseCandidatesMax = 100;
inline constexpr std::size_t kVectorDimensionsMax = 4'096;
inline constexpr std::size_t kEmbeddingErrorBytesMax = 500;
inline constexpr std::int64_t kEmbeddingRetryUs = 3'600LL * 1'000'000;
inline constexpr std::int64_t kStaleBasesMax = 200;
/// Vectors of the bases in use, beside their other indexes: two bases of 100,000 chunks at 384 dimensions.
inline constexpr std::size_t kDenseBytesMax = 384u * 1024 * 1024;

}  // namespace guildhall::knowledge
