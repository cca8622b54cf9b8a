// Outbound HTTP behind the one gate (contracts/identity-and-security.md §14): every byte that leaves passes here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "net/http.h"

namespace guildhall::net {

/// On whose behalf a request leaves; fixes its limits.
enum class Caller : std::uint8_t { webhook, discovery, crawler, component, helpdesk, model };

struct CallerLimits {
  int redirects_max = 0;
  std::int64_t timeout_us = 0;
  std::size_t response_max_bytes = 0;  ///< after decompression
  std::int64_t idle_timeout_us = 0;    ///< without a byte; 0 = timeout_us
};
/// The table of the contract.
CallerLimits limits_of(Caller caller);

struct OutboundRequest {
  Caller caller = Caller::component;
  Method method = Method::get;
  std::string url;
  Headers headers;
  std::string body;
  std::int64_t deadline_us = 0;  ///< on monotonic_us(); 0 = the caller's own limit. The earlier of the two counts.
  int redirects_max = -1;        ///< below the caller's limit; -1 = that limit
  /// 0 = the caller's limit. A crawler's one page a person named may have up to 20 MiB (contracts/support-partner.md §2.1);
  /// everybody else can only ask for less.
  std::size_t response_max_bytes = 0;
  std::stop_token stop;
  /// Receives the body as it comes, on the client's thread, when the status is 2xx; must not block. False ends the transfer.
  std::function<bool(std::string_view)> on_body;
};

struct OutboundResponse {
  int status = 0;
  Headers headers;
  std::string body;  ///< empty when on_body took it
  std::string final_url;
};

/// Why nothing came back. `message` is safe to show; the log gets the rest.
enum class OutboundFailure : std::uint8_t { destination_refused, unreachable, timeout, cancelled, too_large, protocol };

class OutboundError : public std::exception {
 public:
  OutboundError(OutboundFailure why, std::string text) : failure(why), message(std::move(text)) {}
  const char* what() const noexcept override { return message.c_str(); }
  OutboundFailure failure;
  std::string message;
};

/// A host and port the operator lets through although it is private or on another port.
struct AllowedDestination {
  std::string host;  ///< lower case, exact
  std::uint16_t port = 0;
};
/// `host:port, host:port`; Refusal(validation_failed) for anything else.
std::vector<AllowedDestination> parse_allowed(std::string_view list);

struct ClientOptions {
  std::vector<AllowedDestination> allowed;
  std::size_t connections_per_host_max = 512;
  /// Replaces the system's resolver; for tests. Returns textual addresses.
  std::function<std::vector<std::string>(const std::string& host)> resolve;
};

/// Thread-safe; one thread of its own drives all transfers.
class Client {
 public:
  explicit Client(ClientOptions options);
  ~Client();

  /// Blocks until the response is complete. Throws OutboundError; any HTTP status is a response.
  OutboundResponse fetch(const OutboundRequest& request);

  /// Whether the gate would let this URL out, without connecting: what a save checks. Throws OutboundError if not.
  void check(const std::string& url);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Whether an address is the one named, or lies in the network named (`192.0.2.0/24`, `2001:db8::/32`). False for what is
/// neither.
bool is_in_network(std::string_view address, std::string_view network);

/// True for an address that is global unicast by the gate's table. `address` is textual IPv4 or IPv6.
bool is_global_unicast(std::string_view address);

}  // namespace guildhall::net
