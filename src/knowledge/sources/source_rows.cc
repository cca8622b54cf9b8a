// Reading and writing the rows of sources and their pages.
#include "sources/source_rows.h"

#include <algorithm>
#include <stdexcept>

#include "../limits.h"
#include "sources/wildcards.h"

namespace guildhall::knowledge {
namespace {

/// The value of a closed set with this wire name.
template <class Value>
Value value_named(std::initializer_list<Value> values, std::string_view name) {
  for (const Value value : values) {
    if (wire_name(value) == name) return value;
  }
  throw std::logic_error("unknown name '" + std::string(name) + "' in the database");
}

std::vector<std::string> globs_of(const json::Value& stored) {
  std::vector<std::string> globs;
  for (const json::Value& glob : stored.as_array()) globs.emplace_back(json::view(glob.as_string()));
  return globs;
}

PageRow page_row(const store::Row& row) {
  PageRow page;
  page.url = row.text(0);
  page.role = value_named({PageRole::robots, PageRole::sitemap, PageRole::page}, row.text(1));
  page.depth = row.integer(2);
  page.hops = row.integer(3);
  page.retries = row.integer(4);
  page.sync_number = row.integer(5);
  page.outcome = page_outcome(row.text(6));
  page.reason = row.text(7);
  page.missing = row.integer(8);
  page.is_unwanted = row.boolean(9);
  page.document = row.optional_id<DocumentId>(10);
  page.etag = row.text(11);
  page.last_modified = row.text(12);
  page.content_sha256 = row.text(13);
  return page;
}

}  // namespace

std::string_view wire_name(FetchedKind kind) {
  return kind == FetchedKind::url ? "url" : "sitemap";
}

std::string_view wire_name(SyncFrequency frequency) {
  switch (frequency) {
    case SyncFrequency::manual: return "manual";
    case SyncFrequency::hourly: return "hourly";
    case SyncFrequency::daily: return "daily";
    case SyncFrequency::weekly: return "weekly";
  }
  throw std::logic_error("unknown sync frequency");
}

std::string_view wire_name(SourceState state) {
  switch (state) {
    case SourceState::pending: return "PENDING";
    case SourceState::syncing: return "SYNCING";
    case SourceState::synced: return "SYNCED";
    case SourceState::waiting: return "WAITING";
    case SourceState::failed: return "FAILED";
  }
  throw std::logic_error("unknown source state");
}

std::string_view wire_name(PageRole role) {
  switch (role) {
    case PageRole::robots: return "robots";
    case PageRole::sitemap: return "sitemap";
    case PageRole::page: return "page";
  }
  throw std::logic_error("unknown page role");
}

std::string_view wire_name(PageOutcome outcome) {
  switch (outcome) {
    case PageOutcome::queued: return "queued";
    case PageOutcome::added: return "added";
    case PageOutcome::changed: return "changed";
    case PageOutcome::unchanged: return "unchanged";
    case PageOutcome::missing: return "missing";
    case PageOutcome::removed: return "removed";
    case PageOutcome::failed: return "failed";
    case PageOutcome::skipped: return "skipped";
    case PageOutcome::followed: return "followed";
  }
  throw std::logic_error("unknown page outcome");
}

PageOutcome page_outcome(std::string_view name) {
  return value_named({PageOutcome::queued, PageOutcome::added, PageOutcome::changed, PageOutcome::unchanged, PageOutcome::missing,
                      PageOutcome::removed, PageOutcome::failed, PageOutcome::skipped, PageOutcome::followed},
                     name);
}

FetchedKind fetched_kind(std::string_view name) {
  return value_named({FetchedKind::url, FetchedKind::sitemap}, name);
}

bool SourceRow::is_busy(Timestamp now) const {
  const bool is_under_way = source.state == SourceState::pending || source.state == SourceState::syncing;
  return is_under_way && now - stepped_at < kSyncIdleUsMax;
}

std::optional<SourceRow> find_source_row(store::Tx& tx, OrganizationId organization, KnowledgeSourceId id) {
  const auto row = tx.first(
      "SELECT base_id, kind, name, url, depth, include_globs, exclude_globs, sync_frequency, chunk_size, chunk_overlap, state, "
      "sync_number, step, stepped_at, robots, error_code, error_message, last_synced_at, next_sync_at, created_at "
      "FROM knowledge_source WHERE organization_id = $1 AND id = $2",
      {organization, id});
  if (!row) return std::nullopt;
  SourceRow found;
  found.organization = organization;
  Source& source = found.source;
  source.id = id;
  source.base = row->id<KnowledgeBaseId>(0);
  source.settings.kind = fetched_kind(row->text(1));
  source.settings.name = row->text(2);
  source.settings.url = row->text(3);
  source.settings.depth = row->optional_integer(4);
  source.settings.include = globs_of(row->json(5));
  source.settings.exclude = globs_of(row->json(6));
  source.settings.frequency =
      value_named({SyncFrequency::manual, SyncFrequency::hourly, SyncFrequency::daily, SyncFrequency::weekly}, row->text(7));
  if (!row->is_null(8)) source.settings.chunks = BaseSettings{row->integer(8), row->integer(9)};
  source.state =
      value_named({SourceState::pending, SourceState::syncing, SourceState::synced, SourceState::waiting, SourceState::failed},
                  row->text(10));
  found.sync_number = row->integer(11);
  found.step = row->integer(12);
  found.stepped_at = row->timestamp(13);
  found.robots = row->text(14);
  source.error_code = row->text(15);
  source.error_message = row->text(16);
  source.last_synced_at = row->optional_timestamp(17);
  source.next_sync_at = row->optional_timestamp(18);
  source.created_at = row->timestamp(19);
  return found;
}

std::optional<PageRow> find_page(store::Tx& tx, const SourceRow& source, std::string_view url) {
  const auto row = tx.first(
      "SELECT url, role, depth, hops, retries, sync_number, outcome, reason, missing, is_unwanted, document_id, etag, "
      "last_modified, content_sha256 FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND url = $3",
      {source.organization, source.source.id, url});
  return row ? std::optional(page_row(*row)) : std::nullopt;
}

std::optional<PageRow> first_queued_page(store::Tx& tx, const SourceRow& source) {
  const auto row = tx.first(
      "SELECT url, role, depth, hops, retries, sync_number, outcome, reason, missing, is_unwanted, document_id, etag, "
      "last_modified, content_sha256 FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND outcome = 'queued' "
      "ORDER BY depth, url LIMIT 1",
      {source.organization, source.source.id});
  return row ? std::optional(page_row(*row)) : std::nullopt;
}

bool queue_page(store::Tx& tx, const SourceRow& source, const std::string& url, PageRole role, std::int64_t depth,
                std::int64_t hops) {
  return tx.execute(
             "INSERT INTO knowledge_page (organization_id, source_id, url, role, depth, hops, retries, sync_number, outcome, "
             "reason, missing, is_unwanted, document_id, etag, last_modified, content_sha256, fetched_at) "
             "VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 'queued', '', 0, $8, NULL, '', '', '', NULL) "
             "ON CONFLICT (organization_id, source_id, url) DO UPDATE SET role = excluded.role, depth = excluded.depth, "
             "hops = excluded.hops, retries = 0, sync_number = excluded.sync_number, outcome = 'queued', reason = '' "
             "WHERE knowledge_page.sync_number < excluded.sync_number",
             {source.organization, source.source.id, url, wire_name(role), depth, hops, source.sync_number, false}) > 0;
}

void set_outcome(store::Tx& tx, const SourceRow& source, std::string_view url, PageOutcome outcome, std::string_view reason) {
  tx.execute(
      "UPDATE knowledge_page SET outcome = $4, reason = $5, sync_number = $6 "
      "WHERE organization_id = $1 AND source_id = $2 AND url = $3",
      {source.organization, source.source.id, url, wire_name(outcome), reason, source.sync_number});
}

void set_missing(store::Tx& tx, const SourceRow& source, std::string_view url, std::string_view reason) {
  tx.execute(
      "UPDATE knowledge_page SET outcome = 'missing', reason = $4, sync_number = $5, missing = missing + 1 "
      "WHERE organization_id = $1 AND source_id = $2 AND url = $3",
      {source.organization, source.source.id, url, reason, source.sync_number});
}

bool is_in_globs(const SourceSettings& settings, std::string_view url) {
  const auto any = [&](const std::vector<std::string>& globs) {
    return std::any_of(globs.begin(), globs.end(), [&](const std::string& glob) { return glob_matches(glob, url); });
  };
  return (settings.include.empty() || any(settings.include)) && !any(settings.exclude);
}

WebUrl start_of(const SourceSettings& settings) {
  const auto url = parse_web_url(settings.url);
  if (!url) throw std::logic_error("a source without a URL");
  return *url;
}

}  // namespace guildhall::knowledge
