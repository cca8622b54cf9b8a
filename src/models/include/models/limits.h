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

// Embeddings and reranking (contracts/support-partner.md §2.5).
inline constexpr std::size_t kEmbeddingBatchMax = 32;
inline constexpr std::size_t kEmbeddingDimensionsMax = 4'096;
/// 32 vectors of 4,096 numbers as JSON.
inline constexpr std::size_t kEmbeddingReplyBytesMax = 8 * 1024 * 1024;
/// A text that is refused as too long is not cut below this.
inline constexpr std::size_t kEmbeddingCutBytesMin = 512;
inline constexpr std::size_t kEmbeddingTextsAtOnce = 512;
inline constexpr std::int64_t kEmbeddingSliceUs = 10'000'000;
inline constexpr std::int64_t kEmbeddingCallUsMax = 60'000'000;
/// What a search waits for a model before it goes on without.
inline constexpr std::int64_t kSearchModelUsMax = 500'000;
inline constexpr std::int64_t kMeasuredQueryUsMax = 10'000'000;
inline constexpr std::size_t kQueryVectorsKept = 2'000;
/// What of a passage the rerank model reads.
inline constexpr std::size_t kRerankedBytesMax = 4'096;

}  // namespace guildhall::models
