// Names of values that travel along edges, and of the components that matter to the graph.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guildhall::flow {

/// `JSON` is Data, `DataFrame` is Table, `Text` is Message, `BaseTool` and `StructuredTool` are Tool (contracts/runtime.md §1.5).
std::string canonical_value_type(std::string_view type);

/// The mode that a type name of an earlier release implies for `Knowledge`; empty: none.
std::string_view implied_knowledge_mode(std::string_view type);

/// Types whose vertices begin and end a run whatever their flags say (§3.1.2).
bool is_input_type(std::string_view canonical_type);
bool is_output_type(std::string_view canonical_type);
/// Types that may stand in a cycle because they decide when it ends (§3.3, §3.4).
bool ends_cycles(std::string_view canonical_type);
/// Types that never run, whatever a catalogue says (§5).
bool is_refused_type(std::string_view canonical_type);

}  // namespace guildhall::flow
