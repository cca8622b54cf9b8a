// Beast's HTTP/1.1 parser with our stricter framing rules, filling a Request. Includes Beast: only the server's files may
// include this. Fed by anyone.
#pragma once

#include <boost/beast/http/basic_parser.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace guildhall::net {

/// Parses one request. Headers first (eager is off), then, once the limit for the body is known, the body.
class RequestParser final : public boost::beast::http::basic_parser<true> {
 public:
  RequestParser();

  Request request;
  std::string_view failure;      ///< what is wrong, when a callback refused
  std::optional<Method> method;  ///< nullopt: a method this server does not know
  std::size_t body_max_bytes = 0;
  std::string_view input;  ///< what put() is given; a value outside it was folded over lines
  bool is_http_1_0 = false;
  bool expects_continue = false;
  bool has_host = false;
  std::optional<std::uint64_t> declared_length;

 private:
  using error_code = boost::beast::error_code;
  using string_view = boost::beast::string_view;

  void on_request_impl(boost::beast::http::verb verb, string_view verb_text, string_view target, int version,
                       error_code& ec) override;
  void on_response_impl(int, string_view, int, error_code&) override {}
  void on_field_impl(boost::beast::http::field field, string_view name, string_view value, error_code& ec) override;
  void on_header_impl(error_code& ec) override;
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(string_view body, error_code& ec) override;
  void on_chunk_header_impl(std::uint64_t, string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t remain, string_view body, error_code& ec) override;
  void on_finish_impl(error_code&) override {}
  void refuse(std::string_view why, error_code& ec);

  bool header_done_ = false;
  bool has_length_ = false;
  bool has_encoding_ = false;
};

}  // namespace guildhall::net
