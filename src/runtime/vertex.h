// A component's view of its run: its inputs by name, its outputs, and how it fails.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "run_state.h"

namespace guildhall::runtime {

/// Lives for one execution. An edge wins over the literal, the literal over the declared default.
class Vertex {
 public:
  Vertex(RunState& state, std::size_t which) : run(state), index(which), planned(state.plan.vertices[which]) {}

  RunState& run;
  const std::size_t index;
  const PlannedVertex& planned;

  const flow::Node& node() const { return *planned.about; }

  /// Nothing when neither an edge nor the field gives a value.
  Value value(std::string_view name) const;
  /// Every value of a list input, lists flattened, in edge order.
  std::vector<Value> values(std::string_view name) const;
  /// nullopt when unset and without default. Refusal(component_error) for a value that has no text.
  std::optional<std::string> optional_text(std::string_view name) const;
  std::string text(std::string_view name) const { return optional_text(name).value_or(std::string()); }
  bool flag(std::string_view name) const;
  /// nullopt when unset and without default. Refusal(component_error) for a value that is no number.
  std::optional<std::int64_t> integer(std::string_view name) const;
  std::optional<double> number(std::string_view name) const;
  /// An edge comes into the field.
  bool is_connected(std::string_view name) const;
  bool has_slot(std::string_view name) const { return slot(name) != nullptr; }

  bool needs(std::string_view output) const;
  void set(std::string_view output, Value value);

  /// A Message from this vertex, with the run's session, flow and time.
  Message message(std::string text) const;

  [[noreturn]] void fail(const std::string& message) const { throw Refusal(Code::component_error, message); }

 private:
  const Slot* slot(std::string_view name) const;
  const Value* from_edge(const Source& source) const;
  /// The literal, variable, run input or session id.
  Value own(const Slot& slot) const;
  bool takes_run_input() const;
};

}  // namespace guildhall::runtime
