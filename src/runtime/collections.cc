// Ingestion into, and search of, knowledge bases from inside a run.
#include "collections.h"

#include <set>

#include "answering.h"
#include "base/hash.h"
#include "base/text.h"
#include "knowledge/documents.h"

namespace guildhall::runtime {
namespace {

std::string document_name(const std::string& text, std::size_t copy) {
  const std::string name = "record-" + to_hex(guildhall::bytes_of(sha256(text))).substr(0, 32);
  return copy == 0 ? name + ".txt" : name + "-" + std::to_string(copy) + ".txt";
}

}  // namespace

KnowledgeBaseId collection_named(const Vertex& vertex, const std::string& name) {
  if (vertex.run.engine.database == nullptr) vertex.fail("there is no database to keep the collection '" + name + "' in");
  return vertex.run.engine.database->write(
      [&](store::Tx& tx) { return knowledge::base_named(vertex.run.request.scope, tx, name); });
}

std::size_t ingest_records(const Vertex& vertex, KnowledgeBaseId base, const std::vector<Record>& records,
                           bool allow_duplicates) {
  store::Database& database = *vertex.run.engine.database;
  const Scope& scope = vertex.run.request.scope;
  const std::vector<DocumentId> added = database.write([&](store::Tx& tx) {
    std::set<std::string> names;
    for (const knowledge::Document& document : knowledge::list_documents(scope, tx, base)) names.insert(document.filename);
    std::vector<DocumentId> ids;
    for (const Record& record : records) {
      const std::string text = record.text();
      if (trimmed(text).empty()) continue;
      std::size_t copy = 0;
      while (allow_duplicates && names.contains(document_name(text, copy))) ++copy;
      const std::string name = document_name(text, copy);
      if (!names.insert(name).second) continue;
      knowledge::NewDocument document;
      document.filename = name;
      document.content = text;
      ids.push_back(knowledge::add_document(scope, tx, base, document).id);
    }
    return ids;
  });
  for (const DocumentId id : added) {
    vertex.run.check_alive();
    knowledge::index_document(database, *vertex.run.engine.extractor, scope.organization, id);
  }
  return added.size();
}

std::vector<knowledge::Passage> search_bases(const Vertex& vertex, const std::vector<KnowledgeBaseId>& bases,
                                             const std::string& query, std::size_t top_k) {
  std::vector<knowledge::Passage> passages = retrieve_passages(vertex.run, bases, query, top_k);
  vertex.run.found.push_back({vertex.index, passages});
  return passages;
}

std::vector<knowledge::Passage> search_attached(const Vertex& vertex, const std::string& query, std::size_t top_k) {
  std::vector<knowledge::Passage> passages = retrieve_attached(vertex.run, query, top_k);
  vertex.run.found.push_back({vertex.index, passages});
  return passages;
}

json::Object passage_metadata(const knowledge::Passage& passage) {
  json::Array headings;
  for (const std::string& heading : passage.heading_path) headings.emplace_back(heading);
  json::Object fields{{"document_id", passage.document.text()},
                      {"title", passage.title},
                      {"url", passage.url},
                      {"heading_path", std::move(headings)},
                      {"language", passage.language}};
  if (passage.page) fields["page"] = *passage.page;
  if (!passage.question.empty()) fields["question"] = passage.question;
  return fields;
}

}  // namespace guildhall::runtime
