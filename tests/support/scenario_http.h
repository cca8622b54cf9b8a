// A small blocking HTTP client for scenarios. Unlike net::Client it may talk to loopback.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace guildhall::test {

using HeaderList = std::vector<std::pair<std::string, std::string>>;

struct HttpRequest {
  std::string method = "GET";
  std::string path;  ///< with its query, sent as it is
  HeaderList headers;
  std::string body;
};

struct HttpAnswer {
  int status = 0;  ///< 0: no answer came; `failure` says why
  HeaderList headers;
  std::string body;
  std::string failure;

  /// The value of a header by its name in any case, values of repeated ones joined by ", "; null when it is absent.
  const std::string* header(std::string_view name) const;
};

/// Thread-safe. Waits at most 60 seconds.
HttpAnswer send(const std::string& base_url, const HttpRequest& request);

}  // namespace guildhall::test
