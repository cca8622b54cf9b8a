// HTTP messages as values. Nothing here knows a socket.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/time.h"

namespace guildhall::net {

enum class Method : std::uint8_t { get, head, post, put, patch, delete_, options };
std::string_view name(Method method);

/// Header fields in the order they came; names compare without case. Values never contain CR, LF or NUL.
class Headers {
 public:
  void add(std::string name, std::string value);
  void set(std::string name, std::string value);
  /// The first value, or nullopt.
  std::optional<std::string_view> get(std::string_view name) const;
  std::string_view get_or(std::string_view name, std::string_view otherwise) const;
  bool has(std::string_view name) const { return get(name).has_value(); }
  const std::vector<std::pair<std::string, std::string>>& all() const { return fields_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

/// Decoded query parameters in order; repeated names are kept.
class Query {
 public:
  /// `+` is a space; broken escapes and invalid UTF-8 are Refusal(invalid_request).
  static Query parse(std::string_view text);
  std::optional<std::string_view> get(std::string_view name) const;
  std::vector<std::string_view> all(std::string_view name) const;
  const std::vector<std::pair<std::string, std::string>>& items() const { return items_; }

 private:
  std::vector<std::pair<std::string, std::string>> items_;
};

struct Request {
  Method method = Method::get;
  std::string target;  ///< as sent, path and query
  std::string path;    ///< decoded, one leading slash, no trailing slash unless it is "/"
  Query query;
  std::map<std::string, std::string, std::less<>> parameters;  ///< decoded path parameters of the matched pattern
  Headers headers;
  std::string body;
  std::string remote_address;    ///< peer, or the client a configured proxy names
  std::string request_id;        ///< X-Request-Id when it is 1-128 of [A-Za-z0-9._-], else a new UUID
  std::int64_t received_us = 0;  ///< on monotonic_us()
  std::int64_t deadline_us = 0;  ///< on monotonic_us()
  std::stop_token stop;          ///< requested when the client leaves or the server drains past its grace
};

struct Response {
  int status = 200;
  Headers headers;
  std::string body;
};

/// Percent-encodes everything but unreserved characters.
std::string url_encoded(std::string_view text);
/// Name→value of `application/x-www-form-urlencoded`; errors as Query::parse.
Query parse_form(std::string_view body);
/// Name→value of a Cookie header.
std::map<std::string, std::string, std::less<>> parse_cookies(std::string_view header);

/// One part of multipart/form-data.
struct FormPart {
  std::string name;
  std::string filename;      ///< empty for a plain field; path components removed
  std::string content_type;  ///< empty when the part names none
  std::string content;
};
/// RFC 7578. `content_type` is the header with its boundary. At most 100 parts. Refusal(invalid_request) for anything malformed.
std::vector<FormPart> parse_multipart(std::string_view content_type, std::string_view body);

}  // namespace guildhall::net
