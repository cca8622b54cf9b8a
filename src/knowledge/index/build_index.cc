// Reading the chunks an index still lacks, some documents at a time.
#include "index/build_index.h"

#include <algorithm>
#include <span>

#include "knowledge/language.h"
#include "language/words.h"

namespace guildhall::knowledge {
namespace {

/// What is read at once stays small beside the index itself: about 2,000 chunks.
constexpr std::size_t kDocumentsAtOnce = 64;
constexpr std::int64_t kChunksAtOnce = 2'000;

struct ListedDocument {
  DocumentVersion version;
  std::int64_t chunks = 0;
};

std::vector<ListedDocument> listed_documents(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base) {
  std::vector<ListedDocument> documents;
  for (const store::Row& row :
       tx.query("SELECT id, chunks_snapshot, chunks FROM knowledge_document WHERE organization_id = $1 AND base_id = $2",
                {organization, base})) {
    documents.push_back({{row.id<DocumentId>(0), row.integer(1)}, row.integer(2)});
  }
  std::sort(documents.begin(), documents.end(),
            [](const ListedDocument& a, const ListedDocument& b) { return a.version < b.version; });
  return documents;
}

/// The text of a chunk written by other analysers, analysed again as it would be today.
ChunkTerms analysed_again(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, const IndexEntry& entry) {
  const auto source = tx.first(
      "SELECT title, heading_path, question, text, language FROM knowledge_chunk WHERE organization_id = $1 AND base_id = $2 AND "
      "document_id = $3 AND ordinal = $4",
      {organization, base, entry.document, entry.ordinal});
  std::vector<std::string> path;
  const json::Value stored = source->json(1);
  for (const json::Value& heading : stored.as_array()) path.emplace_back(json::view(heading.as_string()));
  const std::string title = entry.is_question_answer ? std::string() : source->text(0);
  return terms_of({title, path, source->text(2), source->text(3), source->text(4)});
}

void add_chunk_row(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, const store::Row& row, BaseIndex& index) {
  IndexEntry entry;
  entry.chunk = row.id<ChunkId>(0);
  entry.document = row.id<DocumentId>(1);
  entry.ordinal = row.integer(2);
  entry.section = row.integer(3);
  entry.tokens = row.integer(4);
  entry.uploaded_at = row.timestamp(5);
  entry.language = primary_language(row.text(6));
  entry.is_question_answer = row.boolean(7);
  std::optional<ChunkTerms> terms;
  if (row.integer(8) == kAnalyserVersion) terms = decode_terms(row.bytes(9));
  if (!terms) terms = analysed_again(tx, organization, base, entry);
  entry.sketch = terms->sketch;
  index.add(std::move(entry), *terms);
}

void add_documents(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, std::span<const DocumentId> documents,
                   BaseIndex& index) {
  std::vector<store::Param> params = {organization, base};
  std::string places;
  for (const DocumentId& document : documents) {
    params.emplace_back(document);
    places += (places.empty() ? "$" : ", $") + std::to_string(params.size());
  }
  const std::string sql =
      "SELECT id, document_id, ordinal, section, tokens, uploaded_at, language, question <> '', analyser, terms "
      "FROM knowledge_chunk WHERE organization_id = $1 AND base_id = $2 AND document_id IN (" +
      places + ") ORDER BY document_id, ordinal";
  for (const store::Row& row : tx.query(sql, params)) add_chunk_row(tx, organization, base, row, index);
}

/// How many of the missing documents to read next.
std::size_t next_batch(std::span<const DocumentId> missing, const std::vector<ListedDocument>& listed) {
  std::size_t count = 0;
  std::int64_t chunks = 0;
  while (count < missing.size() && count < kDocumentsAtOnce && chunks < kChunksAtOnce) {
    const auto document =
        std::lower_bound(listed.begin(), listed.end(), missing[count],
                         [](const ListedDocument& each, DocumentId wanted) { return each.version.document < wanted; });
    chunks += document->chunks;
    ++count;
  }
  return count;
}

}  // namespace

std::shared_ptr<const BaseIndex> build_index(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base,
                                             std::shared_ptr<const BaseIndex> other) {
  const std::vector<ListedDocument> listed = listed_documents(tx, organization, base);
  std::vector<DocumentVersion> documents;
  documents.reserve(listed.size());
  for (const ListedDocument& document : listed) documents.push_back(document.version);
  auto index = std::make_shared<BaseIndex>(other, documents);
  // Taking little over is no gain, and what is added to an index is held twice until the end.
  if (other != nullptr && 2 * index->missing().size() > documents.size()) index = std::make_shared<BaseIndex>(nullptr, documents);
  for (std::span<const DocumentId> missing = index->missing(); !missing.empty();) {
    const std::size_t count = next_batch(missing, listed);
    add_documents(tx, organization, base, missing.first(count), *index);
    missing = missing.subspan(count);
  }
  index->finish();
  return index;
}

}  // namespace guildhall::knowledge
