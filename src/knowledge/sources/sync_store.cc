// What came back is stored together with the job of the next step.
#include <array>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "document_rows.h"
#include "extraction/extract.h"
#include "knowledge/crawl.h"
#include "sources/page_reading.h"
#include "sources/robots.h"
#include "sources/sitemap.h"
#include "sources/source_rows.h"

namespace guildhall::knowledge {
namespace {

/// A response read outside any transaction.
struct ReadResponse {
  PageReading page;
  std::optional<Sitemap> sitemap;
};

/// Files that are no pages; asking for them would only cost the site a request.
bool is_asset(const WebUrl& url) {
  constexpr std::array<std::string_view, 28> kAssets = {
      ".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp", ".ico", ".css",  ".js",  ".mjs", ".woff", ".woff2", ".ttf", ".zip",
      ".gz",  ".tar", ".7z",   ".exe", ".dmg", ".mp3",  ".mp4", ".webm", ".avi", ".mov", ".xml",  ".json",  ".rss", ".atom"};
  const std::string path = ascii_lower(url.path);
  return std::any_of(kAssets.begin(), kAssets.end(), [&](std::string_view ending) { return path.ends_with(ending); });
}

/// Text that PostgreSQL takes, whatever the site sent.
std::string storable_text(std::string_view text, std::size_t bytes_max) {
  std::string out(prefix_bytes(text.substr(0, bytes_max), bytes_max));
  std::erase(out, '\0');
  if (is_valid_utf8(out)) return out;
  std::erase_if(out, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
  return out;
}

/// Queues what a page or sitemap names, as far as the source, its limits and robots.txt let it.
class LinkQueue {
 public:
  LinkQueue(store::Tx& tx, const SourceRow& source)
      : tx_(tx), source_(source), start_(start_of(source.source.settings)), robots_(parse_robots(source.robots)) {
    pages_ = tx.first(
                   "SELECT COUNT(*) FROM knowledge_page WHERE organization_id = $1 AND source_id = $2 AND sync_number = $3 "
                   "AND role = 'page'",
                   {source.organization, source.source.id, source.sync_number})
                 ->integer(0);
  }

  void add(const WebUrl& url, std::int64_t depth, std::int64_t hops) {
    const std::string text = url.text();
    if (!is_same_site(start_, url) || is_asset(url) || !is_in_globs(source_.source.settings, text)) return;
    if (pages_ >= kPagesPerSyncMax) return truncate();
    if (!queue_page(tx_, source_, text, PageRole::page, depth, hops)) return;
    ++pages_;
    const auto page = find_page(tx_, source_, text);
    if (!robots_.allows(url.target())) {
      refuse(*page, "robots");
    } else if (page->is_unwanted) {
      set_outcome(tx_, source_, text, PageOutcome::skipped, "deleted_here");
    }
  }

  void add_sitemap(const WebUrl& url, std::int64_t depth) {
    if (!is_same_site(start_, url)) return;
    if (sitemaps_++ >= kSitemapsMax) return truncate();
    queue_page(tx_, source_, url.text(), PageRole::sitemap, depth, 0);
  }

  /// A page that may not be fetched or read: missing when it was known, skipped when not.
  void refuse(const PageRow& page, std::string_view reason) {
    if (page.document && !page.content_sha256.empty()) {
      set_missing(tx_, source_, page.url, reason);
    } else {
      set_outcome(tx_, source_, page.url, PageOutcome::skipped, reason);
      if (page.document) fail_document(tx_, source_.organization, *page.document, reason, advice_for(reason));
    }
  }

  bool allows(const WebUrl& url) const { return robots_.allows(url.target()); }

 private:
  void truncate() {
    if (is_truncated_) return;
    is_truncated_ = true;
    tx_.execute("UPDATE knowledge_sync SET is_truncated = $4 WHERE organization_id = $1 AND source_id = $2 AND number = $3",
                {source_.organization, source_.source.id, source_.sync_number, true});
  }

  store::Tx& tx_;
  const SourceRow& source_;
  const WebUrl start_;
  const Robots robots_;
  std::int64_t pages_ = 0;
  std::size_t sitemaps_ = 0;
  bool is_truncated_ = false;
};

void store_failure_of_page(store::Tx& tx, const SourceRow& source, const PageRow& page, std::string_view reason) {
  set_outcome(tx, source, page.url, PageOutcome::failed, reason);
  if (page.document && page.content_sha256.empty())
    fail_document(tx, source.organization, *page.document, reason, advice_for(reason));
}

/// True when the page is asked for again, after the pause its site wants.
bool be_patient(store::Tx& tx, const SourceRow& source, const PageRow& page, const PageResponse& response) {
  if (page.retries >= kPageRetriesMax) return false;
  const WebUrl url = parse_web_url(page.url).value();
  delay_host(tx, url, seconds(std::clamp<std::int64_t>(response.retry_after_s.value_or(kPatienceDefaultS), 1, 86'400)));
  tx.execute("UPDATE knowledge_page SET retries = retries + 1 WHERE organization_id = $1 AND source_id = $2 AND url = $3",
             {source.organization, source.source.id, page.url});
  return true;
}

Document new_page_document(const SourceRow& source, const PageRow& page, const PageReading& reading) {
  Document document;
  document.base = source.source.base;
  document.source = SourceKind::url;
  document.filename = document.title = reading.filename;
  document.url = page.url;
  document.content_type = reading.content_type;
  document.language = "und";
  document.source_id = source.source.id;
  return document;
}

void store_content(store::Tx& tx, const SourceRow& source, const PageRow& page, const PageReading& reading,
                   const PageResponse& response) {
  const bool is_known = page.document && !page.content_sha256.empty();
  const bool is_changed = page.content_sha256 != reading.text_sha256;
  std::optional<DocumentId> document = page.document;
  try {
    if (document) {
      replace_content(tx, source.organization, *document,
                      {reading.content, reading.content_type, reading.filename, /*reindex=*/is_changed});
    } else {
      document = insert_document(tx, source.organization, new_page_document(source, page, reading), reading.content).id;
    }
  } catch (const Refusal& refusal) {
    // Both refuse before they write. A page that had room before and has grown keeps the text it had.
    store_failure_of_page(tx, source, page, name(refusal.code));
    return;
  }
  tx.execute(
      "UPDATE knowledge_page SET document_id = $4, etag = $5, last_modified = $6, content_sha256 = $7, fetched_at = $8, "
      "missing = 0, is_unwanted = $9 WHERE organization_id = $1 AND source_id = $2 AND url = $3",
      {source.organization, source.source.id, page.url, document, storable_text(response.etag, 1024),
       storable_text(response.last_modified, 128), reading.text_sha256, tx.now(), false});
  const PageOutcome outcome = !is_known ? PageOutcome::added : (is_changed ? PageOutcome::changed : PageOutcome::unchanged);
  set_outcome(tx, source, page.url, outcome, {});
}

/// The document that waits for a page moves with it, so that whoever asked for the page finds it.
void move_waiting_document(store::Tx& tx, const SourceRow& source, const PageRow& page, const std::string& target) {
  if (!page.document || !page.content_sha256.empty()) return;
  const auto moved = find_page(tx, source, target);
  if (!moved || moved->document) return;
  tx.execute("UPDATE knowledge_page SET document_id = NULL WHERE organization_id = $1 AND source_id = $2 AND url = $3",
             {source.organization, source.source.id, page.url});
  tx.execute("UPDATE knowledge_page SET document_id = $4 WHERE organization_id = $1 AND source_id = $2 AND url = $3",
             {source.organization, source.source.id, target, *page.document});
  tx.execute("UPDATE knowledge_document SET url = $3 WHERE organization_id = $1 AND id = $2",
             {source.organization, *page.document, target});
}

void store_move(store::Tx& tx, const SourceRow& source, const PageRow& page, const PageReading& reading, LinkQueue& queue) {
  if (page.hops >= kPageHopsMax) return store_failure_of_page(tx, source, page, "too_many_redirects");
  const std::string target = reading.moved_to->text();
  queue.add(*reading.moved_to, page.depth, page.hops + 1);
  move_waiting_document(tx, source, page, target);
  const auto still = find_page(tx, source, page.url);
  if (still && still->document) return queue.refuse(*still, reading.reason);
  set_outcome(tx, source, page.url, PageOutcome::followed, reading.reason);
}

void store_unchanged(store::Tx& tx, const SourceRow& source, const PageRow& page) {
  tx.execute("UPDATE knowledge_page SET missing = 0, fetched_at = $4 WHERE organization_id = $1 AND source_id = $2 AND url = $3",
             {source.organization, source.source.id, page.url, tx.now()});
  set_outcome(tx, source, page.url, PageOutcome::unchanged, {});
}

void store_reading(store::Tx& tx, const SourceRow& source, const PageRow& page, const PageReading& reading,
                   const PageResponse& response) {
  LinkQueue queue(tx, source);
  const bool is_left_out = !is_in_globs(source.source.settings, page.url) && source.source.settings.kind == FetchedKind::sitemap;
  switch (reading.kind) {
    case PageKind::content:
      if (page.is_unwanted || is_left_out) {
        queue.refuse(page, page.is_unwanted ? "deleted_here" : "not_included");
      } else {
        store_content(tx, source, page, reading, response);
      }
      break;
    case PageKind::unchanged: store_unchanged(tx, source, page); break;
    case PageKind::moved: store_move(tx, source, page, reading, queue); break;
    case PageKind::unwanted: queue.refuse(page, reading.reason); break;
    case PageKind::patience:
      if (!be_patient(tx, source, page, response)) store_failure_of_page(tx, source, page, reading.reason);
      break;
    case PageKind::gone:
      if (page.document && !page.content_sha256.empty()) {
        set_missing(tx, source, page.url, reading.reason);
      } else {
        store_failure_of_page(tx, source, page, reading.reason);
      }
      break;
    case PageKind::failed: store_failure_of_page(tx, source, page, reading.reason); break;
  }
  if (page.depth >= source.source.settings.depth.value_or(0)) return;
  for (const WebUrl& link : reading.links) queue.add(link, page.depth + 1, 0);
}

/// True when the sync can go on.
bool store_robots(store::Tx& tx, SourceRow& source, const PageRow& page, const PageResponse& response) {
  const bool is_there = response.failure_code.empty() && response.status >= 200 && response.status < 300;
  const bool is_absent = response.failure_code.empty() && response.status >= 400 && response.status < 500;
  if ((response.status == 429 || response.status == 503) && be_patient(tx, source, page, response)) return true;
  set_outcome(tx, source, page.url, PageOutcome::followed, {});
  if (!is_there && (!is_absent || response.status == 429)) {
    fail_sync(tx, source, response.failure_code.empty() ? "robots_unreachable" : response.failure_code);
    return false;
  }
  source.robots = is_there ? storable_text(response.content, kRobotsBytesMax) : std::string();
  tx.execute("UPDATE knowledge_source SET robots = $3 WHERE organization_id = $1 AND id = $2",
             {source.organization, source.source.id, source.robots});
  LinkQueue queue(tx, source);
  const WebUrl start = start_of(source.source.settings);
  const auto row = find_page(tx, source, start.text());
  if (row && row->role == PageRole::page && !queue.allows(start)) queue.refuse(*row, "robots");
  return true;
}

void store_sitemap(store::Tx& tx, const SourceRow& source, const PageRow& page, const ReadResponse& read,
                   const PageResponse& response) {
  if (read.page.kind == PageKind::patience && be_patient(tx, source, page, response)) return;
  LinkQueue queue(tx, source);
  if (read.page.kind == PageKind::moved && page.hops < kPageHopsMax) {
    queue_page(tx, source, read.page.moved_to->text(), PageRole::sitemap, page.depth, page.hops + 1);
    return set_outcome(tx, source, page.url, PageOutcome::followed, read.page.reason);
  }
  if (!read.sitemap) return set_outcome(tx, source, page.url, PageOutcome::failed, read.page.reason);
  const WebUrl here = parse_web_url(page.url).value();
  for (const std::string& location : read.sitemap->locations) {
    const auto url = resolve_link(here, location);
    if (!url) continue;
    if (read.sitemap->is_index) {
      queue.add_sitemap(*url, page.depth);
    } else {
      queue.add(*url, 0, 0);
    }
  }
  set_outcome(tx, source, page.url, PageOutcome::followed, {});
}

ReadResponse read_as_sitemap(const Extractor& extractor, const WebUrl& url, const PageResponse& response) {
  ReadResponse read;
  if (response.failure_code.empty() && response.status >= 200 && response.status < 300) {
    try {
      read.sitemap = read_sitemap(response.content);
    } catch (const ExtractionFailure& failure) {
      read.page.reason = failure.code;
    }
  } else {
    read.page = read_page(extractor, url, response, {});
  }
  return read;
}

/// Reads the response as what the page is for. Nothing is written and no transaction is open while it is parsed.
ReadResponse read_response(store::Database& database, const Extractor& extractor, const PageRequest& request,
                           const PageResponse& response) {
  struct Known {
    std::optional<PageRow> page;
    std::optional<std::string> stored;
    bool is_site = false;
  };
  const SyncStep& step = request.step;
  const Known known = database.read([&](store::Tx& tx) {
    Known found;
    const auto source = find_source_row(tx, step.organization, step.source);
    if (!source) return found;
    found.is_site = source->source.settings.kind == FetchedKind::sitemap;
    found.page = find_page(tx, *source, request.url);
    if (response.status != 304 || !found.page || !found.page->document) return found;
    const auto blob = tx.first("SELECT blob_sha256 FROM knowledge_document WHERE organization_id = $1 AND id = $2",
                               {step.organization, *found.page->document});
    if (blob) found.stored = get_content(tx, step.organization, blob->text(0));
    return found;
  });
  const auto url = parse_web_url(request.url);
  if (!known.page || !url) return {};
  if (known.page->role == PageRole::sitemap) return read_as_sitemap(extractor, *url, response);
  if (known.page->role == PageRole::robots) return {};
  // A page that was reached by a canonical link is the canonical one, whatever it says.
  const bool follows_canonical = known.is_site && known.page->hops == 0;
  return {read_page(extractor, *url, response, {follows_canonical, known.stored ? &*known.stored : nullptr}), std::nullopt};
}

}  // namespace

void store_page(store::Database& database, const Extractor& extractor, const PageRequest& request, const PageResponse& response) {
  const ReadResponse read = read_response(database, extractor, request, response);
  const SyncStep& step = request.step;
  database.write([&](store::Tx& tx) {
    auto source = find_source_row(tx, step.organization, step.source);
    if (!source || source->sync_number != step.number || source->step != step.step) return;
    const auto page = find_page(tx, *source, request.url);
    if (!page) return;
    if (page->role == PageRole::robots) {
      if (!store_robots(tx, *source, *page, response)) return;
    } else if (page->role == PageRole::sitemap) {
      store_sitemap(tx, *source, *page, read, response);
    } else {
      store_reading(tx, *source, *page, read.page, response);
    }
    ++source->step;
    tx.execute("UPDATE knowledge_source SET step = $3, stepped_at = $4 WHERE organization_id = $1 AND id = $2",
               {step.organization, step.source, source->step, tx.now()});
    const auto next = first_queued_page(tx, *source);
    if (!next) return finish_sync(tx, *source);
    enqueue_step(tx, *source, next_turn_of(tx, parse_web_url(next->url).value()));
  });
}

}  // namespace guildhall::knowledge
