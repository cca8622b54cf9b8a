// The request target: what stands between the method and the version. Fed by anyone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "net/http.h"

namespace guildhall::net {

/// A target taken apart. `raw_path` is still encoded, with one leading slash and none at its end.
struct Target {
  std::string raw_path;
  std::string path;  ///< decoded
  std::string_view query_text;
};

/// Reads origin-form, absolute-form and `*`. Broken escapes, NUL, other control characters, invalid UTF-8 and dot segments
/// are Refusal(invalid_request).
Target parse_target(std::string_view text);

/// The client behind `peer`: when that is a trusted proxy, the last address of X-Forwarded-For that is not one itself.
std::string client_address(std::string_view peer, const Headers& headers, const std::vector<std::string>& trusted_proxies);

/// True for 1-128 of [A-Za-z0-9._-].
bool is_request_id(std::string_view text);

}  // namespace guildhall::net
