// Chunking: blocks become the passages that are found and cited (contracts/support-partner.md §2.3).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "extraction/extract.h"
#include "knowledge/documents.h"

namespace guildhall::knowledge {

struct Chunk {
  std::int64_t section = 0;               ///< chunks of one section share it
  std::vector<std::string> heading_path;  ///< outermost first
  std::string anchor;
  std::string question;  ///< of a question–answer pair; `text` is then the answer
  std::string text;
  std::string prose;  ///< the text without code, for language detection
  std::int64_t tokens = 0;
  std::int64_t overlap_bytes = 0;  ///< how much of `text` repeats the end of the chunk before
  std::int64_t char_begin = 0;     ///< code points in the extracted document
  std::int64_t char_end = 0;
  int page = 0;  ///< where it begins; 0 in formats without pages
};

/// Splits at headings, then paragraphs, sentences and words. Never splits a sentence, table row or code fence that fits.
std::vector<Chunk> chunk_document(const Extracted& extracted, const BaseSettings& settings, std::string_view language);

}  // namespace guildhall::knowledge
