// A transfer as a curl handle.
#pragma once

#include <curl/curl.h>

#include "transfer.h"

namespace guildhall::net {

/// What must live as long as the handle works on the transfer.
struct TransferHandle {
  CURL* easy = nullptr;
  const Gate* gate = nullptr;
  std::shared_ptr<Transfer> transfer;
  curl_slist* headers = nullptr;
  curl_slist* pins = nullptr;
};

/// Sets every option. False when curl refuses one, which is a fault of this program.
bool set_up(TransferHandle& handle);
/// The error a finished transfer ends with, if any.
std::optional<OutboundError> outcome(const TransferHandle& handle, CURLcode code);

/// `host:port:address,address` for CURLOPT_RESOLVE.
std::string resolve_pin(const std::string& host, std::uint16_t port, const std::vector<Address>& addresses);
/// CURLOPT_OPENSOCKETFUNCTION's check: the address about to be connected to is judged once more.
curl_socket_t open_checked_socket(const Gate& gate, bool is_allowed, const curl_sockaddr& address);

}  // namespace guildhall::net
