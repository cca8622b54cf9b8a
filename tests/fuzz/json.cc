// Any bytes as JSON: what parses is written so that it parses back to the same value.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/json.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall;
  json::ParseError error;
  const auto value = json::parse({reinterpret_cast<const char*>(bytes), size}, error);
  if (!value) {
    if (error.message.empty() || error.offset > size) std::abort();
    return 0;
  }
  const std::string written = json::write(*value);
  const auto again = json::parse(written, error);
  if (!again || json::write(*again) != written) std::abort();
  if (json::write_canonical(*again) != json::write_canonical(*value)) std::abort();
  return 0;
}
