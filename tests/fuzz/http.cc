// Any bytes as the parts of a request and of an outbound address. The first byte chooses the parser.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "address.h"
#include "base/errors.h"
#include "gate.h"
#include "net/client.h"
#include "net/http.h"
#include "target.h"

namespace {

using namespace guildhall;

void check_query(std::string_view text) {
  const net::Query query = net::Query::parse(text);
  for (const auto& [name, value] : query.items()) {
    const auto again = net::Query::parse(net::url_encoded(name) + "=" + net::url_encoded(value));
    if (again.items().size() != 1 || again.items()[0].second != value) std::abort();
  }
}

void check_multipart(std::string_view text) {
  for (const auto& part : net::parse_multipart("multipart/form-data; boundary=b", text))
    if (part.content.size() > text.size() || part.filename.find('/') != std::string::npos) std::abort();
}

void check_target(std::string_view text) {
  const net::Target target = net::parse_target(text);
  if (target.path.empty() || target.path.find('\0') != std::string::npos || (target.path + "/").find("/../") != std::string::npos)
    std::abort();
}

void parse_part(std::uint8_t choice, std::string_view text) {
  switch (choice % 7) {
    case 0: return check_query(text);
    case 1: net::parse_form(text); return;
    case 2: net::parse_cookies(text); return;
    case 3: return check_multipart(text);
    case 4: return check_target(text);
    case 5: net::parse_address(text); return;
    default: net::parse_outbound_url(text);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  try {
    parse_part(bytes[0], {reinterpret_cast<const char*>(bytes) + 1, size - 1});
  } catch (const guildhall::Refusal&) {
    // Malformed input is refused.
  } catch (const guildhall::net::OutboundError&) {
    // So are addresses nothing may be fetched from.
  }
  return 0;
}
