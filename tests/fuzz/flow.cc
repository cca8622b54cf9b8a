// Any bytes as a flow file: it is read or refused, and what was read has a report and a graph, or is refused with a reason.
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "base/errors.h"
#include "flow/document.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace guildhall;
  try {
    for (const auto& each : flow::flows_in(flow::read_flow({reinterpret_cast<const char*>(bytes), size}))) {
      const flow::Document document = flow::parse_document(each);
      for (const auto& node : document.nodes)
        if (document.node(node.id) == nullptr) std::abort();
    }
  } catch (const Refusal& refusal) {
    if (std::string_view(refusal.what()).empty()) std::abort();
  }
  return 0;
}
