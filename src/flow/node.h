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

}  // namespace guildhall::flow
