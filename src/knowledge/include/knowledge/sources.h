// Sources: pages and sites a knowledge base is fed from, fetched again on schedule (contracts/support-partner.md §2.1, §2.2).
//
// Nothing here opens a connection: `crawler` fetches what knowledge/crawl.h says and hands it back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/scope.h"
#include "knowledge/documents.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// url: one page. sitemap: the pages of a sitemap.xml, or with a depth the pages linked from a start page.
enum class FetchedKind : std::uint8_t { url, sitemap };
std::string_view wire_name(FetchedKind kind);

enum class SyncFrequency : std::uint8_t { manual, hourly, daily, weekly };
std::string_view wire_name(SyncFrequency frequency);

/// pending: waits for its first fetch. syncing: under way. synced, failed: how the last sync ended. waiting: it would remove more
/// than 30 % of the pages and asks first.
enum class SourceState : std::uint8_t { pending, syncing, synced, waiting, failed };
std::string_view wire_name(SourceState state);  ///< in capitals, as those of documents

struct SourceSettings {
  FetchedKind kind = FetchedKind::url;
  std::string name;                   ///< ≤ 120 code points; empty: the URL
  std::string url;                    ///< absolute, http or https
  std::optional<std::int64_t> depth;  ///< 1–3: links are followed so far from the start page
  std::vector<std::string> include;   ///< globs; empty: every page of the host
  std::vector<std::string> exclude;   ///< globs; stronger than include
  SyncFrequency frequency = SyncFrequency::daily;
  std::optional<BaseSettings> chunks;  ///< empty: the base's
};

/// What happened to the pages of one sync.
struct SyncCounts {
  std::int64_t queued = 0;
  std::int64_t added = 0;
  std::int64_t changed = 0;
  std::int64_t unchanged = 0;
  std::int64_t missing = 0;  ///< not found for the first time, or waiting for a confirmed removal
  std::int64_t removed = 0;
  std::int64_t failed = 0;
  std::int64_t skipped = 0;  ///< by robots.txt, noindex, globs, a redirect or a canonical link
};

struct DocumentCounts {
  std::int64_t pending = 0;
  std::int64_t processing = 0;
  std::int64_t indexed = 0;
  std::int64_t failed = 0;
};

struct Source {
  KnowledgeSourceId id;
  KnowledgeBaseId base;
  SourceSettings settings;
  SourceState state = SourceState::pending;
  std::string error_code;  ///< of the last sync
  std::string error_message;
  SyncCounts progress;  ///< of the sync under way, or the last one
  DocumentCounts documents;
  std::optional<Timestamp> last_synced_at;
  std::optional<Timestamp> next_sync_at;
  bool is_stale = false;  ///< two scheduled syncs in a row did not succeed
  Timestamp created_at;
};

/// One page in a report. `outcome` is added, changed, missing, removed, failed or skipped.
struct SyncEntry {
  std::string url;
  std::string outcome;
  std::string reason;  ///< a code; empty where nothing needs a reason
};

enum class SyncState : std::uint8_t { running, finished, waiting, failed, superseded };
std::string_view wire_name(SyncState state);

struct SyncReport {
  std::int64_t number = 0;
  SyncState state = SyncState::running;
  SyncCounts counts;
  std::vector<SyncEntry> entries;  ///< all but the unchanged, at most 1,000 of each outcome
  bool is_truncated = false;       ///< the site has more pages than one sync takes
  std::string error_code;
  std::string error_message;
  Timestamp started_at;
  std::optional<Timestamp> finished_at;
};

/// Adds the source and queues its first sync. Refusal(validation_failed) names the field; knowledge_limit past 200 sources.
Source create_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, const SourceSettings& settings);
std::vector<Source> list_sources(const Scope& scope, store::Tx& tx, KnowledgeBaseId base);
Source get_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id);
/// Kind and URL stay. Pages the new globs leave out are removed at once, other chunk settings index its pages again, and what
/// decides which pages belong to it queues a sync.
Source update_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id,
                     const SourceSettings& settings);
/// With every document it brought; their text is unreachable when the transaction commits.
void delete_source(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id);

/// Queues a sync now; one under way is left to finish. With `removal_confirmed`, a source that waits removes its missing pages
/// instead.
Source request_sync(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id, bool removal_confirmed);
/// The report of a sync, or of the latest. Refusal(not_found) when there is none; the 20 latest are kept.
SyncReport sync_report(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id,
                       std::optional<std::int64_t> number);

/// The document a source of one page, or the start page of a site, is read into.
std::optional<Document> start_document(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, KnowledgeSourceId id);

/// Queues every sync whose time has come, in all organizations; for a schedule.
void start_due_syncs(store::Tx& tx);

/// When a source is synced next: at a minute of its own, at least half a period after `after`; nullopt for manual.
std::optional<Timestamp> next_sync_at(SyncFrequency frequency, KnowledgeSourceId source, Timestamp after);

}  // namespace guildhall::knowledge
