// Chunks for a look, made as indexing makes them and kept nowhere.
#include "knowledge/preview.h"

#include "../limits.h"
#include "base/errors.h"
#include "document_rows.h"
#include "extraction/extract.h"
#include "index/chunk.h"
#include "knowledge/language.h"
#include "sources/page_reading.h"
#include "sources/source_rows.h"

namespace guildhall::knowledge {
namespace {

std::string language_of_blocks(const Extracted& extracted) {
  std::string prose;
  for (const Block& block : extracted.blocks) {
    if (block.kind != BlockKind::code) (prose += block.text) += '\n';
  }
  return detect_language(prose);
}

}  // namespace

DocumentPreview preview_content(const Extractor& extractor, const std::string& content, const std::string& filename,
                                const BaseSettings& settings) {
  check_settings(settings);
  DocumentPreview preview;
  preview.filename = filename;
  preview.settings = settings;
  try {
    const ContentType type = sniff(content, filename);
    const Extracted extracted = extractor.extract(content, filename);
    preview.content_type = media_type(type);
    preview.title = extracted.title;
    preview.language = language_of_blocks(extracted);
    for (Chunk& chunk : chunk_document(extracted, settings, preview.language)) {
      if (++preview.chunk_count > static_cast<std::int64_t>(kPreviewChunksMax)) continue;
      std::string language = detect_language(chunk.prose, preview.language);
      preview.chunks.push_back({std::move(chunk.heading_path), std::move(chunk.anchor), std::move(chunk.text),
                                language == "und" ? preview.language : std::move(language), chunk.tokens, chunk.char_begin,
                                chunk.char_end});
    }
  } catch (const ExtractionFailure& failure) {
    throw invalid_field("url", failure.message).with_details({{"reason", failure.code}});
  }
  return preview;
}

Refusal preview_refusal(const std::string& code) {
  const bool is_transient = code == "unreachable" || code == "timeout" || code == "protocol" || code == "robots_unreachable" ||
                            code.starts_with("http_");
  Refusal refusal = invalid_field("url", advice_for(code));
  if (is_transient) refusal = Refusal(Code::upstream_error, advice_for(code));
  if (code == "destination_refused") refusal = Refusal(Code::destination_refused, advice_for(code));
  refusal.with_details({{"reason", code}});
  return refusal;
}

DocumentPreview preview_response(const Extractor& extractor, const std::string& url, const PageResponse& response,
                                 const BaseSettings& settings) {
  const auto page = parse_web_url(url);
  if (!page) throw invalid_field("url", "must be an absolute http or https URL");
  const PageReading reading = read_page(extractor, *page, response, {.follows_canonical = false});
  if (reading.kind != PageKind::content) {
    if (reading.kind == PageKind::moved) {
      throw invalid_field("url", "the page redirects to " + reading.moved_to->text() + "; preview that address");
    }
    throw preview_refusal(reading.reason);
  }
  DocumentPreview preview = preview_content(extractor, reading.content, reading.filename, settings);
  preview.url = page->text();
  return preview;
}

std::optional<DocumentPreview> preview_stored_page(const Scope& scope, store::Database& database, const Extractor& extractor,
                                                   KnowledgeBaseId base, KnowledgeSourceId source, const std::string& url,
                                                   const BaseSettings& settings) {
  const auto parsed = parse_web_url(url);
  if (!parsed) throw invalid_field("url", "must be an absolute http or https URL");
  struct Stored {
    std::string content;
    std::string filename;
  };
  const auto stored = database.read([&](store::Tx& tx) -> std::optional<Stored> {
    get_source(scope, tx, base, source);
    const auto row = tx.first(
        "SELECT d.blob_sha256, d.filename FROM knowledge_page p "
        "JOIN knowledge_document d ON d.organization_id = p.organization_id AND d.id = p.document_id "
        "WHERE p.organization_id = $1 AND p.source_id = $2 AND p.url = $3 AND d.blob_sha256 <> ''",
        {scope.organization, source, parsed->text()});
    if (!row) return std::nullopt;
    auto content = get_content(tx, scope.organization, row->text(0));
    return content ? std::optional(Stored{*std::move(content), row->text(1)}) : std::nullopt;
  });
  if (!stored) return std::nullopt;
  DocumentPreview preview = preview_content(extractor, stored->content, stored->filename, settings);
  preview.url = parsed->text();
  return preview;
}

}  // namespace guildhall::knowledge
