// Strongly connected components of a selection.
#pragma once

#include <cstddef>
#include <vector>

#include "flow/graph.h"

namespace guildhall::flow {

/// The cycles among the selected vertices: components of more than one vertex, and vertices with an edge to themselves.
/// Each lists node indices in ascending order.
std::vector<std::vector<std::size_t>> cycles_of(const Graph& graph);

}  // namespace guildhall::flow
