// Rows of documents and the bytes behind them, for the files of this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "knowledge/documents.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// The document's bytes. They are marked as this room's, so that no other room's blob can be the same one and deleting a
/// document never takes bytes another room still needs.
std::string put_content(store::Tx& tx, OrganizationId organization, std::string_view content);
std::optional<std::string> get_content(store::Tx& tx, OrganizationId organization, const std::string& sha256_hex);
/// Deletes the bytes unless another document of the organization has the same.
void drop_content(store::Tx& tx, OrganizationId organization, const std::string& sha256_hex);

/// Deletes the document's chunks; true when there were any.
bool delete_chunks(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, DocumentId document);
/// Last in a transaction that changed what an index holds of this document, be it that it is gone: from the commit on the base
/// has a new snapshot, and of its documents an index before has to forget this one alone.
void move_snapshot(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, DocumentId document);
/// Queues the work "knowledge.index" for this revision of the document.
void enqueue_indexing(store::Tx& tx, OrganizationId organization, DocumentId document, std::int64_t revision);

/// Refusal(knowledge_limit) when so many more bytes would pass the base's limit of text; fewer never do.
void check_bytes_of_base(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, std::int64_t more_bytes);
/// Stores a new document and queues its indexing; without content it waits, PENDING, until its source has been fetched.
/// Refusal(knowledge_limit) past the base's limits.
Document insert_document(store::Tx& tx, OrganizationId organization, Document document,
                         const std::optional<std::string>& content);
/// The row, its chunks and its bytes; gone from retrieval when the transaction commits.
void erase_document(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, DocumentId document);

/// Refusal(validation_failed) naming rag_chunk_size or rag_chunk_overlap when out of bounds.
void check_settings(const BaseSettings& settings);

/// What a person changed, in the organization's audit trail. `details` hold kinds and sizes, never what was written: the trail
/// outlives what it speaks of.
void record_change(const Scope& scope, store::Tx& tx, std::string_view action, const Uuid& object, json::Object details);

/// New bytes for a document: with `reindex` it is PENDING again, without only the bytes are kept.
struct NewContent {
  std::string bytes;
  std::string content_type;
  std::string filename;
  bool reindex = true;
};
/// Refusal(knowledge_limit) when the base would pass its limit of text; nothing is written then.
void replace_content(store::Tx& tx, OrganizationId organization, DocumentId document, const NewContent& content);
/// FAILED before there was anything to index.
void fail_document(store::Tx& tx, OrganizationId organization, DocumentId document, std::string_view code,
                   std::string_view message);
/// A person deleted the document: its source does not bring the page back, and a source of this page alone goes with it.
void forget_page_of(store::Tx& tx, OrganizationId organization, DocumentId document);

DocumentState document_state(std::string_view wire_name);
SourceKind source_kind(std::string_view wire_name);

}  // namespace guildhall::knowledge
