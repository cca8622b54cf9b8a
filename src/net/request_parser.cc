// The framing rules Beast leaves to its users: no two lengths, no unknown encoding, one Host, no fields after the body.
#include "request_parser.h"

#include <boost/beast/http/error.hpp>
#include <boost/beast/http/field.hpp>
#include <boost/beast/http/verb.hpp>

#include "base/text.h"
#include "net/limits.h"

namespace guildhall::net {
namespace {

namespace http = boost::beast::http;

std::optional<Method> method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get: return Method::get;
    case http::verb::head: return Method::head;
    case http::verb::post: return Method::post;
    case http::verb::put: return Method::put;
    case http::verb::patch: return Method::patch;
    case http::verb::delete_: return Method::delete_;
    case http::verb::options: return Method::options;
    default: return std::nullopt;
  }
}

std::string_view std_view(boost::beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_host(std::string_view value) {
  for (const char c : value) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    if (!plain && std::string_view(".-_:[]~%").find(c) == std::string_view::npos) return false;
  }
  return true;
}

/// Beast joins folded lines (RFC 9112 §5.2 lets a server refuse them). A joined value is a copy outside the input, or begins
/// on another line than its name.
bool is_folded(std::string_view name, std::string_view value, std::string_view input) {
  if (value.empty()) return false;
  const bool lies_in_input = value.data() >= input.data() && value.data() + value.size() <= input.data() + input.size();
  if (!lies_in_input) return true;
  const char* name_end = name.data() + name.size();
  const std::string_view between(name_end, static_cast<std::size_t>(value.data() - name_end));
  return between.find('\n') != between.npos;
}

}  // namespace

RequestParser::RequestParser() {
  body_limit(boost::none);
  eager(false);
}

void RequestParser::refuse(std::string_view why, error_code& ec) {
  failure = why;
  ec = http::error::bad_value;
}

void RequestParser::on_request_impl(http::verb verb, string_view, string_view target, int version, error_code&) {
  is_http_1_0 = version < 11;
  method = method_of(verb);
  request.method = method.value_or(Method::get);
  request.target.assign(target.data(), target.size());
  request.headers = {};
}

void RequestParser::on_field_impl(http::field field, string_view name, string_view value, error_code& ec) {
  // Fields after a chunked body could smuggle in what the header was checked for, so they are dropped.
  if (header_done_) return;
  const auto text = std_view(value);
  if (request.headers.all().size() == kHeaderFieldsMax) {
    failure = "the request has too many header fields";
    ec = http::error::header_limit;
    return;
  }
  switch (field) {
    case http::field::content_length:
      if (has_length_) return refuse("the request has two Content-Length fields", ec);
      if (text.empty() || text.find_first_not_of("0123456789") != text.npos) {
        return refuse("Content-Length is not a number", ec);
      }
      has_length_ = true;
      break;
    case http::field::transfer_encoding:
      if (!equals_ignoring_case(text, "chunked")) return refuse("the only transfer encoding understood is chunked", ec);
      has_encoding_ = true;
      break;
    case http::field::host:
      if (has_host) return refuse("the request has two Host fields", ec);
      if (!is_host(text)) return refuse("the Host field is not a host", ec);
      has_host = true;
      break;
    case http::field::expect:
      if (!equals_ignoring_case(text, "100-continue")) return refuse("the only expectation understood is 100-continue", ec);
      expects_continue = true;
      break;
    default: break;
  }
  if (is_folded(std_view(name), text, input)) return refuse("a header field is folded over several lines", ec);
  if (text.find('\0') != text.npos) return refuse("a header field contains NUL", ec);
  request.headers.add(std::string(std_view(name)), std::string(text));
}

void RequestParser::on_header_impl(error_code& ec) {
  header_done_ = true;
  if (has_length_ && has_encoding_) return refuse("the request has both Content-Length and Transfer-Encoding", ec);
  if (has_encoding_ && is_http_1_0) return refuse("HTTP/1.0 has no transfer encoding", ec);
  if (!is_http_1_0 && !has_host) return refuse("the request has no Host field", ec);
  if (content_length()) declared_length = *content_length();
}

std::size_t RequestParser::on_body_impl(string_view body, error_code& ec) {
  if (request.body.size() + body.size() > body_max_bytes) {
    ec = http::error::body_limit;
    return 0;
  }
  request.body.append(body.data(), body.size());
  return body.size();
}

std::size_t RequestParser::on_chunk_body_impl(std::uint64_t, string_view body, error_code& ec) {
  return on_body_impl(body, ec);
}

}  // namespace guildhall::net
