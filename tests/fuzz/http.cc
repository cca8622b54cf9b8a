// Any bytes as the parts of a request that are parsed beyond its head: query, form, cookies, multipart. The first byte chooses.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/errors.h"
#include "net/http.h"

namespace {

void parse_part(std::uint8_t choice, std::string_view text) {
  using namespace guildhall;
  switch (choice % 4) {
    case 0: {
      const net::Query query = net::Query::parse(text);
      for (const auto& [name, value] : query.items()) {
        const auto again = net::Query::parse(net::url_encoded(name) + "=" + net::url_encoded(value));
        if (again.items().size() != 1 || again.items()[0].second != value) std::abort();
      }
      return;
    }
    case 1: net::parse_form(text); return;
    case 2: net::parse_cookies(text); return;
    default:
      for (const auto& part : net::parse_multipart("multipart/form-data; boundary=b", text))
        if (part.content.size() > text.size() || part.filename.find('/') != std::string::npos) std::abort();
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  try {
    parse_part(bytes[0], {reinterpret_cast<const char*>(bytes) + 1, size - 1});
  } catch (const guildhall::Refusal&) {
    // Malformed input is refused.
  }
  return 0;
}
