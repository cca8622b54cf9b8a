// Sources: added, changed and deleted by people. What a sync does with them is in sync.cc.
#include "knowledge/sources.h"

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "document_rows.h"
#include "sources/source_rows.h"
#include "sources/web_url.h"

namespace guildhall::knowledge {
namespace {

json::Array globs_json(const std::vector<std::string>& globs) {
  json::Array list;
  for (const std::string& glob : globs) list.emplace_back(glob);
  return list;
}

void check_globs(const std::vector<std::string>& globs, const char* field) {
  if (globs.size() > kSourceGlobsMax) {
    throw invalid_field(field, "may hold at most " + std::to_string(kSourceGlobsMax) + " patterns");
  }
  for (const std::string& glob : globs) {
    if (trimmed(glob).empty() || glob.size() > kSourceGlobBytesMax || !is_valid_utf8(glob) ||
        glob.find('\0') != std::string::npos) {
      throw invalid_field(field, "a pattern has 1 to " + std::to_string(kSourceGlobBytesMax) + " bytes, such as /docs/**");
    }
  }
}

/// The settings as they are stored: the URL in its one spelling, a name where there was none.
SourceSettings checked(SourceSettings settings) {
  const auto url = parse_web_url(settings.url);
  if (!url) throw invalid_field("url", "must be an absolute http or https URL of at most 2048 bytes, without user information");
  settings.url = url->text();
  settings.name = std::string(trimmed(settings.name));
  if (settings.name.empty()) settings.name = std::string(prefix_code_points(settings.url, kSourceNameCodePointsMax));
  if (!is_valid_utf8(settings.name) || settings.name.find('\0') != std::string::npos ||
      code_points(settings.name) > kSourceNameCodePointsMax) {
    throw invalid_field("name", "must be at most " + std::to_string(kSourceNameCodePointsMax) + " characters");
  }
  if (settings.depth && (*settings.depth < 1 || *settings.depth > kSourceDepthMax)) {
    throw invalid_field("depth", "must be 1 to 3");
  }
  if (settings.depth && settings.kind == FetchedKind::url) {
    throw invalid_field("depth", "belongs to a source of kind sitemap; a source of kind url is one page");
  }
  if (settings.kind == FetchedKind::url && !(settings.include.empty() && settings.exclude.empty())) {
    throw invalid_field("include", "patterns belong to a source of kind sitemap; a source of kind url is one page");
  }
  check_globs(settings.include, "include");
  check_globs(settings.exclude, "exclude");
  if (settings.chunks) check_settings(*settings.chunks);
  return settings;
}

/// The document a person waits for while the first fetch is under way.
void insert_start_document(store::Tx& tx, const SourceRow& row) {
  const SourceSettings& settings = row.source.settings;
  if (settings.kind == FetchedKind::sitemap && !settings.depth) return;
  Document document;
  document.base = row.source.base;
  document.source = SourceKind::url;
  document.filename = document.title = std::string(prefix_bytes(settings.url, kFilenameBytesMax));
  document.url = settings.url;
  document.content_type = "text/html";
  document.language = "und";
  document.source_id = row.source.id;
  document = insert_document(tx, row.organization, std::move(document), std::nullopt);
  tx.execute("UPDATE knowledge_page SET document_id = $4 WHERE organization_id = $1 AND source_id = $2 AND url = $3",
             {row.organization, row.source.id, settings.url, document.id});
}

void update_settings(store::Tx& tx, const SourceRow& row, const std::optional<Timestamp>& next_sync) {
  const SourceSettings& settings = row.source.settings;
  std::optional<std::int64_t> chunk_size;
  std::optional<std::int64_t> chunk_overlap;
  if (settings.chunks) {
    chunk_size = settings.chunks->chunk_size;
    chunk_overlap = settings.chunks->chunk_overlap;
  }
  tx.execute(
      "UPDATE knowledge_source SET name = $3, depth = $4, include_globs = $5, exclude_globs = $6, sync_frequency = $7, "
      "chunk_size = $8, chunk_overlap = $9, next_sync_at = $10 WHERE organization_id = $1 AND id = $2",
      {row.organization, row.source.id, settings.name, settings.depth, json::write(globs_json(settings.include)),
       json::write(globs_json(settings.exclude)), wire_name(settings.frequency), chunk_size, chunk_overlap, next_sync});
}

/// The documents of pages the globs leave out go at once; nobody should wait for the next sync to be rid of them.
void erase_pages_left_out(store::Tx& tx, const SourceRow& row) {
  for (const store::Row& page : tx.query(
           "SELECT url, document_id FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND document_id IS NOT "
           "NULL",
           {row.organization, row.source.id})) {
    if (is_in_globs(row.source.settings, page.text(0)) || row.source.settings.kind == FetchedKind::url) continue;
    erase_document(tx, row.organization, row.source.base, page.id<DocumentId>(1));
    tx.execute("DELETE FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND url = $3",
               {row.organization, row.source.id, page.text(0)});
  }
}

void index_pages_again(store::Tx& tx, const SourceRow& row) {
  tx.execute(
      "UPDATE knowledge_document SET state = 'PENDING', revision = revision + 1, error_code = '', error_message = '' "
      "WHERE organization_id = $1 AND source_id = $2 AND blob_sha256 <> ''",
      {row.organization, row.source.id});
  for (const store::Row& document :
       tx.query("SELECT id, revision FROM knowledge_document WHERE organization_id = $1 AND source_id = $2 AND blob_sha256 <> ''",
                {row.organization, row.source.id})) {
    enqueue_indexing(tx, row.organization, document.id<DocumentId>(0), document.integer(1));
  }
}

bool same_chunks(const std::optional<BaseSettings>& a, const std::optional<BaseSettings>& b) {
  return a.has_value() == b.has_value() && (!a || (a->chunk_size == b->chunk_size && a->chunk_overlap == b->chunk_overlap));
}

json::Array changed_settings(const SourceSettings& before, const SourceSettings& after) {
  json::Array changed;
  if (before.name != after.name) changed.emplace_back("name");
  if (before.depth != after.depth) changed.emplace_back("depth");
  if (before.include != after.include) changed.emplace_back("include");
  if (before.exclude != after.exclude) changed.emplace_back("exclude");
  if (before.frequency != after.frequency) changed.emplace_back("sync_frequency");
  if (!same_chunks(before.chunks, after.chunks)) changed.emplace_back("rag_chunk_size");
  return changed;
}

void erase_source(store::Tx& tx, OrganizationId organization, KnowledgeSourceId id) {
  tx.execute("DELETE FROM knowledge_page WHERE organization_id = $1 AND source_id = $2", {organization, id});
  tx.execute("DELETE FROM knowledge_sync WHERE organization_id = $1 AND source_id = $2", {organization, id});
  tx.execute("DELETE FROM knowledge_source WHERE organization_id = $1 AND id = $2", {organization, id});
}

SourceRow require_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id) {
  require_base(scope, tx, base);
  auto row = find_source_row(tx, scope.organization, id);
  if (!row || row->source.base != base) throw not_found("source");
  return *std::move(row);
}

Source with_progress(store::Tx& tx, const SourceRow& row) {
  Source source = row.source;
  source.progress = counts_of_sync(tx, row);
  source.is_stale = is_stale(source, tx.now());
  for (const store::Row& count :
       tx.query("SELECT state, COUNT(*) FROM knowledge_document WHERE organization_id = $1 AND source_id = $2 GROUP BY state",
                {row.organization, source.id})) {
    switch (document_state(count.text(0))) {
      case DocumentState::pending: source.documents.pending = count.integer(1); break;
      case DocumentState::processing: source.documents.processing = count.integer(1); break;
      case DocumentState::indexed: source.documents.indexed = count.integer(1); break;
      case DocumentState::failed: source.documents.failed = count.integer(1); break;
    }
  }
  return source;
}

}  // namespace

Source create_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const SourceSettings& settings) {
  require_base(scope, tx, base);
  SourceRow row;
  row.organization = scope.organization;
  row.source.settings = checked(settings);
  const auto used =
      tx.first("SELECT COUNT(*) FROM knowledge_source WHERE organization_id = $1 AND base_id = $2", {scope.organization, base});
  if (used->integer(0) >= kSourcesPerBaseMax) {
    throw Refusal(Code::knowledge_limit, "the knowledge base has " + std::to_string(kSourcesPerBaseMax) +
                                             " sources, the most there may be; delete some first");
  }
  row.source.id = KnowledgeSourceId::random();
  row.source.base = base;
  row.source.created_at = tx.now();
  tx.execute(
      "INSERT INTO knowledge_source (organization_id, id, base_id, kind, name, url, depth, include_globs, exclude_globs, "
      "sync_frequency, chunk_size, chunk_overlap, state, sync_number, step, stepped_at, robots, error_code, error_message, "
      "last_synced_at, next_sync_at, created_at) "
      "VALUES ($1, $2, $3, $4, '', $5, NULL, '[]', '[]', 'manual', NULL, NULL, 'PENDING', 0, 0, $6, '', '', '', NULL, NULL, $6)",
      {row.organization, row.source.id, base, wire_name(row.source.settings.kind), row.source.settings.url, tx.now()});
  update_settings(tx, row, std::nullopt);
  queue_sync(tx, row);
  insert_start_document(tx, row);
  record_change(scope, tx, "source.create", row.source.id.uuid, {{"kind", wire_name(row.source.settings.kind)}});
  return get_source(scope, tx, base, row.source.id);
}

std::vector<Source> list_sources(const Scope& scope, store::Tx& tx, KnowledgeBaseId base) {
  require_base(scope, tx, base);
  std::vector<Source> sources;
  for (const store::Row& row :
       tx.query("SELECT id FROM knowledge_source WHERE organization_id = $1 AND base_id = $2 ORDER BY created_at, id",
                {scope.organization, base})) {
    if (const auto found = find_source_row(tx, scope.organization, row.id<KnowledgeSourceId>(0)))
      sources.push_back(with_progress(tx, *found));
  }
  return sources;
}

Source get_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id) {
  return with_progress(tx, require_source(scope, tx, base, id));
}

Source update_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id,
                     const SourceSettings& settings) {
  SourceRow row = require_source(scope, tx, base, id);
  const SourceSettings before = row.source.settings;
  SourceSettings after = settings;
  after.kind = before.kind;
  after.url = before.url;
  row.source.settings = checked(std::move(after));
  const SourceSettings& now = row.source.settings;
  const auto next = now.frequency == before.frequency ? row.source.next_sync_at : next_sync_at(now.frequency, id, tx.now());
  update_settings(tx, row, next);
  if (!same_chunks(now.chunks, before.chunks)) index_pages_again(tx, row);
  if (now.include != before.include || now.exclude != before.exclude || now.depth != before.depth) {
    erase_pages_left_out(tx, row);
    queue_sync(tx, row);
  }
  record_change(scope, tx, "source.update", id.uuid, {{"changed", changed_settings(before, now)}});
  return get_source(scope, tx, base, id);
}

void delete_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id) {
  require_source(scope, tx, base, id);
  const auto documents =
      tx.query("SELECT id FROM knowledge_document WHERE organization_id = $1 AND source_id = $2", {scope.organization, id});
  for (const store::Row& document : documents) erase_document(tx, scope.organization, base, document.id<DocumentId>(0));
  erase_source(tx, scope.organization, id);
  record_change(scope, tx, "source.delete", id.uuid, {{"documents", static_cast<std::int64_t>(documents.size())}});
}

Source request_sync(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id, bool removal_confirmed) {
  SourceRow row = require_source(scope, tx, base, id);
  if (removal_confirmed) {
    if (row.source.state != SourceState::waiting) {
      throw Refusal(Code::invalid_transition, "the source does not wait for a removal to be confirmed");
    }
    remove_confirmed(tx, row);
    record_change(scope, tx, "source.confirm_removal", id.uuid, {});
  } else if (!row.is_busy(tx.now())) {
    queue_sync(tx, row);
    record_change(scope, tx, "source.sync", id.uuid, {});
  }
  return get_source(scope, tx, base, id);
}

std::optional<Document> start_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id) {
  const SourceRow row = require_source(scope, tx, base, id);
  const auto page = find_page(tx, row, row.source.settings.url);
  return page && page->document ? std::optional(get_document(scope, tx, base, *page->document)) : std::nullopt;
}

void start_due_syncs(store::Tx& tx) {
  constexpr int kAtOnce = 100;
  for (const store::Row& due :
       tx.query("SELECT organization_id, id FROM knowledge_source WHERE next_sync_at <= $1 ORDER BY next_sync_at LIMIT $2",
                {tx.now(), kAtOnce})) {
    auto row = find_source_row(tx, due.id<OrganizationId>(0), due.id<KnowledgeSourceId>(1));
    if (!row) continue;
    if (!row->is_busy(tx.now())) {
      queue_sync(tx, *row);
      continue;
    }
    tx.execute("UPDATE knowledge_source SET next_sync_at = $3 WHERE organization_id = $1 AND id = $2",
               {row->organization, row->source.id, next_sync_at(row->source.settings.frequency, row->source.id, tx.now())});
  }
}

void forget_page_of(store::Tx& tx, OrganizationId organization, DocumentId document) {
  const auto page = tx.first("SELECT source_id, url FROM knowledge_page WHERE organization_id = $1 AND document_id = $2",
                             {organization, document});
  if (!page) return;
  const auto source = find_source_row(tx, organization, page->id<KnowledgeSourceId>(0));
  if (source && source->source.settings.kind == FetchedKind::url) {
    erase_source(tx, organization, source->source.id);
    return;
  }
  tx.execute(
      "UPDATE knowledge_page SET document_id = NULL, is_unwanted = $4, content_sha256 = '', etag = '', last_modified = '' "
      "WHERE organization_id = $1 AND source_id = $2 AND url = $3",
      {organization, page->id<KnowledgeSourceId>(0), page->text(1), true});
}

}  // namespace guildhall::knowledge
