// What a document would become, before anything is indexed (contracts/support-partner.md §2.1, `…/preview/`).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "identity/scope.h"
#include "knowledge/crawl.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "store/database.h"

namespace guildhall::knowledge {

struct ChunkPreview {
  std::vector<std::string> heading_path;
  std::string anchor;
  std::string text;
  std::string language;
  std::int64_t tokens = 0;
  std::int64_t char_begin = 0;
  std::int64_t char_end = 0;
};

struct DocumentPreview {
  std::string url;
  std::string filename;
  std::string title;
  std::string content_type;
  std::string language;
  BaseSettings settings;
  std::vector<ChunkPreview> chunks;  ///< the first 200
  std::int64_t chunk_count = 0;      ///< all of them
};

/// Refusal(validation_failed, unsupported_media_type) when there is nothing to show.
DocumentPreview preview_content(const Extractor& extractor, const std::string& content, const std::string& filename,
                                const BaseSettings& settings);
/// The same for what a site answered; preview_refusal() when it is no page.
DocumentPreview preview_response(const Extractor& extractor, const std::string& url, const PageResponse& response,
                                 const BaseSettings& settings);
/// The same for a page of a source as it was fetched last; nullopt when it was never fetched.
std::optional<DocumentPreview> preview_stored_page(const Scope& scope, store::Database& database, const Extractor& extractor,
                                                   KnowledgeBaseId base, KnowledgeSourceId source, const std::string& url,
                                                   const BaseSettings& settings);

/// Why a page cannot be shown: 400 for an address the gate refuses, 503 for a site that does not answer, else 422 for the URL.
/// The reason's code is in the details.
Refusal preview_refusal(const std::string& code);

/// What to do about a failure with this code, for people.
std::string advice_for(std::string_view code);

}  // namespace guildhall::knowledge
