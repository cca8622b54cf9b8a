// Reads one node of a flow file.
#pragma once

#include "base/json.h"
#include "flow/document.h"
#include "place.h"

namespace guildhall::flow {

/// Reads the node's `data` (contracts/runtime.md §1.2–1.4); `id` is the caller's.
Node read_node(const json::Object& data, const Place& place);
/// Reads one entry of a template (§1.3). The text of a `code` field is not kept: nothing may ever read it.
Field read_field(std::string_view name, const json::Object& entry, const Place& place);
/// Replaces a field by the entry of a group's template that stands for it; `show` and `display_name` stay (§1.2). Code that
/// arrives this way is judged in place of the node's own.
void overwrite_field(Node& node, std::string_view name, const json::Object& entry, const Place& place);
/// Brings Node::tools_metadata in line with the field of that name.
void read_tool_rows(Node& node);

}  // namespace guildhall::flow
