// Replaces groups by what is in them (contracts/runtime.md §1.2).
#pragma once

#include "base/json.h"
#include "flow/document.h"
#include "place.h"

namespace guildhall::flow {

/// Reads `nodes` and `edges` of `graph` into the document: notes counted, groups opened recursively, edges redirected
/// through proxies and judged.
void read_graph(const json::Object& graph, const Place& place, Document& document);

}  // namespace guildhall::flow
