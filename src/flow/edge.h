// Reads the edges of a flow file and judges them once every node is known (contracts/runtime.md §1.4).
#pragma once

#include <string>

#include "base/json.h"
#include "flow/document.h"
#include "place.h"

namespace guildhall::flow {

/// An edge with the proxy its target handle may name.
struct ReadEdge {
  Edge edge;
  std::string proxy_id;
  std::string proxy_field;
};

/// Refuses only what is no edge at all; what cannot be read of its handles is left empty and noted.
ReadEdge read_edge(const json::Object& entry, const Place& place);

/// Fills what legacy handles leave out, and marks illegal and dangling edges. Null: that end does not exist.
void judge_edge(Edge& edge, const Node* source, const Node* target);

/// Adds a sentence to the edge's note.
void note(Edge& edge, std::string_view text);

}  // namespace guildhall::flow
