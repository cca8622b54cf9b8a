// A sync in steps: what to fetch next, and what to make of it. `crawler` does the fetching (contracts/support-partner.md §2.2).
//
// Every step is one job "knowledge.sync" with {source_id, number, step}. It survives kill -9: what was fetched is stored with
// the job of the next step in one transaction, and a step that runs twice is stored once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "base/ids.h"
#include "knowledge/documents.h"
#include "knowledge/extractor.h"
#include "store/database.h"

namespace guildhall::knowledge {

struct SyncStep {
  OrganizationId organization;
  KnowledgeSourceId source;
  std::int64_t number = 0;
  std::int64_t step = 0;
};

struct PageRequest {
  SyncStep step;
  std::string url;
  std::string etag;           ///< for If-None-Match; empty: none
  std::string last_modified;  ///< for If-Modified-Since
  std::size_t bytes_max = 0;
  bool follows_redirects = false;  ///< robots.txt alone; the redirects of a page are the sync's own business
};

/// What came back. Either a status or a failure.
struct PageResponse {
  int status = 0;
  std::string content;
  std::string content_type;
  std::string etag;
  std::string last_modified;
  std::string location;
  std::string robots_tag;  ///< X-Robots-Tag
  std::optional<std::int64_t> retry_after_s;
  std::string failure_code;  ///< destination_refused, unreachable, timeout, too_large, …
  std::string failure_message;
};

/// The page of this step, with its host's turn taken; nullopt when the step is not the current one, or the host's turn has not
/// come, for which the step is queued again.
std::optional<PageRequest> next_page(store::Tx& tx, const SyncStep& step);

/// Stores what came back and queues the next step, or ends the sync. Nothing happens when the step is not the current one.
void store_page(store::Database& database, const Extractor& extractor, const PageRequest& request, const PageResponse& response);

/// Takes `requests` turns at the host of the URL at once; false while another has its turn. One turn a second.
bool take_host_turns(store::Tx& tx, const std::string& url, std::int64_t requests);

/// Whether robots.txt lets the crawler fetch the URL. Answers for a robots.txt that came with `status` (RFC 9309 §2.3.1).
bool robots_allow(int status, const std::string& robots, const std::string& url);
/// Where the robots.txt of a URL is; empty when it is no page URL.
std::string robots_url_of(const std::string& url);

}  // namespace guildhall::knowledge
