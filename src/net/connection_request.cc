// Deciding: what a complete header is allowed to do.
#include <algorithm>
#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>

#include "base/errors.h"
#include "base/ids.h"
#include "connection.h"
#include "net/limits.h"
#include "response_head.h"
#include "target.h"

namespace guildhall::net {
namespace {

constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

std::string request_id_of(const Headers& headers) {
  const auto given = headers.get("X-Request-Id");
  return given && is_request_id(*given) ? std::string(*given) : dashed(random_uuid());
}

}  // namespace

void Connection::accept_head() {
  auto& request = parser_->request;
  form_.is_http_1_0 = parser_->is_http_1_0;
  form_.keeps_alive = parser_->keep_alive();
  form_.is_head = parser_->method == Method::head;
  request.received_us = received_us_;
  request.deadline_us = received_us_ + core_.options.request_timeout_us;
  request.remote_address = client_address(peer_, request.headers, core_.options.trusted_proxies);
  request.request_id = request_id_of(request.headers);
  std::string raw_path;
  try {
    const auto target = parse_target(request.target);
    raw_path = target.raw_path;
    request.path = target.path;
    request.query = Query::parse(target.query_text);
  } catch (const Refusal& refused) {
    if (request.path.empty()) request.path = "/";
    return refuse(400, name(refused.code), "The request is malformed: " + refused.message + ".");
  }
  if (!parser_->method) return refuse(501, name(Code::method_not_allowed), "This server does not know the request's method.");
  accept_route(core_.router.find(*parser_->method, raw_path));
}

void Connection::accept_route(const Router::Match& match) {
  if (match.endpoint == nullptr) {
    // The fallback serves pages and preflights; a body nobody will read is not waited for.
    if (core_.fallback && parser_->is_done()) return dispatch(core_.fallback_endpoint, match.allowed);
    if (match.allowed.empty()) return refuse(404, name(Code::not_found), "There is nothing at this path.");
    return refuse(405, name(Code::method_not_allowed), "This path does not take this method.", match.allowed);
  }
  endpoint_ = match.endpoint;
  for (const auto& [parameter, value] : match.parameters) parser_->request.parameters.emplace(parameter, value);
  if (parser_->is_done()) return dispatch(*endpoint_, {});

  parser_->body_max_bytes = endpoint_->body_max_bytes;
  const auto declared = parser_->declared_length.value_or(0);
  if (declared > parser_->body_max_bytes) return refuse_parse_error(boost::beast::http::error::body_limit);
  if (parser_->expects_continue && !form_.is_http_1_0 && filled_ == 0) {
    error_code ignored;
    socket_.write_some(boost::asio::buffer(kContinue.data(), kContinue.size()), ignored);
  }
  parser_->eager(true);
  // A large body is read in large pieces; its memory is asked for as it comes, not as it is announced.
  const bool is_large = declared > capacity_ || !parser_->declared_length;
  parser_->request.body.reserve(std::min<std::size_t>(declared, kBodyBufferBytes));
  if (is_large && !is_reading_ && capacity_ < kBodyBufferBytes) {
    const std::size_t wanted = parser_->declared_length ? static_cast<std::size_t>(declared) : kBodyBufferBytes / 4;
    grow_buffer(std::clamp(wanted, capacity_, kBodyBufferBytes));
  }
  phase_ = Phase::body;
  deadline_us_ = monotonic_us() + core_.options.body_timeout_us;
}

void Connection::dispatch(const Endpoint& endpoint, std::vector<Method> allowed) {
  method_ = parser_->request.method;
  deadline_us_ = parser_->request.deadline_us;
  is_stop_requested_ = false;
  keeps_alive_ = form_.keeps_alive;
  exchange_ = std::make_shared<ServerExchange>(core_, shared_from_this(), std::move(parser_->request), form_);
  phase_ = Phase::handling;
  if (exchange_->dispatch(endpoint, std::move(allowed))) return parser_.reset();
  refuse(503, name(Code::overloaded), "The server is busy; try again in a moment.");
}

void Connection::refuse_parse_error(const error_code& error) {
  namespace http = boost::beast::http;
  if (error == http::error::body_limit) {
    return refuse(413, name(Code::payload_too_large),
                  "The request body is over this path's limit of " + std::to_string(parser_->body_max_bytes) + " bytes.");
  }
  if (error == http::error::header_limit) {
    return refuse(
        431, "header_too_large",
        "The request header is over the limit of " + std::to_string(core_.options.header_max_bytes) + " bytes or 100 fields.");
  }
  const std::string_view detail = parser_->failure.empty() ? "it does not follow RFC 9112" : parser_->failure;
  refuse(400, name(Code::invalid_request), "The request is malformed: " + std::string(detail) + ".");
}

void Connection::refuse(int status, std::string_view code, std::string_view message, std::vector<Method> allowed) {
  Request fresh;
  // After a hand-over the request lives in its exchange, whose handler may still be reading it.
  const Request& request = exchange_ ? exchange_->request() : parser_ ? parser_->request : fresh;
  if (!exchange_ && parser_) {
    if (parser_->request.path.empty()) parser_->request.path = "/";
    if (parser_->request.request_id.empty()) parser_->request.request_id = dashed(random_uuid());
    method_ = parser_->request.method;
  }
  has_unread_body_ = !exchange_ && !(parser_ && parser_->is_done());
  if (has_unread_body_ || (exchange_ && is_stop_requested_)) form_.keeps_alive = false;
  auto response = refusal(core_, request, status, code, message);
  if (status == 503) response.headers.set("Retry-After", "1");
  if (!allowed.empty()) response.headers.set("Allow", allowed_text(allowed));
  auto answer = rendered(core_, response, request, form_);
  keeps_alive_ = answer.keeps_alive;
  status_ = status;
  phase_ = Phase::writing;
  exchange_.reset();
  parser_.reset();
  send(std::move(answer.head), form_.is_head ? std::string() : std::move(response.body), {});
}

}  // namespace guildhall::net
