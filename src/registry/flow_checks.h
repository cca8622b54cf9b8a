// Judging a flow: whether it compiles, and what stands in the way of publishing it; private to registry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "flow/document.h"
#include "flow/report.h"
#include "registry/agents.h"

namespace guildhall::registry {

struct JudgedFlow {
  flow::Document document;
  flow::Report report;
};
/// Refusal(flow_invalid) with details.nodes when a node is refused, when the shape is wrong or the graph cannot be ordered.
JudgedFlow judged_flow(const Publishing& publishing, std::string_view bytes);

/// "node.field" of every secret written out in the flow: a password field with a literal that is no variable's name.
std::vector<std::string> secrets_in(const flow::Document& document);

/// One check of contracts/registry.md §13.
struct PublishCheck {
  std::string_view name;
  std::string_view field;  ///< what to correct
  bool passed = false;
  std::string message;
};
std::vector<PublishCheck> publish_checks(const Agent& agent, const flow::Document& document, bool has_plan);
/// Refusal(plan_required) when only the plan is missing, Refusal(validation_failed) when anything else is; details.checks names
/// all.
void require_passed(const std::vector<PublishCheck>& checks);

}  // namespace guildhall::registry
