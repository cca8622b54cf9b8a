// A small blocking HTTP client for tests: what it sends is what was written, from a loopback address of the test's choice.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"

namespace guildhall::test {

/// The connection broke, or nothing came in time: whether the server acted is unknown.
class ConnectionLost : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

struct Reply {
  int status = 0;
  std::string head;  ///< status line and headers, as they came
  std::string body;

  json::Value json() const;
  std::string header(std::string_view name) const;
};

using RequestHeaders = std::vector<std::pair<std::string, std::string>>;

/// One connection, kept open between calls. Not thread-safe.
class Wire {
 public:
  /// `source` is the local address: every one of 127.0.0.0/8 is another caller to a limit per address.
  explicit Wire(std::uint16_t port, std::string source = "127.0.0.1");
  ~Wire();
  Wire(Wire&& other) noexcept;
  Wire& operator=(Wire&&) = delete;
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  /// Connects when there is no connection; a connection the server had closed meanwhile is opened once more.
  Reply send(std::string_view method, std::string_view target, const RequestHeaders& headers = {}, std::string_view body = {});
  void close();
  /// Ends whatever is under way from another thread.
  void interrupt() noexcept;

 private:
  void connect();
  bool read_more();
  Reply read_reply(bool has_body);

  std::uint16_t port_;
  std::string source_;
  int socket_ = -1;
  bool has_answered_ = false;
  std::string input_;
};

/// `Authorization: Bearer value`, and a JSON content type when there is a body.
RequestHeaders bearer(std::string_view value);

}  // namespace guildhall::test
