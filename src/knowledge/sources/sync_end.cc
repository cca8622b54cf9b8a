// How a sync ends: what counts as missing, what is removed, what waits for a person, and the report.
#include <map>

#include "../limits.h"
#include "base/errors.h"
#include "base/log.h"
#include "document_rows.h"
#include "sources/source_rows.h"

namespace guildhall::knowledge {
namespace {

/// What became of the pages of one sync, as its report keeps it.
struct SyncOutcome {
  SyncCounts counts;
  std::vector<SyncEntry> entries;
};

void count_outcome(SyncCounts& counts, PageOutcome outcome, std::int64_t times) {
  switch (outcome) {
    case PageOutcome::queued: counts.queued += times; break;
    case PageOutcome::added: counts.added += times; break;
    case PageOutcome::changed: counts.changed += times; break;
    case PageOutcome::unchanged: counts.unchanged += times; break;
    case PageOutcome::missing: counts.missing += times; break;
    case PageOutcome::removed: counts.removed += times; break;
    case PageOutcome::failed: counts.failed += times; break;
    case PageOutcome::skipped: counts.skipped += times; break;
    case PageOutcome::followed: break;
  }
}

SyncOutcome outcome_of_sync(store::Tx& tx, const SourceRow& source) {
  SyncOutcome found;
  std::map<PageOutcome, std::size_t> named;
  for (const store::Row& row :
       tx.query("SELECT url, outcome, reason FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND sync_number = "
                "$3 AND role <> 'robots' ORDER BY url",
                {source.organization, source.source.id, source.sync_number})) {
    const PageOutcome outcome = page_outcome(row.text(1));
    count_outcome(found.counts, outcome, 1);
    if (outcome == PageOutcome::queued || outcome == PageOutcome::unchanged || outcome == PageOutcome::followed) continue;
    if (++named[outcome] <= kSyncReportNamesMax) found.entries.push_back({row.text(0), row.text(1), row.text(2)});
  }
  return found;
}

json::Object counts_json(const SyncCounts& counts) {
  return {{"added", counts.added},     {"changed", counts.changed}, {"unchanged", counts.unchanged}, {"missing", counts.missing},
          {"removed", counts.removed}, {"failed", counts.failed},   {"skipped", counts.skipped}};
}

SyncOutcome stored_outcome(const json::Value& stored) {
  SyncOutcome found;
  if (!stored.is_object()) return found;
  const json::Value counts = stored.at("counts");
  for (const PageOutcome outcome : {PageOutcome::added, PageOutcome::changed, PageOutcome::unchanged, PageOutcome::missing,
                                    PageOutcome::removed, PageOutcome::failed, PageOutcome::skipped}) {
    count_outcome(found.counts, outcome, json::integer_of(counts, wire_name(outcome)).value_or(0));
  }
  for (const json::Value& entry : stored.at("pages").as_array()) {
    found.entries.push_back({std::string(json::text_of(entry, "url")), std::string(json::text_of(entry, "outcome")),
                             std::string(json::text_of(entry, "reason"))});
  }
  return found;
}

void write_report(store::Tx& tx, const SourceRow& source, const SyncOutcome& outcome, SyncState state, std::string_view code) {
  json::Array pages;
  for (const SyncEntry& entry : outcome.entries) {
    pages.push_back(json::Object{{"url", entry.url}, {"outcome", entry.outcome}, {"reason", entry.reason}});
  }
  tx.execute(
      "UPDATE knowledge_sync SET state = $4, entries = $5, error_code = $6, error_message = $7, finished_at = $8 "
      "WHERE organization_id = $1 AND source_id = $2 AND number = $3",
      {source.organization, source.source.id, source.sync_number, wire_name(state),
       json::write(json::Object{{"counts", counts_json(outcome.counts)}, {"pages", std::move(pages)}}), code,
       code.empty() ? std::string() : advice_for(code), tx.now()});
}

void write_state(store::Tx& tx, const SourceRow& source, SourceState state, std::string_view code) {
  tx.execute(
      "UPDATE knowledge_source SET state = $3, error_code = $4, error_message = $5, robots = '' "
      "WHERE organization_id = $1 AND id = $2",
      {source.organization, source.source.id, wire_name(state), code, code.empty() ? std::string() : advice_for(code)});
  if (state == SourceState::failed) return;
  tx.execute("UPDATE knowledge_source SET last_synced_at = $3 WHERE organization_id = $1 AND id = $2",
             {source.organization, source.source.id, tx.now()});
}

/// True when a page or sitemap could not be read now and may name pages nobody else does. A page that is not there, or is none,
/// names nothing.
bool has_gaps(store::Tx& tx, const SourceRow& source) {
  return tx
      .first(
          "SELECT 1 FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND sync_number = $3 "
          "AND outcome = 'failed' AND reason NOT IN ('not_found', 'unsupported_media_type', 'bad_redirect', "
          "'too_many_redirects', "
          "'knowledge_limit') LIMIT 1",
          {source.organization, source.source.id, source.sync_number})
      .has_value();
}

/// Known pages this sync has not met are missing too, when it has seen all there was to see.
void mark_unmet(store::Tx& tx, const SourceRow& source) {
  const auto sync =
      tx.first("SELECT is_truncated FROM knowledge_sync WHERE organization_id = $1 AND source_id = $2 AND number = $3",
               {source.organization, source.source.id, source.sync_number});
  const SyncCounts counts = counts_of_sync(tx, source);
  if (!sync || sync->boolean(0) || has_gaps(tx, source) || counts.added + counts.changed + counts.unchanged == 0) return;
  tx.execute(
      "UPDATE knowledge_page SET outcome = 'missing', reason = 'not_linked', missing = missing + 1, sync_number = $3 "
      "WHERE organization_id = $1 AND source_id = $2 AND sync_number < $3 AND document_id IS NOT NULL",
      {source.organization, source.source.id, source.sync_number});
}

struct RemovalPlan {
  std::vector<std::pair<std::string, DocumentId>> pages;
  bool needs_confirmation = false;
};

RemovalPlan plan_removal(store::Tx& tx, const SourceRow& source) {
  RemovalPlan plan;
  for (const store::Row& row : tx.query(
           "SELECT url, document_id FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND outcome = 'missing' "
           "AND missing >= $3 AND document_id IS NOT NULL",
           {source.organization, source.source.id, kMissedBeforeRemoval})) {
    plan.pages.emplace_back(row.text(0), row.id<DocumentId>(1));
  }
  const auto all =
      tx.first("SELECT COUNT(*) FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND document_id IS NOT NULL",
               {source.organization, source.source.id});
  plan.needs_confirmation =
      static_cast<std::int64_t>(plan.pages.size()) * 100 > all->integer(0) * kRemovedWithoutAskingPercentMax;
  return plan;
}

void remove_pages(store::Tx& tx, const SourceRow& source, const RemovalPlan& plan) {
  for (const auto& [url, document] : plan.pages) {
    erase_document(tx, source.organization, source.source.base, document);
    tx.execute(
        "UPDATE knowledge_page SET outcome = 'removed', document_id = NULL WHERE organization_id = $1 AND source_id = $2 "
        "AND url = $3",
        {source.organization, source.source.id, url});
  }
}

/// Why a sync that read no page at all read none: what happened to what it tried first.
std::string first_reason(store::Tx& tx, const SourceRow& source) {
  const auto row = tx.first(
      "SELECT reason FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND sync_number = $3 AND reason <> '' "
      "AND role <> 'robots' AND outcome <> 'followed' ORDER BY depth, url LIMIT 1",
      {source.organization, source.source.id, source.sync_number});
  return row ? row->text(0) : "no_pages";
}

SyncState sync_state(std::string_view name) {
  for (const auto state :
       {SyncState::running, SyncState::finished, SyncState::waiting, SyncState::failed, SyncState::superseded}) {
    if (wire_name(state) == name) return state;
  }
  throw std::logic_error("unknown sync state in the database");
}

}  // namespace

std::string_view wire_name(SyncState state) {
  switch (state) {
    case SyncState::running: return "running";
    case SyncState::finished: return "finished";
    case SyncState::waiting: return "waiting";
    case SyncState::failed: return "failed";
    case SyncState::superseded: return "superseded";
  }
  throw std::logic_error("unknown sync state");
}

void finish_sync(store::Tx& tx, const SourceRow& source) {
  mark_unmet(tx, source);
  const RemovalPlan plan = plan_removal(tx, source);
  if (!plan.needs_confirmation) remove_pages(tx, source, plan);
  const SyncOutcome outcome = outcome_of_sync(tx, source);
  const SyncCounts& counts = outcome.counts;
  std::string code;
  if (counts.added + counts.changed + counts.unchanged == 0) code = first_reason(tx, source);
  SourceState state = code.empty() ? SourceState::synced : SourceState::failed;
  SyncState report = code.empty() ? SyncState::finished : SyncState::failed;
  if (plan.needs_confirmation) {
    state = SourceState::waiting;
    report = SyncState::waiting;
    code = "removal_waits";
  }
  write_report(tx, source, outcome, report, code);
  write_state(tx, source, state, code);
  tx.after_commit([id = source.source.id.text(), ended = wire_name(report), counts] {
    log::info("knowledge.sync_ended", {{"source", std::string_view(id)},
                                       {"state", ended},
                                       {"added", counts.added},
                                       {"changed", counts.changed},
                                       {"removed", counts.removed},
                                       {"failed", counts.failed}});
  });
}

void fail_sync(store::Tx& tx, const SourceRow& source, std::string_view code) {
  const auto waiting = tx.query(
      "SELECT document_id FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND outcome = 'queued' "
      "AND content_sha256 = '' AND document_id IS NOT NULL",
      {source.organization, source.source.id});
  for (const store::Row& page : waiting) fail_document(tx, source.organization, page.id<DocumentId>(0), code, advice_for(code));
  tx.execute(
      "UPDATE knowledge_page SET outcome = 'failed', reason = $4 WHERE organization_id = $1 AND source_id = $2 "
      "AND sync_number = $3 AND outcome = 'queued'",
      {source.organization, source.source.id, source.sync_number, code});
  write_report(tx, source, outcome_of_sync(tx, source), SyncState::failed, code);
  write_state(tx, source, SourceState::failed, code);
}

void remove_confirmed(store::Tx& tx, const SourceRow& source) {
  remove_pages(tx, source, plan_removal(tx, source));
  write_report(tx, source, outcome_of_sync(tx, source), SyncState::finished, {});
  write_state(tx, source, SourceState::synced, {});
}

SyncCounts counts_of_sync(store::Tx& tx, const SourceRow& source) {
  SyncCounts counts;
  for (const store::Row& row :
       tx.query("SELECT outcome, COUNT(*) FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND sync_number = $3 "
                "AND role <> 'robots' GROUP BY outcome",
                {source.organization, source.source.id, source.sync_number})) {
    count_outcome(counts, page_outcome(row.text(0)), row.integer(1));
  }
  return counts;
}

SyncReport sync_report(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id,
                       std::optional<std::int64_t> number) {
  require_base(scope, tx, base);
  const auto source = find_source_row(tx, scope.organization, id);
  if (!source || source->source.base != base) throw not_found("source");
  const auto row = tx.first(
      "SELECT number, state, is_truncated, error_code, error_message, entries, started_at, finished_at FROM knowledge_sync "
      "WHERE organization_id = $1 AND source_id = $2 AND number = $3",
      {scope.organization, id, number.value_or(source->sync_number)});
  if (!row) throw not_found("report");
  SyncReport report;
  report.number = row->integer(0);
  report.state = sync_state(row->text(1));
  report.is_truncated = row->boolean(2);
  report.error_code = row->text(3);
  report.error_message = row->text(4);
  report.started_at = row->timestamp(6);
  report.finished_at = row->optional_timestamp(7);
  SyncOutcome outcome = report.state == SyncState::running ? outcome_of_sync(tx, *source) : stored_outcome(row->json(5));
  report.counts = outcome.counts;
  report.entries = std::move(outcome.entries);
  return report;
}

std::string advice_for(std::string_view code) {
  static const std::map<std::string_view, std::string_view> texts = {
      {"destination_refused", "the address does not lead to a public web server this installation may fetch from"},
      {"unreachable", "the server could not be reached; check the address and try again"},
      {"timeout", "the server did not answer in time; try again later"},
      {"too_large", "the page is larger than the limit; upload it as a file or split it"},
      {"protocol", "the server's answer could not be understood"},
      {"robots", "robots.txt of the site forbids the page; allow GuildhallBot there, or upload the page as a file"},
      {"robots_unreachable", "robots.txt of the site cannot be read, which means that nothing may be fetched; try again later"},
      {"noindex", "the page asks not to be indexed; remove that wish, or upload the page as a file"},
      {"not_found", "the page does not exist (404); correct the address"},
      {"redirected_elsewhere", "the page redirects to another host; name that address instead"},
      {"redirected_to_http", "the page redirects from https to http, which is not followed"},
      {"too_many_redirects", "the page redirects too often"},
      {"bad_redirect", "the page redirects to nowhere"},
      {"canonical_elsewhere", "the page names an address on another host as its canonical one; name that instead"},
      {"unsupported_media_type", "the address is not a page this server can read; upload it as a file of a supported type"},
      {"empty", "the page holds no text without running its scripts; upload its text as a file"},
      {"not_included", "the patterns of the source leave the page out"},
      {"deleted_here", "the page's document was deleted here; sync brings it back only in a new source"},
      {"no_pages", "no page was found; check the address, the depth and the patterns"},
      {"not_a_sitemap", "this is no sitemap; name a sitemap.xml, or set a depth to follow the links of a page"},
      {"knowledge_limit", "the knowledge base is full; delete documents first"},
      {"removal_waits", "the sync would remove more than 30 % of the pages; confirm the removal, or sync again later"}};
  if (const auto found = texts.find(code); found != texts.end()) return std::string(found->second);
  if (code.starts_with("http_")) return "the server answered with status " + std::string(code.substr(5));
  return "the page could not be read (" + std::string(code) + ")";
}

}  // namespace guildhall::knowledge
