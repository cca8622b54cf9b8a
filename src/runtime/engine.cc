// Runs a flow from its first vertex to its last.
#include <algorithm>
#include <memory>

#include "base/text.h"
#include "component_table.h"
#include "plan.h"
#include "requested_outputs.h"
#include "run_state.h"
#include "runtime/limits.h"
#include "runtime/run.h"
#include "scheduler.h"
#include "template.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

// The document a run changed by tweaks, and what was compiled from it.
struct Tweaked {
  flow::Document document;
  Plan plan;
};

bool takes_input(const flow::Node& node, flow::InputType type) {
  switch (type) {
    case flow::InputType::chat: return node.canonical_type == "ChatInput";
    case flow::InputType::text: return node.canonical_type == "TextInput";
    case flow::InputType::any: return node.is_input;
  }
  return false;
}

// `input_value` and a tweak of the same field contradict each other (contracts/runtime.md §3.7).
void refuse_double_input(const flow::Document& document, const RunRequest& request) {
  if (!request.input_value) return;
  for (const flow::Node& node : document.nodes) {
    if (!takes_input(node, request.input_type)) continue;
    bool is_tweaked = false;
    for (const std::string_view key : {std::string_view(node.id), std::string_view(node.display_name)}) {
      const json::Value* fields = request.tweaks.if_contains(key);
      is_tweaked = is_tweaked || (fields != nullptr && fields->is_object() && fields->get_object().contains("input_value"));
    }
    const json::Value* everywhere = request.tweaks.if_contains("input_value");
    if (is_tweaked || (everywhere != nullptr && !everywhere->is_object())) {
      throw Refusal(Code::invalid_request, "'input_value' is given twice: in the request and as a tweak of '" +
                                               node.display_name + "' (" + node.id + "); send one of them")
          .with_details({{"node_id", node.id}, {"display_name", node.display_name}});
    }
  }
}

std::unique_ptr<Tweaked> tweaked(const Prepared& prepared, const RunRequest& request) {
  if (request.tweaks.empty()) return nullptr;
  refuse_double_input(prepared.document, request);
  auto result = std::make_unique<Tweaked>();
  result->document = prepared.document;
  flow::apply_tweaks(result->document, request.tweaks, request.tweak_policy);
  result->plan = compile(result->document, prepared.report);
  return result;
}

/// What a request runs and returns. `plan` is the version's own, or that of `own`.
struct RequestedRun {
  std::unique_ptr<Tweaked> own;
  const Plan* plan = nullptr;
  std::vector<bool> outputs;
};

RequestedRun requested_run(const Prepared& prepared, const RunRequest& request) {
  RequestedRun requested{tweaked(prepared, request), prepared.plan.get(), {}};
  if (requested.own) requested.plan = &requested.own->plan;
  if (requested.plan->refusal) throw Refusal(*requested.plan->refusal);
  if (!requested.plan->blocked.empty()) flow::refuse_blocked(requested.plan->blocked);
  requested.outputs = requested_outputs(*requested.plan, request.output_type, request.output_component);
  return requested;
}

Refusal named(Refusal refusal, const flow::Node& node) {
  if (refusal.details.contains("node_id")) return refusal;
  refusal.message = node.display_name + " (" + node.id + "): " + refusal.message;
  refusal.details["node_id"] = node.id;
  refusal.details["display_name"] = node.display_name;
  return refusal;
}

void require_inputs(const Vertex& vertex) {
  for (const Slot& slot : vertex.planned.slots) {
    if (slot.input == nullptr || !slot.input->is_required || !slot.input->otherwise.empty()) continue;
    const Value value = vertex.value(slot.name);
    const auto* text = std::get_if<std::string>(&value.held);
    if (value.is_nothing() || (text != nullptr && text->empty() && slot.sources.empty())) {
      vertex.fail("'" + slot.name + "' is required and has no value");
    }
  }
}

void execute(RunState& run, std::size_t index, Observer* observer) {
  run.check_alive();
  run.count_execution();
  Vertex vertex(run, index);
  const flow::Node& node = vertex.node();
  if (observer != nullptr) observer->on_vertex_begin(node.id);
  try {
    require_inputs(vertex);
    vertex.planned.component->run(vertex);
    run.charge(index);
  } catch (const Refusal& refusal) {
    throw named(refusal, node);
  } catch (const TemplateError& error) {
    throw named(Refusal(Code::component_error, error.message), node);
  } catch (const net::OutboundError& error) {
    if (error.failure == net::OutboundFailure::cancelled) throw;
    throw named(Refusal(Code::upstream_error, error.message), node);
  }
  if (observer != nullptr) observer->on_vertex_end(node.id);
}

// What no vertex reads any more is dropped, except what the caller asked for.
void release_read(RunState& run, const Plan& plan, std::size_t vertex, std::vector<std::size_t>& readers,
                  const std::vector<bool>& kept) {
  std::vector<std::size_t> seen;
  for (const Slot& slot : plan.vertices[vertex].slots) {
    for (const Source& source : slot.sources) {
      if (std::find(seen.begin(), seen.end(), source.vertex) != seen.end()) continue;
      seen.push_back(source.vertex);
      if (--readers[source.vertex] == 0 && !kept[source.vertex]) run.release(source.vertex);
    }
  }
}

}  // namespace

std::shared_ptr<const Prepared> prepare(const json::Value& flow, FlowId id) {
  auto prepared = std::make_shared<Prepared>();
  prepared->document = flow::parse_document(flow);
  prepared->report = flow::report_on(prepared->document, catalogue(), {});
  prepared->flow = id;
  prepared->plan = std::make_shared<const Plan>(compile(prepared->document, prepared->report));
  return prepared;
}

flow::ComponentCatalogue catalogue() {
  return {.runs = [](std::string_view type) { return find_component(type) != nullptr; },
          .substitutes =
              [](std::string_view type) {
                const Component* component = find_component(type);
                return component != nullptr && component->is_substitute;
              }};
}

void check_request(const Prepared& prepared, const RunRequest& request) {
  requested_run(prepared, request);
}

RunResult run(const Engine& engine, const Prepared& prepared, const RunRequest& request, Observer* observer,
              models::Usage* usage_so_far) {
  const RequestedRun requested = requested_run(prepared, request);
  const Plan& plan = *requested.plan;
  const std::vector<bool>& kept = requested.outputs;
  RunState state(engine, plan, request, prepared.flow, observer, usage_so_far);
  std::vector<std::size_t> readers;
  readers.reserve(plan.vertices.size());
  for (const PlannedVertex& vertex : plan.vertices) readers.push_back(vertex.readers);

  Scheduler scheduler(plan);
  while (const auto vertex = scheduler.next()) {
    execute(state, *vertex, observer);
    scheduler.complete(*vertex);
    release_read(state, plan, *vertex, readers, kept);
  }
  collect_outputs(state, kept);
  return std::move(state.result);
}

std::string RunResult::text() const {
  for (const OutputResult& output : outputs) {
    if (output.message) return output.message->text;
    for (const auto& [name, value] : output.values) {
      if (auto text = as_text(value)) return *text;
    }
  }
  return {};
}

}  // namespace guildhall::runtime
