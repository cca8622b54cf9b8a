// Rows of sources and their pages, for the files of this room.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "knowledge/crawl.h"
#include "knowledge/preview.h"
#include "knowledge/sources.h"
#include "sources/web_url.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// A source as a sync needs it.
struct SourceRow {
  OrganizationId organization;
  Source source;  ///< without progress and documents
  std::int64_t sync_number = 0;
  std::int64_t step = 0;
  Timestamp stepped_at;
  std::string robots;

  /// A sync is under way and has done something lately.
  bool is_busy(Timestamp now) const;
};

std::optional<SourceRow> find_source_row(store::Tx& tx, OrganizationId organization, KnowledgeSourceId id);

/// What a page of a source is for: robots.txt and sitemaps lead to pages and are no pages themselves.
enum class PageRole : std::uint8_t { robots, sitemap, page };
std::string_view wire_name(PageRole role);

/// How far a page is in the sync that met it last.
enum class PageOutcome : std::uint8_t { queued, added, changed, unchanged, missing, removed, failed, skipped, followed };
std::string_view wire_name(PageOutcome outcome);
PageOutcome page_outcome(std::string_view wire_name);

struct PageRow {
  std::string url;
  PageRole role = PageRole::page;
  std::int64_t depth = 0;
  std::int64_t hops = 0;
  std::int64_t retries = 0;
  std::int64_t sync_number = 0;
  PageOutcome outcome = PageOutcome::queued;
  std::string reason;
  std::int64_t missing = 0;
  bool is_unwanted = false;
  std::optional<DocumentId> document;
  std::string etag;
  std::string last_modified;
  std::string content_sha256;
};

std::optional<PageRow> find_page(store::Tx& tx, const SourceRow& source, std::string_view url);
/// The page whose turn it is in the source's sync.
std::optional<PageRow> first_queued_page(store::Tx& tx, const SourceRow& source);
/// Queues a page for this sync unless the sync has met it already; true when it is queued.
bool queue_page(store::Tx& tx, const SourceRow& source, const std::string& url, PageRole role, std::int64_t depth,
                std::int64_t hops);
void set_outcome(store::Tx& tx, const SourceRow& source, std::string_view url, PageOutcome outcome, std::string_view reason);
/// Marks a known page as not found by this sync.
void set_missing(store::Tx& tx, const SourceRow& source, std::string_view url, std::string_view reason);

/// Whether the source's globs let the page in.
bool is_in_globs(const SourceSettings& settings, std::string_view url);
/// Where a sync begins. The URL of a stored source is always one.
WebUrl start_of(const SourceSettings& settings);

/// Begins a sync: a new number, robots.txt and the start queued, and the job of its first step.
void queue_sync(store::Tx& tx, SourceRow& source);
void enqueue_step(store::Tx& tx, const SourceRow& source, Timestamp run_at);
/// Ends a sync that has nothing left to fetch: what is missing, removed or waits, and the report.
void finish_sync(store::Tx& tx, const SourceRow& source);
/// Ends a sync that could not go on; nothing counts as missing.
void fail_sync(store::Tx& tx, const SourceRow& source, std::string_view code);
/// Removes what a waiting source has found missing and writes it into its report.
void remove_confirmed(store::Tx& tx, const SourceRow& source);
SyncCounts counts_of_sync(store::Tx& tx, const SourceRow& source);

/// When the URL's host may be asked next; now when nobody has asked it.
Timestamp next_turn_of(store::Tx& tx, const WebUrl& url);
/// The host asked for patience.
void delay_host(store::Tx& tx, const WebUrl& url, std::int64_t us);

bool is_stale(const Source& source, Timestamp now);
FetchedKind fetched_kind(std::string_view wire_name);

}  // namespace guildhall::knowledge
