// The client: limits per caller, redirects one by one, each through the gate.
#include "net/client.h"

#include <algorithm>

#include "base/text.h"
#include "base/time.h"
#include "net/limits.h"
#include "transfer.h"

namespace guildhall::net {
namespace {

constexpr std::size_t kMebibyte = 1024 * 1024;

bool is_redirect(int status) {
  return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

/// Fields the client writes itself; a caller's own would change where or how the request goes.
bool is_reserved_field(std::string_view field) {
  for (const std::string_view own : {"Host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "Upgrade", "TE",
                                     "Trailer", "Expect", "Accept-Encoding", "HTTP2-Settings"}) {
    if (equals_ignoring_case(field, own)) return true;
  }
  return field.size() > 6 && equals_ignoring_case(field.substr(0, 6), "Proxy-");
}

/// Fields that say nothing about who asks. Everything else may be a credential and stays with the origin it was meant for.
bool may_cross_origins(std::string_view field) {
  for (const std::string_view plain : {"Accept", "Accept-Language", "User-Agent", "Content-Type", "Content-Encoding",
                                       "Cache-Control", "If-Modified-Since", "If-None-Match", "Range"}) {
    if (equals_ignoring_case(field, plain)) return true;
  }
  return false;
}

std::vector<std::string> header_lines(const Headers& headers) {
  std::vector<std::string> lines;
  // Without these, curl would wait for a 100 or name a type of its own.
  lines.emplace_back("Expect:");
  if (!headers.has("Content-Type")) lines.emplace_back("Content-Type:");
  for (const auto& [field, value] : headers.all()) {
    if (is_reserved_field(field)) continue;
    lines.push_back(value.empty() ? field + ";" : field + ": " + value);
  }
  return lines;
}

/// What is asked of one hop.
struct Hop {
  OutboundUrl url;
  Method method = Method::get;
  Headers headers;
  std::string body;
};

/// Changes `hop` to where the response points (RFC 9110 §15.4).
void follow(Hop& hop, int status, std::string_view location) {
  auto target = redirected(hop.url, location);
  if (hop.url.is_https && !target.is_https) refuse_destination(target.host, "a redirect from https to http");
  const bool becomes_get = status == 303 ? hop.method != Method::head : status <= 302 && hop.method == Method::post;
  const bool crosses = target.origin() != hop.url.origin();
  if (becomes_get) {
    hop.method = Method::get;
    hop.body.clear();
  }
  Headers kept;
  for (const auto& [field, value] : hop.headers.all()) {
    const bool describes_body = field.size() > 8 && equals_ignoring_case(field.substr(0, 8), "Content-");
    if ((crosses && !may_cross_origins(field)) || (becomes_get && describes_body)) continue;
    kept.add(field, value);
  }
  hop.headers = std::move(kept);
  hop.url = std::move(target);
}

}  // namespace

CallerLimits limits_of(Caller caller) {
  switch (caller) {
    case Caller::webhook: return {0, seconds(10), 64 * 1024, 0};
    case Caller::discovery: return {0, seconds(5), 256 * 1024, 0};
    case Caller::crawler: return {5, seconds(20), 10 * kMebibyte, 0};
    case Caller::component: return {20, seconds(30), 10 * kMebibyte, 0};
    case Caller::helpdesk: return {0, seconds(15), 10 * kMebibyte, 0};
    case Caller::model: return {0, seconds(600), 64 * kMebibyte, seconds(60)};
  }
  return {};
}

namespace {

/// contracts/support-partner.md §2.1: a source that is one page.
constexpr std::size_t kOnePageBytesMax = 20 * kMebibyte;

std::size_t response_max_bytes_of(const OutboundRequest& request, const CallerLimits& limits) {
  const std::size_t most = request.caller == Caller::crawler ? kOnePageBytesMax : limits.response_max_bytes;
  return request.response_max_bytes == 0 ? limits.response_max_bytes : std::min(request.response_max_bytes, most);
}

}  // namespace

struct Client::State {
  explicit State(ClientOptions options) : gate(options), loop(gate, options.connections_per_host_max) {}

  OutboundResponse send(const Hop& hop, const OutboundRequest& request, const CallerLimits& limits, std::int64_t deadline_us);

  Gate gate;
  TransferLoop loop;
};

Client::Client(ClientOptions options) : state_(std::make_unique<State>(std::move(options))) {}
Client::~Client() = default;

void Client::check(const std::string& url) {
  state_->gate.pass(parse_outbound_url(url));
}

OutboundResponse Client::fetch(const OutboundRequest& request) {
  const auto limits = limits_of(request.caller);
  auto deadline_us = monotonic_us() + limits.timeout_us;
  if (request.deadline_us != 0) deadline_us = std::min(deadline_us, request.deadline_us);
  const int redirects_max =
      request.redirects_max < 0 ? limits.redirects_max : std::min(request.redirects_max, limits.redirects_max);
  Hop hop{parse_outbound_url(request.url), request.method, request.headers, request.body};
  for (int redirects = 0;; ++redirects) {
    auto response = state_->send(hop, request, limits, deadline_us);
    const auto location = response.headers.get("Location");
    if (!is_redirect(response.status) || !location || redirects_max == 0) return response;
    if (redirects == redirects_max) {
      throw OutboundError(OutboundFailure::protocol,
                          "the server redirects more than " + std::to_string(redirects_max) + " times");
    }
    follow(hop, response.status, *location);
  }
}

OutboundResponse Client::State::send(const Hop& hop, const OutboundRequest& request, const CallerLimits& limits,
                                     std::int64_t deadline_us) {
  if (request.stop.stop_requested()) throw OutboundError(OutboundFailure::cancelled, "the request was cancelled");
  auto transfer = std::make_shared<Transfer>();
  transfer->passage = gate.pass(hop.url);
  if (monotonic_us() >= deadline_us) throw OutboundError(OutboundFailure::timeout, "there was no time left for the request");
  transfer->method = hop.method;
  transfer->header_lines = header_lines(hop.headers);
  transfer->body = hop.body;
  transfer->response_max_bytes = response_max_bytes_of(request, limits);
  transfer->deadline_us = deadline_us;
  transfer->idle_timeout_us = limits.idle_timeout_us;
  transfer->on_body = &request.on_body;
  loop.submit(transfer);
  const std::stop_callback on_stop(request.stop, [this, &transfer] { loop.cancel(transfer); });
  std::unique_lock lock(transfer->mutex);
  transfer->done.wait(lock, [&] { return transfer->is_done; });
  if (transfer->error) throw OutboundError(*transfer->error);
  transfer->response.final_url = hop.url.text();
  return std::move(transfer->response);
}

}  // namespace guildhall::net
