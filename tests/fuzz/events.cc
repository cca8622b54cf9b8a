// Any bytes as a model server's event stream: cut anywhere, it yields the same events. The first byte says where the cut is.
#include <cstdint>
#include <cstdlib>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "net/events.h"

namespace {

std::vector<std::string> events_of(const std::vector<std::string_view>& chunks) {
  guildhall::net::SseReader reader;
  std::vector<std::string> events;
  for (const auto chunk : chunks)
    reader.feed(chunk, [&](const guildhall::net::SseEvent& event) {
      events.push_back(event.event + "\n" + event.id + "\n" + event.data);
    });
  return events;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  const std::size_t cut = bytes[0] % text.size();
  try {
    if (events_of({text}) != events_of({text.substr(0, cut), text.substr(cut)})) std::abort();
  } catch (const std::length_error&) {
    // A line over the limit is refused.
  }
  return 0;
}
