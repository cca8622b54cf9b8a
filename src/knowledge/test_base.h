// What the room's database tests share: organizations, indexing until idle, and reading files of the repository.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>

#include "identity/scope.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "knowledge/retrieve.h"
#include "store/database.h"

namespace guildhall::knowledge::test {

/// Indexing in the test's own process; what the sandbox does is the subject of extractor_test.cc alone.
inline void index_document(store::Database& database, OrganizationId organization, DocumentId document) {
  knowledge::index_document(database, Extractor::in_process(), organization, document);
}

inline Scope new_organization() {
  return identity::system_scope(OrganizationId::random(), "test");
}

inline KnowledgeBaseId new_base(store::Database& database, const Scope& scope, std::string_view name = "help") {
  return database.write([&](store::Tx& tx) { return base_named(scope, tx, name); });
}

inline Document add(store::Database& database, const Scope& scope, KnowledgeBaseId base, std::string filename,
                    std::string content) {
  NewDocument document;
  document.filename = std::move(filename);
  document.content = std::move(content);
  return database.write([&](store::Tx& tx) { return add_document(scope, tx, base, document); });
}

inline Document get(store::Database& database, const Scope& scope, const Document& document) {
  return database.read([&](store::Tx& tx) { return get_document(scope, tx, document.base, document.id); });
}

/// Adds, indexes and returns the document as it is then.
inline Document add_indexed(store::Database& database, const Scope& scope, KnowledgeBaseId base, std::string filename,
                            std::string content) {
  const Document document = add(database, scope, base, std::move(filename), std::move(content));
  index_document(database, scope.organization, document.id);
  return get(database, scope, document);
}

inline Retrieved ask(store::Database& database, Indexes& indexes, const Scope& scope, KnowledgeBaseId base, std::string query,
                     std::size_t top_k = 5) {
  RetrieveRequest request;
  request.query = std::move(query);
  request.top_k = top_k;
  return retrieve(scope, database, indexes, {base}, request);
}

inline std::string read_file(const std::filesystem::path& path) {
  const std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline std::filesystem::path source_folder() {
  const char* folder = std::getenv("GUILDHALL_SOURCE_DIR");
  return folder == nullptr ? std::filesystem::current_path() : std::filesystem::path(folder);
}

/// The shared corpora, or an empty path where they are absent.
inline std::filesystem::path corpus_folder(std::string_view name) {
  const char* fixtures = std::getenv("GUILDHALL_FIXTURES");
  const std::filesystem::path root = fixtures != nullptr ? std::filesystem::path(fixtures) : source_folder() / ".." / "shared";
  const std::filesystem::path folder = root / "corpora" / name;
  return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}

}  // namespace guildhall::knowledge::test
