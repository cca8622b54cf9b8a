// The crawler: carries what knowledge/crawl.h wants fetched through the outbound gate, and the answers back.
//
// It is a room of its own because it is the lowest place that may see both: knowledge is domain code and calls no network, net
// knows nothing of pages.
#pragma once

#include <stop_token>
#include <string>

#include "delivery/jobs.h"
#include "identity/scope.h"
#include "knowledge/extractor.h"
#include "knowledge/preview.h"
#include "net/client.h"
#include "store/database.h"

namespace guildhall::crawler {

struct Crawler {
  store::Database& database;
  net::Client& client;
  const knowledge::Extractor& extractor;
  std::string user_agent;  ///< names the crawler and where its operator is found
};

/// "GuildhallBot/1.0 (+https://…)"
std::string user_agent(std::string_view version, std::string_view public_url);

/// The work of the job "knowledge.sync": one request at most. Nothing is fetched twice in one step; a step that runs again
/// after a crash is stored once.
void run_step(const Crawler& crawler, const delivery::Job& job, std::stop_token stop);

/// A page fetched for a look at its chunks: robots.txt first, nothing stored. knowledge::preview_refusal() when there is nothing
/// to show, Refusal(rate_limited) while the host has been asked within the last second.
knowledge::DocumentPreview preview_page(const Crawler& crawler, const std::string& url, const knowledge::BaseSettings& settings);

}  // namespace guildhall::crawler
