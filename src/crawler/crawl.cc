// Requests of a sync and of previews.
#include "crawler/crawl.h"

#include "base/errors.h"
#include "base/text.h"
#include "knowledge/crawl.h"
#include "knowledge/sources.h"

namespace guildhall::crawler {
namespace {

constexpr std::string_view kAccept =
    "text/html, application/xhtml+xml, text/markdown, text/plain, application/pdf, application/xml;q=0.9, */*;q=0.1";

std::string_view name_of(net::OutboundFailure failure) {
  switch (failure) {
    case net::OutboundFailure::destination_refused: return "destination_refused";
    case net::OutboundFailure::unreachable: return "unreachable";
    case net::OutboundFailure::timeout: return "timeout";
    case net::OutboundFailure::cancelled: return "cancelled";
    case net::OutboundFailure::too_large: return "too_large";
    case net::OutboundFailure::protocol: return "protocol";
  }
  return "unreachable";
}

net::OutboundRequest outbound(const Crawler& crawler, const knowledge::PageRequest& page) {
  net::OutboundRequest request;
  request.caller = net::Caller::crawler;
  request.url = page.url;
  request.response_max_bytes = page.bytes_max;
  request.redirects_max = page.follows_redirects ? -1 : 0;
  request.headers.set("User-Agent", crawler.user_agent);
  request.headers.set("Accept", std::string(kAccept));
  if (!page.etag.empty()) request.headers.set("If-None-Match", page.etag);
  if (!page.last_modified.empty()) request.headers.set("If-Modified-Since", page.last_modified);
  return request;
}

/// Several fields of one name count as one list.
std::string joined_fields(const net::Headers& headers, std::string_view name) {
  std::string joined;
  for (const auto& [field, value] : headers.all()) {
    if (equals_ignoring_case(field, name)) joined += (joined.empty() ? "" : ", ") + value;
  }
  return joined;
}

knowledge::PageResponse fetched(const Crawler& crawler, const knowledge::PageRequest& page, const std::stop_token& stop) {
  knowledge::PageResponse response;
  try {
    net::OutboundRequest request = outbound(crawler, page);
    request.stop = stop;
    net::OutboundResponse answer = crawler.client.fetch(request);
    response.status = answer.status;
    response.content = std::move(answer.body);
    response.content_type = answer.headers.get_or("Content-Type", "");
    response.etag = answer.headers.get_or("ETag", "");
    response.last_modified = answer.headers.get_or("Last-Modified", "");
    response.location = answer.headers.get_or("Location", "");
    response.robots_tag = joined_fields(answer.headers, "X-Robots-Tag");
    response.retry_after_s = parse_integer(answer.headers.get_or("Retry-After", ""));
  } catch (const net::OutboundError& error) {
    // The server is going down, not the site: the step is given back and runs again.
    if (error.failure == net::OutboundFailure::cancelled) throw;
    response.failure_code = name_of(error.failure);
    response.failure_message = error.message;
  }
  return response;
}

knowledge::PageRequest request_of(const std::string& url, bool follows_redirects) {
  knowledge::PageRequest request;
  request.url = url;
  request.follows_redirects = follows_redirects;
  return request;
}

}  // namespace

std::string user_agent(std::string_view version, std::string_view public_url) {
  return "GuildhallBot/" + std::string(version) + " (+" + std::string(public_url) + ")";
}

void run_step(const Crawler& crawler, const delivery::Job& job, std::stop_token stop) {
  const auto source = KnowledgeSourceId::parse(json::text_of(job.payload, "source_id"));
  if (!source) throw std::logic_error("a sync job without a source");
  const knowledge::SyncStep step{job.organization, *source, json::integer_of(job.payload, "number").value_or(0),
                                 json::integer_of(job.payload, "step").value_or(0)};
  const auto request = crawler.database.write([&](store::Tx& tx) { return knowledge::next_page(tx, step); });
  if (!request) return;
  knowledge::store_page(crawler.database, crawler.extractor, *request, fetched(crawler, *request, stop));
}

knowledge::DocumentPreview preview_page(const Crawler& crawler, const std::string& url, const knowledge::BaseSettings& settings) {
  const std::string robots_url = knowledge::robots_url_of(url);
  if (robots_url.empty()) throw invalid_field("url", "must be an absolute http or https URL");
  // An address the gate refuses takes nobody's turn.
  try {
    crawler.client.check(url);
  } catch (const net::OutboundError& error) {
    throw knowledge::preview_refusal(std::string(name_of(error.failure)));
  }
  if (!crawler.database.write([&](store::Tx& tx) { return knowledge::take_host_turns(tx, url, 2); })) {
    throw Refusal(Code::rate_limited, "the site was asked within the last second; try again in a moment").retry_after(2);
  }
  const knowledge::PageResponse robots = fetched(crawler, request_of(robots_url, true), {});
  if (!robots.failure_code.empty()) throw knowledge::preview_refusal(robots.failure_code);
  if (!knowledge::robots_allow(robots.status, robots.content, url)) {
    throw knowledge::preview_refusal(robots.status >= 200 && robots.status < 300 ? "robots" : "robots_unreachable");
  }
  const knowledge::PageResponse page = fetched(crawler, request_of(url, false), {});
  return knowledge::preview_response(crawler.extractor, url, page, settings);
}

}  // namespace guildhall::crawler
