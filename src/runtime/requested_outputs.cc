// Chooses and collects the outputs of a run.
#include "requested_outputs.h"

#include "base/text.h"
#include "runtime/limits.h"

namespace guildhall::runtime {

std::vector<bool> requested_outputs(const Plan& plan, std::string_view output_type, std::string_view output_component) {
  std::vector<bool> requested(plan.vertices.size());
  bool found = false;
  for (std::size_t v = 0; v < plan.vertices.size(); ++v) {
    const flow::Node& node = *plan.vertices[v].about;
    if (!output_component.empty()) {
      requested[v] = node.id == output_component || node.display_name == output_component;
    } else if (output_type == "debug") {
      requested[v] = true;
    } else {
      requested[v] = node.is_output && (output_type == "any" || ascii_lower(node.id).find(output_type) != std::string::npos);
    }
    found = found || requested[v];
  }
  if (!output_component.empty() && !found) {
    throw Refusal(Code::invalid_request, "output_component '" + std::string(output_component) +
                                             "' is no component of this run; give a node id or a display name");
  }
  return requested;
}

void collect_outputs(RunState& run, const std::vector<bool>& requested) {
  std::size_t bytes = 0;
  for (std::size_t v = 0; v < requested.size(); ++v) {
    if (!requested[v]) continue;
    const flow::Node& node = *run.plan.vertices[v].about;
    OutputResult output;
    output.component_id = node.id;
    output.component_display_name = node.display_name;
    output.component_type = node.canonical_type;
    output.values = std::move(run.outputs[v]);
    for (const auto& [name, value] : output.values) {
      bytes += bytes_of(value);
      const auto* message = std::get_if<Message>(&value.held);
      if (message != nullptr && node.is_output && !output.message) output.message = *message;
    }
    run.result.outputs.push_back(std::move(output));
  }
  if (bytes > kResultBytesMax) throw Refusal(Code::limit_exceeded, "the result is larger than 16 MiB");
}

}  // namespace guildhall::runtime
