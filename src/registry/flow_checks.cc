// Whether a flow compiles and may be shown to buyers.
#include "flow_checks.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "flow/graph.h"

namespace guildhall::registry {
namespace {

json::Array refused_nodes(const std::vector<flow::NodeReport>& refused) {
  json::Array nodes;
  for (const flow::NodeReport& node : refused) {
    nodes.push_back(json::Object{{"node", node.node_id},
                                 {"display_name", node.display_name},
                                 {"type", node.type},
                                 {"code", flow::name(node.status)},
                                 {"message", node.message}});
  }
  return nodes;
}

/// What the flow room refuses as a wrong shape or an impossible graph is one thing here: the flow is not valid.
Refusal as_flow_invalid(Refusal refusal) {
  if (refusal.code != Code::validation_failed && refusal.code != Code::invalid_graph) return refusal;
  refusal.code = Code::flow_invalid;
  if (!refusal.details.contains("nodes")) refusal.details["nodes"] = json::Array();
  return refusal;
}

bool is_secret_field(const flow::Field& field) {
  return field.is_password || field.name == "api_key" || field.name.ends_with("_api_key");
}

PublishCheck check_of(std::string_view name, std::string_view field, bool passed, std::string message) {
  return {.name = name, .field = field, .passed = passed, .message = passed ? std::string() : std::move(message)};
}

}  // namespace

JudgedFlow judged_flow(const Publishing& publishing, std::string_view bytes) {
  try {
    JudgedFlow judged;
    judged.document = flow::parse_document(flow::read_flow(bytes));
    judged.report = flow::report_on(judged.document, publishing.catalogue, {});
    const auto refused = judged.report.refused();
    if (!refused.empty()) {
      std::vector<std::string> names;
      for (const flow::NodeReport& node : refused) names.push_back(node.display_name + " (" + node.node_id + ")");
      throw Refusal(Code::flow_invalid, "the flow has nodes that do not run here: " + join(names, ", "))
          .with_details({{"nodes", refused_nodes(refused)}});
    }
    flow::select(judged.document);
    return judged;
  } catch (const Refusal& refusal) {
    throw as_flow_invalid(refusal);
  }
}

std::vector<std::string> secrets_in(const flow::Document& document) {
  std::vector<std::string> secrets;
  for (const flow::Node& node : document.nodes) {
    for (const flow::Field& field : node.fields) {
      const json::String* literal = field.value.if_string();
      if (is_secret_field(field) && !field.load_from_db && literal != nullptr && !trimmed(json::view(*literal)).empty()) {
        secrets.push_back(node.id + "." + field.name);
      }
    }
  }
  return secrets;
}

std::vector<PublishCheck> publish_checks(const Agent& agent, const flow::Document& document, bool has_plan) {
  const auto is_input = [](const flow::Node& node) { return node.is_input; };
  const auto is_output = [](const flow::Node& node) { return node.is_output; };
  const std::vector<std::string> secrets = secrets_in(document);
  return {
      check_of("input_node", "flow", std::any_of(document.nodes.begin(), document.nodes.end(), is_input),
               "the flow has no input node; add a Chat Input"),
      check_of("output_node", "flow", std::any_of(document.nodes.begin(), document.nodes.end(), is_output),
               "the flow has no output node; add a Chat Output"),
      check_of("no_secrets", "flow", secrets.empty(),
               "the flow holds secrets in the clear: " + join(secrets, ", ") + "; use a global variable instead"),
      check_of("description", "description", !trimmed(agent.description).empty(), "buyers need a description"),
      check_of("category", "category", !agent.category.empty(), "choose a category"),
      check_of("plan", "plans", has_plan, "buyers need at least one active plan"),
  };
}

void require_passed(const std::vector<PublishCheck>& checks) {
  json::Array all;
  std::vector<FieldError> failed;
  bool only_plan = true;
  for (const PublishCheck& check : checks) {
    all.push_back(json::Object{{"check", check.name}, {"passed", check.passed}, {"message", check.message}});
    if (check.passed) continue;
    failed.push_back({std::string(check.field), check.message});
    only_plan = only_plan && check.name == "plan";
  }
  if (failed.empty()) return;
  throw Refusal(only_plan ? Code::plan_required : Code::validation_failed, failed.front().message)
      .with_details({{"checks", all}})
      .with_fields(std::move(failed));
}

}  // namespace guildhall::registry
