// A sync from its start to the page whose turn it is.
#include "../limits.h"
#include "base/errors.h"
#include "delivery/jobs.h"
#include "knowledge/crawl.h"
#include "sources/robots.h"
#include "sources/source_rows.h"
#include "sources/web_url.h"

namespace guildhall::knowledge {
namespace {

constexpr std::size_t kOnePageBytesMax = 20u * 1024 * 1024;
constexpr std::size_t kSitePageBytesMax = 10u * 1024 * 1024;
/// What leads to pages is fetched before them.
constexpr std::int64_t kRobotsDepth = -2;
constexpr std::int64_t kSitemapDepth = -1;

/// The host's pause belongs to its name: another port is the same machine.
std::string polite_host(const WebUrl& url) {
  return url.host;
}

/// When the host may be asked next; now when nobody has asked it.
Timestamp host_turn(store::Tx& tx, const WebUrl& url) {
  const auto row = tx.first("SELECT next_at FROM crawled_host WHERE host = $1", {polite_host(url)});
  return row ? std::max(row->timestamp(0), tx.now()) : tx.now();
}

void set_host_turn(store::Tx& tx, const WebUrl& url, Timestamp next) {
  tx.execute(
      "INSERT INTO crawled_host (host, next_at) VALUES ($1, $2) ON CONFLICT (host) DO UPDATE SET next_at = excluded.next_at",
      {polite_host(url), next});
}

}  // namespace

void enqueue_step(store::Tx& tx, const SourceRow& source, Timestamp run_at) {
  delivery::NewJob job;
  job.kind = "knowledge.sync";
  // The time makes it another job than the one that found the host busy and runs still.
  job.key = source.source.id.text() + ":" + std::to_string(source.sync_number) + ":" + std::to_string(source.step) + ":" +
            std::to_string(run_at.us);
  job.organization = source.organization;
  job.payload = {{"source_id", source.source.id.text()}, {"number", source.sync_number}, {"step", source.step}};
  job.run_at = run_at;
  delivery::enqueue(tx, job);
}

void queue_sync(store::Tx& tx, SourceRow& source) {
  const KnowledgeSourceId id = source.source.id;
  const SourceSettings& settings = source.source.settings;
  tx.execute(
      "UPDATE knowledge_sync SET state = 'superseded', finished_at = $3 "
      "WHERE organization_id = $1 AND source_id = $2 AND state = 'running'",
      {source.organization, id, tx.now()});
  ++source.sync_number;
  source.step = 0;
  source.source.state = SourceState::pending;
  tx.execute("DELETE FROM knowledge_sync WHERE organization_id = $1 AND source_id = $2 AND number <= $3",
             {source.organization, id, source.sync_number - kSyncReportsKept});
  tx.execute(
      "INSERT INTO knowledge_sync (organization_id, source_id, number, state, is_truncated, error_code, error_message, entries, "
      "started_at, finished_at) VALUES ($1, $2, $3, 'running', $4, '', '', '[]', $5, NULL)",
      {source.organization, id, source.sync_number, false, tx.now()});
  tx.execute(
      "UPDATE knowledge_source SET state = 'PENDING', sync_number = $3, step = 0, stepped_at = $4, robots = '', next_sync_at = "
      "$5 "
      "WHERE organization_id = $1 AND id = $2",
      {source.organization, id, source.sync_number, tx.now(), next_sync_at(settings.frequency, id, tx.now())});
  // What an earlier sync met and did not keep says nothing about this one.
  const bool no = false;
  tx.execute(
      "DELETE FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND document_id IS NULL AND is_unwanted = $3",
      {source.organization, id, no});
  tx.execute("UPDATE knowledge_page SET outcome = 'missing' WHERE organization_id = $1 AND source_id = $2 AND outcome = 'queued'",
             {source.organization, id});
  const WebUrl start = start_of(settings);
  queue_page(tx, source, start.site() + "/robots.txt", PageRole::robots, kRobotsDepth, 0);
  const bool is_file = settings.kind == FetchedKind::sitemap && !settings.depth;
  queue_page(tx, source, start.text(), is_file ? PageRole::sitemap : PageRole::page, is_file ? kSitemapDepth : 0, 0);
  enqueue_step(tx, source, tx.now());
}

std::optional<PageRequest> next_page(store::Tx& tx, const SyncStep& step) {
  auto source = find_source_row(tx, step.organization, step.source);
  if (!source || source->sync_number != step.number || source->step != step.step) return std::nullopt;
  if (source->source.state != SourceState::pending && source->source.state != SourceState::syncing) return std::nullopt;
  const auto page = first_queued_page(tx, *source);
  if (!page) {
    finish_sync(tx, *source);
    return std::nullopt;
  }
  tx.execute("UPDATE knowledge_source SET state = 'SYNCING', stepped_at = $3 WHERE organization_id = $1 AND id = $2",
             {step.organization, step.source, tx.now()});
  const WebUrl url = parse_web_url(page->url).value();
  if (const Timestamp turn = host_turn(tx, url); turn > tx.now()) {
    enqueue_step(tx, *source, turn);
    return std::nullopt;
  }
  set_host_turn(tx, url, tx.now() + kHostPauseUs);
  PageRequest request;
  request.step = step;
  request.url = page->url;
  request.bytes_max = source->source.settings.kind == FetchedKind::url ? kOnePageBytesMax : kSitePageBytesMax;
  request.follows_redirects = page->role == PageRole::robots;
  if (page->document && !page->content_sha256.empty()) {
    request.etag = page->etag;
    request.last_modified = page->last_modified;
  }
  return request;
}

bool take_host_turns(store::Tx& tx, const std::string& url, std::int64_t requests) {
  const auto parsed = parse_web_url(url);
  if (!parsed || host_turn(tx, *parsed) > tx.now()) return false;
  set_host_turn(tx, *parsed, tx.now() + requests * kHostPauseUs);
  return true;
}

bool robots_allow(int status, const std::string& robots, const std::string& url) {
  const auto parsed = parse_web_url(url);
  if (!parsed) return false;
  if (status >= 400 && status < 500) return true;
  if (status < 200 || status >= 300) return false;
  return parse_robots(robots).allows(parsed->target());
}

std::string robots_url_of(const std::string& url) {
  const auto parsed = parse_web_url(url);
  return parsed ? parsed->site() + "/robots.txt" : std::string();
}

void delay_host(store::Tx& tx, const WebUrl& url, std::int64_t us) {
  set_host_turn(tx, url, std::max(host_turn(tx, url), tx.now() + std::min(us, kHostPauseUsMax)));
}

Timestamp next_turn_of(store::Tx& tx, const WebUrl& url) {
  return host_turn(tx, url);
}

}  // namespace guildhall::knowledge
