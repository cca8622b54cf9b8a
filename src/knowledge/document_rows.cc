// What documents keep in the database besides their own row.
#include "document_rows.h"

#include <stdexcept>

#include "base/errors.h"
#include "delivery/jobs.h"
#include "dense/dense_rows.h"
#include "identity/audit.h"
#include "limits.h"
#include "store/blobs.h"

namespace guildhall::knowledge {
namespace {

constexpr std::string_view kContentMark = "guildhall knowledge document\n";

}  // namespace

std::string put_content(store::Tx& tx, OrganizationId organization, std::string_view content) {
  std::string marked(kContentMark);
  marked += content;
  return store::put_blob(tx, organization, marked);
}

std::optional<std::string> get_content(store::Tx& tx, OrganizationId organization, const std::string& sha256_hex) {
  std::optional<std::string> bytes = store::get_blob(tx, organization, sha256_hex);
  if (bytes) bytes->erase(0, kContentMark.size());
  return bytes;
}

void drop_content(store::Tx& tx, OrganizationId organization, const std::string& sha256_hex) {
  if (sha256_hex.empty()) return;
  const auto other = tx.first("SELECT 1 FROM knowledge_document WHERE organization_id = $1 AND blob_sha256 = $2 LIMIT 1",
                              {organization, sha256_hex});
  if (!other) store::delete_blob(tx, organization, sha256_hex);
}

bool delete_chunks(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, DocumentId document) {
  return tx.execute("DELETE FROM knowledge_chunk WHERE organization_id = $1 AND base_id = $2 AND document_id = $3",
                    {organization, base, document}) > 0;
}

void move_snapshot(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, DocumentId document) {
  tx.execute("UPDATE knowledge_base SET snapshot = snapshot + 1 WHERE organization_id = $1 AND id = $2", {organization, base});
  tx.execute(
      "UPDATE knowledge_document SET chunks_snapshot = (SELECT b.snapshot FROM knowledge_base b WHERE b.organization_id = $1 AND "
      "b.id = $2) WHERE organization_id = $1 AND id = $3",
      {organization, base, document});
  queue_embedding(tx, organization, base);
}

void enqueue_indexing(store::Tx& tx, OrganizationId organization, DocumentId document, std::int64_t revision) {
  delivery::NewJob job;
  job.kind = "knowledge.index";
  job.key = document.text() + ":" + std::to_string(revision);
  job.organization = organization;
  job.payload = {{"document_id", document.text()}};
  delivery::enqueue(tx, job);
}

void erase_document(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, DocumentId document) {
  const auto row =
      tx.first("SELECT blob_sha256 FROM knowledge_document WHERE organization_id = $1 AND id = $2", {organization, document});
  if (!row) return;
  delete_chunks(tx, organization, base, document);
  tx.execute("DELETE FROM knowledge_pair WHERE organization_id = $1 AND document_id = $2", {organization, document});
  tx.execute("DELETE FROM knowledge_document WHERE organization_id = $1 AND id = $2", {organization, document});
  drop_content(tx, organization, row->text(0));
  move_snapshot(tx, organization, base, document);
}

void check_bytes_of_base(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, std::int64_t more_bytes) {
  const auto used = tx.first(
      "SELECT CAST(COALESCE(SUM(size_bytes), 0) AS BIGINT) FROM knowledge_document WHERE organization_id = $1 AND base_id = $2",
      {organization, base});
  if (more_bytes > 0 && used->integer(0) + more_bytes > kBytesPerBaseMax) {
    throw Refusal(Code::knowledge_limit, "the knowledge base would pass 1 GiB of text; delete documents first");
  }
}

void record_change(const Scope& scope, store::Tx& tx, std::string_view action, const Uuid& object, json::Object details) {
  const std::string_view type = action.substr(0, action.find('.'));
  identity::audit(scope, tx,
                  {.action = "knowledge_" + std::string(action),
                   .object_type = "knowledge_" + std::string(type),
                   .object_id = dashed(object),
                   .details = std::move(details)});
}

void replace_content(store::Tx& tx, OrganizationId organization, DocumentId document, const NewContent& content) {
  const auto row =
      tx.first("SELECT blob_sha256, revision, base_id, size_bytes FROM knowledge_document WHERE organization_id = $1 AND id = $2",
               {organization, document});
  if (!row) return;
  check_bytes_of_base(tx, organization, row->id<KnowledgeBaseId>(2),
                      static_cast<std::int64_t>(content.bytes.size()) - row->integer(3));
  const std::string sha = put_content(tx, organization, content.bytes);
  const std::int64_t revision = row->integer(1) + (content.reindex ? 1 : 0);
  tx.execute(
      "UPDATE knowledge_document SET blob_sha256 = $3, size_bytes = $4, content_type = $5, filename = $6, revision = $7 "
      "WHERE organization_id = $1 AND id = $2",
      {organization, document, sha, static_cast<std::int64_t>(content.bytes.size()), content.content_type, content.filename,
       revision});
  if (sha != row->text(0)) drop_content(tx, organization, row->text(0));
  if (!content.reindex) return;
  tx.execute(
      "UPDATE knowledge_document SET state = 'PENDING', error_code = '', error_message = '', uploaded_at = $3 "
      "WHERE organization_id = $1 AND id = $2",
      {organization, document, tx.now()});
  enqueue_indexing(tx, organization, document, revision);
}

void fail_document(store::Tx& tx, OrganizationId organization, DocumentId document, std::string_view code,
                   std::string_view message) {
  tx.execute(
      "UPDATE knowledge_document SET state = 'FAILED', error_code = $3, error_message = $4 "
      "WHERE organization_id = $1 AND id = $2",
      {organization, document, code, message});
}

std::string_view wire_name(DocumentState state) {
  switch (state) {
    case DocumentState::pending: return "PENDING";
    case DocumentState::processing: return "PROCESSING";
    case DocumentState::indexed: return "INDEXED";
    case DocumentState::failed: return "FAILED";
  }
  throw std::logic_error("unknown document state");
}

std::string_view wire_name(SourceKind kind) {
  switch (kind) {
    case SourceKind::file: return "file";
    case SourceKind::url: return "url";
    case SourceKind::qa: return "qa";
  }
  throw std::logic_error("unknown source kind");
}

DocumentState document_state(std::string_view name) {
  for (const auto state : {DocumentState::pending, DocumentState::processing, DocumentState::indexed, DocumentState::failed}) {
    if (wire_name(state) == name) return state;
  }
  throw std::logic_error("unknown document state '" + std::string(name) + "'");
}

SourceKind source_kind(std::string_view name) {
  for (const auto kind : {SourceKind::file, SourceKind::url, SourceKind::qa}) {
    if (wire_name(kind) == name) return kind;
  }
  throw std::logic_error("unknown source kind '" + std::string(name) + "'");
}

}  // namespace guildhall::knowledge
