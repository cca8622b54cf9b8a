// The status line and header fields of a response as bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "net/http.h"

namespace guildhall::net {

/// What the connection decides about a response's framing.
struct Framing {
  bool keeps_alive = true;
  bool is_chunked = false;
  bool has_length = true;
  std::size_t length = 0;
};

std::string_view reason_phrase(int status);

/// `GET, HEAD, POST`: the value of an Allow field.
std::string allowed_text(const std::vector<Method>& methods);

/// True for a status whose responses never have a body (RFC 9112 §6.3).
inline bool has_no_body(int status) {
  return status < 200 || status == 204 || status == 304;
}

/// The head up to and including the empty line. Framing fields of `headers` are replaced by the connection's own; `common`
/// fields are added where `headers` has none of the name.
std::string response_head(int status, const Headers& headers, const Headers& common, std::string_view request_id,
                          const Framing& framing);

}  // namespace guildhall::net
