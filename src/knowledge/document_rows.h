// Rows of documents and the bytes behind them, for the files of this room.
#pragma once

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
/// What was cached for the base before is not used from the commit of this transaction on.
void move_snapshot(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base);
/// Queues the work "knowledge.index" for this revision of the document.
void enqueue_indexing(store::Tx& tx, OrganizationId organization, DocumentId document, std::int64_t revision);

DocumentState document_state(std::string_view wire_name);
SourceKind source_kind(std::string_view wire_name);

}  // namespace guildhall::knowledge
