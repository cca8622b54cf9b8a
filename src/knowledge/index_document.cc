// The work of "knowledge.index": read, extract and chunk outside any transaction, then one switch.
#include <optional>
#include <variant>

#include "base/errors.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/text.h"
#include "dense/dense_rows.h"
#include "document_rows.h"
#include "extraction/extract.h"
#include "index/chunk.h"
#include "index/chunk_terms.h"
#include "knowledge/extractor.h"
#include "knowledge/language.h"
#include "knowledge/retrieve.h"
#include "limits.h"

namespace guildhall::knowledge {
namespace {

/// What one revision of a document is indexed from.
struct IndexingTask {
  OrganizationId organization;
  KnowledgeBaseId base;
  DocumentId document;
  std::int64_t revision = 0;
  SourceKind source = SourceKind::file;
  std::string filename;
  std::string url;
  std::string blob_sha256;
  Timestamp uploaded_at;
  BaseSettings settings;
  Timestamp begun_at;
};

struct IndexedChunk {
  Chunk chunk;
  ChunkId id;
  std::string question;
  std::string language;
  std::string content_sha256;
  std::string terms;
};

struct IndexingError {
  std::string code;
  std::string message;
};

struct IndexedDocument {
  std::string title;
  std::string language;
  std::vector<IndexedChunk> chunks;
  IndexingError note;  ///< what of the document could not be read; empty when all was
};

using IndexingResult = std::variant<IndexedDocument, IndexingError>;

/// Marks the document PROCESSING; nullopt when it is gone or needs no indexing.
std::optional<IndexingTask> begin_indexing(store::Tx& tx, OrganizationId organization, DocumentId document) {
  const auto row = tx.first(
      "SELECT d.base_id, d.revision, d.source, d.filename, d.url, d.blob_sha256, d.uploaded_at, "
      "COALESCE(s.chunk_size, b.chunk_size), COALESCE(s.chunk_overlap, b.chunk_overlap), d.state "
      "FROM knowledge_document d JOIN knowledge_base b ON b.organization_id = d.organization_id AND b.id = d.base_id "
      "LEFT JOIN knowledge_source s ON s.organization_id = d.organization_id AND s.id = d.source_id "
      "WHERE d.organization_id = $1 AND d.id = $2",
      {organization, document});
  if (!row) return std::nullopt;
  const DocumentState state = document_state(row->text(9));
  if (state == DocumentState::indexed || state == DocumentState::failed) return std::nullopt;
  tx.execute("UPDATE knowledge_document SET state = 'PROCESSING' WHERE organization_id = $1 AND id = $2",
             {organization, document});
  IndexingTask task;
  task.organization = organization;
  task.document = document;
  task.base = row->id<KnowledgeBaseId>(0);
  task.revision = row->integer(1);
  task.source = source_kind(row->text(2));
  task.filename = row->text(3);
  task.url = row->text(4);
  task.blob_sha256 = row->text(5);
  task.uploaded_at = row->timestamp(6);
  task.settings = {row->integer(7), row->integer(8)};
  task.begun_at = tx.now();
  return task;
}

/// The same chunk of the same document has the same id in every snapshot.
ChunkId stable_chunk_id(DocumentId document, std::int64_t ordinal, std::string_view content_sha256) {
  const Sha256 digest = sha256(document.text() + ":" + std::to_string(ordinal) + ":" + std::string(content_sha256));
  ChunkId id;
  std::copy_n(digest.begin(), id.uuid.bytes.size(), id.uuid.bytes.begin());
  id.uuid.bytes[6] = static_cast<std::uint8_t>((id.uuid.bytes[6] & 0x0F) | 0x80);
  id.uuid.bytes[8] = static_cast<std::uint8_t>((id.uuid.bytes[8] & 0x3F) | 0x80);
  return id;
}

IndexedChunk indexed_chunk(const IndexingTask& task, std::string_view title, std::int64_t ordinal, Chunk chunk,
                           std::string question, std::string language) {
  IndexedChunk indexed;
  indexed.content_sha256 = to_hex(bytes_of(sha256(question + "\n" + chunk.text)));
  indexed.id = stable_chunk_id(task.document, ordinal, indexed.content_sha256);
  indexed.terms = encode(terms_of({title, chunk.heading_path, question, chunk.text, language}));
  indexed.chunk = std::move(chunk);
  indexed.question = std::move(question);
  indexed.language = std::move(language);
  return indexed;
}

std::string title_from_filename(std::string_view filename) {
  const std::size_t slash = filename.find_last_of("/\\");
  std::string_view name = slash == std::string_view::npos ? filename : filename.substr(slash + 1);
  const std::size_t dot = name.rfind('.');
  if (dot != std::string_view::npos && dot > 0) name = name.substr(0, dot);
  return replaced(replaced(name, "-", " "), "_", " ");
}

/// The language of all prose together; of everything when there is only code.
std::string document_language(const Extracted& extracted) {
  std::string prose;
  std::string everything;
  for (const Block& block : extracted.blocks) {
    if (block.kind != BlockKind::code) (prose += block.text) += '\n';
    (everything += block.text) += '\n';
  }
  return detect_language(prose.empty() ? everything : prose);
}

/// "3, 7–9 and 12 more": a scanned book must not make a message of a thousand numbers.
std::string page_list(const std::vector<int>& pages) {
  constexpr std::size_t kRangesMax = 10;
  std::vector<std::string> ranges;
  std::size_t named = 0;
  for (std::size_t i = 0; i < pages.size() && ranges.size() < kRangesMax;) {
    std::size_t end = i + 1;
    while (end < pages.size() && pages[end] == pages[end - 1] + 1) ++end;
    ranges.push_back(std::to_string(pages[i]) + (end - i > 1 ? "–" + std::to_string(pages[end - 1]) : ""));
    named += end - i;
    i = end;
  }
  return join(ranges, ", ") + (named < pages.size() ? " and " + std::to_string(pages.size() - named) + " more" : "");
}

IndexingError note_on(const Extracted& extracted) {
  if (extracted.pages_without_text.empty()) return {};
  return {"no_text", "pages without text were left out: " + page_list(extracted.pages_without_text) +
                         "; run text recognition (OCR) over the PDF and upload it again to have them read"};
}

IndexedDocument index_file(const IndexingTask& task, const Extractor& extractor, const std::string& content) {
  const Extracted extracted = extractor.extract(content, task.filename);
  IndexedDocument indexed;
  indexed.title = extracted.title.empty() ? title_from_filename(task.filename) : extracted.title;
  indexed.language = document_language(extracted);
  indexed.note = note_on(extracted);
  std::int64_t ordinal = 0;
  for (Chunk& chunk : chunk_document(extracted, task.settings, indexed.language)) {
    std::string language = detect_language(chunk.question + "\n" + chunk.prose, indexed.language);
    if (language == "und") language = indexed.language;
    std::string question = std::move(chunk.question);
    // A pair is found by its question; the title of a table of pairs says nothing of any one of them.
    const std::string_view title = question.empty() ? std::string_view(indexed.title) : std::string_view();
    indexed.chunks.push_back(indexed_chunk(task, title, ordinal, std::move(chunk), std::move(question), std::move(language)));
    ++ordinal;
  }
  if (indexed.chunks.empty()) {
    throw ExtractionFailure("empty", "'" + task.filename + "' holds no text; upload a file with text in it");
  }
  return indexed;
}

/// A pair before and after its time is indexed as nothing.
bool is_valid_pair(const json::Value& pair, Timestamp now) {
  const auto from = json::integer_of(pair, "valid_from");
  const auto until = json::integer_of(pair, "valid_until");
  return (!from || *from <= now.us) && (!until || now.us < *until);
}

/// The question and, each on a line of its own, the other ways to ask it.
std::string all_questions(const json::Value& pair) {
  std::string questions(json::text_of(pair, "question"));
  if (const json::Array* others = json::find_array(pair, "alternative_questions")) {
    for (const json::Value& other : *others) (questions += '\n') += json::view(other.as_string());
  }
  return questions;
}

IndexedDocument index_pair(const IndexingTask& task, const std::string& content) {
  const json::Value value = json::parse_or_refuse(content);
  const std::string question(json::text_of(value, "question"));
  Chunk chunk;
  chunk.text = json::text_of(value, "answer");
  chunk.tokens = text_tokens(chunk.text);
  chunk.char_end = static_cast<std::int64_t>(code_points(chunk.text));
  IndexedDocument indexed;
  indexed.title = question;
  indexed.language = json::text_of(value, "language");
  if (indexed.language.empty()) indexed.language = detect_language(question + "\n" + chunk.text);
  // The question is the title already; the field would count it twice.
  if (!is_valid_pair(value, task.begun_at)) return indexed;
  indexed.chunks.push_back(indexed_chunk(task, {}, 0, std::move(chunk), all_questions(value), indexed.language));
  return indexed;
}

IndexingResult run_indexing(const IndexingTask& task, const Extractor& extractor, const std::optional<std::string>& content) {
  if (!content) return IndexingError{"content_missing", "the bytes of the document are gone; upload it again"};
  try {
    return task.source == SourceKind::qa ? index_pair(task, *content) : index_file(task, extractor, *content);
  } catch (const ExtractionFailure& failure) {
    return IndexingError{failure.code, failure.message};
  } catch (const Refusal& refusal) {
    return IndexingError{"unsupported", refusal.message};
  }
}

void insert_chunk(store::Tx& tx, const IndexingTask& task, const IndexedDocument& indexed, std::int64_t ordinal) {
  const IndexedChunk& row = indexed.chunks[static_cast<std::size_t>(ordinal)];
  json::Array path;
  for (const std::string& heading : row.chunk.heading_path) path.emplace_back(heading);
  tx.execute(
      "INSERT INTO knowledge_chunk (organization_id, base_id, document_id, ordinal, id, section, title, url, heading_path, "
      "anchor, page, "
      "char_begin, char_end, overlap_bytes, tokens, language, question, text, content_sha256, uploaded_at, analyser, terms, "
      "embedding_sha256) "
      "VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23)",
      {task.organization,
       task.base,
       task.document,
       ordinal,
       row.id,
       row.chunk.section,
       indexed.title,
       task.url,
       json::write(path),
       row.chunk.anchor,
       row.chunk.page > 0 ? store::Param(std::int64_t{row.chunk.page}) : store::Param(std::nullopt),
       row.chunk.char_begin,
       row.chunk.char_end,
       row.chunk.overlap_bytes,
       row.chunk.tokens,
       row.language,
       row.question,
       row.chunk.text,
       row.content_sha256,
       task.uploaded_at,
       kAnalyserVersion,
       store::Param::Bytes{row.terms},
       embedding_sha256({indexed.title, row.chunk.heading_path, row.question, row.chunk.text})});
}

/// True while the document still waits for the result of this task.
bool is_current(store::Tx& tx, const IndexingTask& task) {
  return tx
      .first(
          "SELECT 1 FROM knowledge_document WHERE organization_id = $1 AND id = $2 AND base_id = $3 AND revision = $4 AND state "
          "= "
          "'PROCESSING'",
          {task.organization, task.document, task.base, task.revision})
      .has_value();
}

std::int64_t chunks_of_others(store::Tx& tx, const IndexingTask& task) {
  return tx
      .first(
          "SELECT CAST(COALESCE(SUM(chunks), 0) AS BIGINT) FROM knowledge_document WHERE organization_id = $1 AND base_id = $2 "
          "AND id <> $3",
          {task.organization, task.base, task.document})
      ->integer(0);
}

void store_failure(store::Tx& tx, const IndexingTask& task, const IndexingError& error) {
  if (delete_chunks(tx, task.organization, task.base, task.document))
    move_snapshot(tx, task.organization, task.base, task.document);
  tx.execute(
      "UPDATE knowledge_document SET state = 'FAILED', chunks = 0, error_code = $3, error_message = $4 "
      "WHERE organization_id = $1 AND id = $2",
      {task.organization, task.document, error.code, error.message});
}

void store_chunks(store::Tx& tx, const IndexingTask& task, const IndexedDocument& indexed) {
  const auto count = static_cast<std::int64_t>(indexed.chunks.size());
  if (chunks_of_others(tx, task) + count > kChunksPerBaseMax) {
    store_failure(tx, task,
                  {"knowledge_limit", "the knowledge base would pass " + std::to_string(kChunksPerBaseMax) +
                                          " chunks; delete documents and train again"});
    return;
  }
  delete_chunks(tx, task.organization, task.base, task.document);
  for (std::int64_t ordinal = 0; ordinal < count; ++ordinal) insert_chunk(tx, task, indexed, ordinal);
  tx.execute(
      "UPDATE knowledge_document SET state = 'INDEXED', chunks = $3, title = $4, language = $5, error_code = $6, "
      "error_message = $7 WHERE organization_id = $1 AND id = $2",
      {task.organization, task.document, count, indexed.title, indexed.language, indexed.note.code, indexed.note.message});
  move_snapshot(tx, task.organization, task.base, task.document);
}

}  // namespace

void index_document(store::Database& database, const Extractor& extractor, OrganizationId organization, DocumentId document) {
  const auto task = database.write([&](store::Tx& tx) { return begin_indexing(tx, organization, document); });
  if (!task) return;
  const auto content = database.read([&](store::Tx& tx) { return get_content(tx, organization, task->blob_sha256); });
  const IndexingResult result = run_indexing(*task, extractor, content);
  database.write([&](store::Tx& tx) {
    // Deleted or put back to PENDING meanwhile: this result is nobody's; the newer revision has a job of its own.
    if (!is_current(tx, *task)) return;
    if (const auto* error = std::get_if<IndexingError>(&result)) {
      store_failure(tx, *task, *error);
    } else {
      store_chunks(tx, *task, std::get<IndexedDocument>(result));
    }
  });
  if (const auto* error = std::get_if<IndexingError>(&result)) {
    const std::string id = document.text();
    log::info("knowledge.document_failed", {{"document", std::string_view(id)}, {"code", std::string_view(error->code)}});
  }
}

}  // namespace guildhall::knowledge
