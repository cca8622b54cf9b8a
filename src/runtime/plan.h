// A flow compiled for running: which vertices, what each reads, from where. Made once per version, or per run with tweaks.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/errors.h"
#include "component.h"
#include "flow/document.h"
#include "flow/graph.h"
#include "flow/report.h"
#include "runtime/values.h"

namespace guildhall::runtime {

/// A value that comes from another vertex.
struct Source {
  std::size_t vertex = 0;  ///< index into Plan::vertices
  std::string output;
};

/// One field a component reads.
struct Slot {
  std::string name;
  const Input* input = nullptr;  ///< its declaration; null for fields of components that read every field
  Value literal;
  std::string variable;         ///< name to look up instead of the literal; empty: none
  std::vector<Source> sources;  ///< edge order
};

struct PlannedVertex {
  std::size_t node = 0;  ///< index into Document::nodes
  const flow::Node* about = nullptr;
  const Component* component = nullptr;
  std::vector<Slot> slots;
  std::vector<std::string> outputs_needed;  ///< names; those with an edge, or all when none has
  std::vector<std::size_t> successors;      ///< vertex indices, each once, ascending by node id
  std::size_t predecessors = 0;             ///< distinct
  std::size_t readers = 0;                  ///< successors that may read its outputs
};

struct Plan {
  std::optional<Refusal> refusal;         ///< the graph cannot run at all
  std::vector<flow::NodeReport> blocked;  ///< selected nodes that are refused
  std::vector<PlannedVertex> vertices;    ///< selected, in file order
  std::vector<std::size_t> by_id;         ///< vertex indices ordered by node id
};

/// Compiles what is selected. The document must outlive the plan. Never throws for a bad graph: see `refusal` and `blocked`.
Plan compile(const flow::Document& document, const flow::Report& report);

/// Vertices from which edges lead to this one, itself left out.
std::vector<bool> ancestors_of(const Plan& plan, std::size_t vertex);

}  // namespace guildhall::runtime
