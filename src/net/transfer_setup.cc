// Every curl option the client sets, in one place, and its callbacks.
#include "transfer_setup.h"

#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>

#include "base/log.h"
#include "base/text.h"
#include "net/limits.h"

namespace guildhall::net {
namespace {

Transfer& transfer_of(void* user) {
  return *static_cast<TransferHandle*>(user)->transfer;
}

std::size_t on_header_line(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = transfer_of(user);
  const std::string_view line(data, size * count);
  transfer.progress_us = monotonic_us();
  transfer.header_bytes += line.size();
  if (transfer.header_bytes > kOutboundHeaderBytesMax) {
    transfer.is_too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  if (line.substr(0, 5) == "HTTP/") {
    // Each informational response and the last one begin anew.
    transfer.response.headers = {};
    return line.size();
  }
  const auto colon = line.find(':');
  if (colon == line.npos || transfer.received_bytes > 0) return line.size();
  try {
    transfer.response.headers.add(std::string(trimmed(line.substr(0, colon))), std::string(trimmed(line.substr(colon + 1))));
  } catch (const std::exception&) {
    return CURL_WRITEFUNC_ERROR;
  }
  return line.size();
}

std::size_t on_body_piece(char* data, std::size_t size, std::size_t count, void* user) {
  auto& transfer = transfer_of(user);
  const std::string_view piece(data, size * count);
  transfer.progress_us = monotonic_us();
  transfer.received_bytes += piece.size();
  if (transfer.received_bytes > transfer.response_max_bytes) {
    transfer.is_too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  try {
    long status = 0;
    curl_easy_getinfo(static_cast<TransferHandle*>(user)->easy, CURLINFO_RESPONSE_CODE, &status);
    if (transfer.on_body != nullptr && *transfer.on_body && status >= 200 && status < 300) {
      if ((*transfer.on_body)(piece)) return piece.size();
      transfer.is_stopped_by_reader = true;
      return CURL_WRITEFUNC_ERROR;
    }
    transfer.response.body += piece;
  } catch (const std::exception& error) {
    log::error("outbound_reader_failed", {{"error", std::string_view(error.what())}});
    return CURL_WRITEFUNC_ERROR;
  }
  return piece.size();
}

curl_socket_t on_open_socket(void* user, curlsocktype, curl_sockaddr* address) {
  auto& handle = *static_cast<TransferHandle*>(user);
  const auto socket = open_checked_socket(*handle.gate, handle.transfer->passage.is_allowed, *address);
  if (socket == CURL_SOCKET_BAD) handle.transfer->is_destination_refused = true;
  return socket;
}

/// Counts the options curl refused, so that each needs no test of its own.
class OptionSetter {
 public:
  explicit OptionSetter(CURL* easy) : easy_(easy) {}
  template <class Value>
  void operator()(CURLoption option, Value value) {
    if (curl_easy_setopt(easy_, option, value) != CURLE_OK) is_good_ = false;
  }
  bool is_good() const { return is_good_; }

 private:
  CURL* easy_;
  bool is_good_ = true;
};

void set_method(OptionSetter& set, const Transfer& transfer) {
  const bool has_body = !transfer.body.empty();
  if (transfer.method == Method::head) {
    set(CURLOPT_NOBODY, 1L);
  } else if (transfer.method == Method::get && !has_body) {
    set(CURLOPT_HTTPGET, 1L);
  } else if (transfer.method == Method::delete_ && !has_body) {
    set(CURLOPT_CUSTOMREQUEST, "DELETE");
  } else if (transfer.method == Method::options && !has_body) {
    set(CURLOPT_CUSTOMREQUEST, "OPTIONS");
  } else {
    set(CURLOPT_POST, 1L);
    set(CURLOPT_POSTFIELDS, transfer.body.data());
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(transfer.body.size()));
    if (transfer.method != Method::post) set(CURLOPT_CUSTOMREQUEST, name(transfer.method).data());
  }
}

void set_limits(OptionSetter& set, const Transfer& transfer) {
  const auto ms_of = [](std::int64_t us) { return static_cast<long>(std::max<std::int64_t>(us / 1000, 1)); };
  std::int64_t left_us = 0;
  if (transfer.deadline_us != 0) {
    left_us = std::max<std::int64_t>(transfer.deadline_us - monotonic_us(), 1000);
    set(CURLOPT_TIMEOUT_MS, ms_of(left_us));
  }
  set(CURLOPT_CONNECTTIMEOUT_MS, ms_of(left_us == 0 ? kConnectTimeoutUs : std::min(left_us, kConnectTimeoutUs)));
  set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(transfer.response_max_bytes));
}

void set_callbacks(OptionSetter& set, TransferHandle& handle) {
  set(CURLOPT_PRIVATE, static_cast<void*>(&handle));
  set(CURLOPT_HEADERFUNCTION, &on_header_line);
  set(CURLOPT_HEADERDATA, static_cast<void*>(&handle));
  set(CURLOPT_WRITEFUNCTION, &on_body_piece);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&handle));
  set(CURLOPT_OPENSOCKETFUNCTION, &on_open_socket);
  set(CURLOPT_OPENSOCKETDATA, static_cast<void*>(&handle));
}

}  // namespace

std::string resolve_pin(const std::string& host, std::uint16_t port, const std::vector<Address>& addresses) {
  // With "+" the entry ages like any other, so that hosts seen once do not stay for ever.
  std::string pin = "+" + host + ":" + std::to_string(port) + ":";
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if (i > 0) pin += ",";
    const auto text = address_text(addresses[i]);
    pin += addresses[i].is_v6 ? "[" + text + "]" : text;
  }
  return pin;
}

curl_socket_t open_checked_socket(const Gate& gate, bool is_allowed, const curl_sockaddr& address) {
  const auto peer = address_of(address.addr);
  if (!peer || (!is_allowed && !gate.is_open_to(*peer))) {
    log::warning("outbound_refused", {{"reason", std::string_view("the address about to be connected to is not public")}});
    return CURL_SOCKET_BAD;
  }
  return ::socket(address.family, address.socktype | SOCK_CLOEXEC, address.protocol);
}

bool set_up(TransferHandle& handle) {
  const Transfer& transfer = *handle.transfer;
  OptionSetter set(handle.easy);
  set(CURLOPT_URL, transfer.passage.url.text().c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_PROXY, "");
  set(CURLOPT_NOPROXY, "*");
  set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_PATH_AS_IS, 1L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_HTTP_VERSION, static_cast<long>(transfer.passage.url.is_https ? CURL_HTTP_VERSION_2TLS : CURL_HTTP_VERSION_1_1));
  set(CURLOPT_HTTP09_ALLOWED, 0L);
  set(CURLOPT_ACCEPT_ENCODING, "");
  set(CURLOPT_USERAGENT, "Guildhall/0.1");
  set(CURLOPT_TCP_NODELAY, 1L);
  set(CURLOPT_DNS_CACHE_TIMEOUT, 60L);
  set_callbacks(set, handle);
  set_method(set, transfer);
  set_limits(set, transfer);
  for (const auto& line : transfer.header_lines) handle.headers = curl_slist_append(handle.headers, line.c_str());
  set(CURLOPT_HTTPHEADER, handle.headers);
  if (!transfer.passage.url.is_address) {
    const auto& url = transfer.passage.url;
    handle.pins = curl_slist_append(nullptr, resolve_pin(url.host, url.port, transfer.passage.addresses).c_str());
    set(CURLOPT_RESOLVE, handle.pins);
  }
  return set.is_good();
}

std::optional<OutboundError> outcome(const TransferHandle& handle, CURLcode code) {
  const auto& transfer = *handle.transfer;
  if (code == CURLE_OK || transfer.is_stopped_by_reader) return std::nullopt;
  log::info("outbound_failed", {{"host", transfer.passage.url.host}, {"curl", std::string_view(curl_easy_strerror(code))}});
  if (transfer.is_destination_refused) {
    return OutboundError(OutboundFailure::destination_refused, "destination_refused: this address may not be contacted");
  }
  if (transfer.is_too_large || code == CURLE_FILESIZE_EXCEEDED) {
    return OutboundError(OutboundFailure::too_large, "the response is larger than its limit");
  }
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT: return OutboundError(OutboundFailure::timeout, "the server did not answer in time");
    case CURLE_COULDNT_CONNECT:
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_GOT_NOTHING:
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR: return OutboundError(OutboundFailure::unreachable, "the server cannot be reached");
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
      return OutboundError(OutboundFailure::protocol, "the server's certificate or TLS handshake is not valid");
    default: return OutboundError(OutboundFailure::protocol, "the server's response is not valid HTTP");
  }
}

}  // namespace guildhall::net
