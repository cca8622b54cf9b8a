// Documents: accepted here, indexed later.
#include "knowledge/documents.h"

#include "base/errors.h"
#include "base/text.h"
#include "document_rows.h"
#include "extraction/extract.h"
#include "limits.h"

namespace guildhall::knowledge {
namespace {

void check_size(const NewDocument& document) {
  if (static_cast<std::int64_t>(document.content.size()) <= kDocumentBytesMax) return;
  throw Refusal(Code::payload_too_large, "'" + document.filename + "' is larger than " +
                                             std::to_string(kDocumentBytesMax / (1024 * 1024)) +
                                             " MiB; split it into smaller documents");
}

void check_name(const NewDocument& document) {
  const auto is_clean = [](std::string_view text) { return is_valid_utf8(text) && text.find('\0') == std::string_view::npos; };
  if (trimmed(document.filename).empty() || document.filename.size() > kFilenameBytesMax || !is_clean(document.filename)) {
    throw invalid_field("filename", "a file name has 1 to " + std::to_string(kFilenameBytesMax) + " bytes of UTF-8");
  }
  if (document.url.size() > kUrlBytesMax || !is_clean(document.url)) {
    throw invalid_field("url", "a URL has at most " + std::to_string(kUrlBytesMax) + " bytes");
  }
}

/// Refuses when one more document of this size would pass a limit of the base.
void check_room(OrganizationId organization, store::Tx& tx, KnowledgeBaseId base, std::int64_t size_bytes) {
  const auto used =
      tx.first("SELECT COUNT(*) FROM knowledge_document WHERE organization_id = $1 AND base_id = $2", {organization, base});
  if (used->integer(0) >= kDocumentsPerBaseMax) {
    throw Refusal(Code::knowledge_limit, "the knowledge base holds " + std::to_string(kDocumentsPerBaseMax) +
                                             " documents, the most there may be; delete some first");
  }
  check_bytes_of_base(tx, organization, base, size_bytes);
}

Document document_of(const store::Row& row) {
  Document document;
  document.id = row.id<DocumentId>(0);
  document.base = row.id<KnowledgeBaseId>(1);
  document.source = source_kind(row.text(2));
  document.filename = row.text(3);
  document.title = row.text(4);
  document.url = row.text(5);
  document.content_type = row.text(6);
  document.language = row.text(7);
  document.state = document_state(row.text(8));
  document.chunks = row.integer(9);
  document.size_bytes = row.integer(10);
  document.error_code = row.text(11);
  document.error_message = row.text(12);
  document.uploaded_at = row.timestamp(13);
  document.source_id = row.optional_id<KnowledgeSourceId>(14);
  return document;
}

}  // namespace

void check_settings(const BaseSettings& settings) {
  if (settings.chunk_size < kChunkSizeMin || settings.chunk_size > kChunkSizeMax) {
    throw invalid_field("rag_chunk_size", "must be 256 to 2048");
  }
  if (settings.chunk_overlap < 0 || settings.chunk_overlap > kChunkOverlapMax ||
      settings.chunk_overlap * 2 >= settings.chunk_size) {
    throw invalid_field("rag_chunk_overlap", "must be 0 to 200 and less than half of rag_chunk_size");
  }
}

Document insert_document(store::Tx& tx, OrganizationId organization, Document document,
                         const std::optional<std::string>& content) {
  document.id = DocumentId::random();
  document.size_bytes = content ? static_cast<std::int64_t>(content->size()) : 0;
  document.uploaded_at = tx.now();
  check_room(organization, tx, document.base, document.size_bytes);
  const std::string sha = content ? put_content(tx, organization, *content) : std::string();
  tx.execute(
      "INSERT INTO knowledge_document (organization_id, id, base_id, source, filename, title, url, content_type, language, "
      "state, revision, blob_sha256, size_bytes, chunks, error_code, error_message, uploaded_at, source_id) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 1, $11, $12, 0, '', '', $13, $14)",
      {organization, document.id, document.base, wire_name(document.source), document.filename, document.title, document.url,
       document.content_type, document.language, wire_name(document.state), sha, document.size_bytes, document.uploaded_at,
       document.source_id});
  if (content) enqueue_indexing(tx, organization, document.id, 1);
  return document;
}

Document add_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const NewDocument& document) {
  require_base(scope, tx, base);
  check_name(document);
  check_size(document);
  Document added;
  added.base = base;
  added.filename = document.filename;
  added.title = document.filename;
  added.source = document.source;
  added.url = document.url;
  added.content_type = media_type(sniff(document.content, document.filename));
  added.language = "und";
  added = insert_document(tx, scope.organization, std::move(added), document.content);
  record_change(scope, tx, "document.create", added.id.uuid,
                {{"content_type", added.content_type}, {"size_bytes", added.size_bytes}});
  return added;
}

std::vector<Document> list_documents(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  require_base(scope, tx, base);
  std::vector<Document> documents;
  for (const store::Row& row : tx.query(
           "SELECT id, base_id, source, filename, title, url, content_type, language, state, chunks, size_bytes, error_code, "
           "error_message, uploaded_at, source_id FROM knowledge_document WHERE organization_id = $1 AND base_id = $2 ORDER BY "
           "uploaded_at, "
           "id",
           {scope.organization, base})) {
    documents.push_back(document_of(row));
  }
  return documents;
}

Document get_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id) {
  require_base(scope, tx, base);
  const auto row = tx.first(
      "SELECT id, base_id, source, filename, title, url, content_type, language, state, chunks, size_bytes, error_code, "
      "error_message, uploaded_at, source_id FROM knowledge_document WHERE organization_id = $1 AND id = $2 AND base_id = $3",
      {scope.organization, id, base});
  if (!row) throw not_found("document");
  return document_of(*row);
}

void delete_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, DocumentId id) {
  require_base(scope, tx, base);
  const auto row = tx.first("SELECT 1 FROM knowledge_document WHERE organization_id = $1 AND id = $2 AND base_id = $3",
                            {scope.organization, id, base});
  if (!row) throw not_found("document");
  forget_page_of(tx, scope.organization, id);
  erase_document(tx, scope.organization, base, id);
  record_change(scope, tx, "document.delete", id.uuid, {});
}

std::int64_t retrain(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const BaseSettings& settings) {
  require_base(scope, tx, base);
  check_settings(settings);
  tx.execute("UPDATE knowledge_base SET chunk_size = $3, chunk_overlap = $4 WHERE organization_id = $1 AND id = $2",
             {scope.organization, base, settings.chunk_size, settings.chunk_overlap});
  tx.execute(
      "UPDATE knowledge_document SET state = 'PENDING', revision = revision + 1, error_code = '', error_message = '' "
      "WHERE organization_id = $1 AND base_id = $2 AND blob_sha256 <> ''",
      {scope.organization, base});
  const auto documents =
      tx.query("SELECT id, revision FROM knowledge_document WHERE organization_id = $1 AND base_id = $2 AND blob_sha256 <> ''",
               {scope.organization, base});
  for (const store::Row& row : documents) enqueue_indexing(tx, scope.organization, row.id<DocumentId>(0), row.integer(1));
  const auto count = static_cast<std::int64_t>(documents.size());
  record_change(scope, tx, "base.retrain", base.uuid,
                {{"chunk_size", settings.chunk_size}, {"chunk_overlap", settings.chunk_overlap}, {"documents", count}});
  return count;
}

}  // namespace guildhall::knowledge
