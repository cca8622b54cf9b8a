// Evaluations over REST: start, watch, cancel, read, compare (contracts/support-partner.md §2.8).
#include "knowledge/evaluation.h"
#include "registry/evaluation_target.h"
#include "registry/route_tables.h"

namespace guildhall::api::registry_dialect {
namespace {

json::Object evaluation_json(const knowledge::Evaluation& evaluation) {
  return {{"id", evaluation.id.text()},
          {"set", evaluation.set.text()},
          {"state", knowledge::wire_name(evaluation.state)},
          {"version", evaluation.version_number},
          {"version_id", evaluation.version.text()},
          {"revision", evaluation.revision},
          {"snapshot", evaluation.snapshot},
          {"progress", json::Object{{"done", evaluation.done}, {"cases", evaluation.cases}}},
          {"error", evaluation.error.empty() ? json::Value(nullptr) : json::Value(evaluation.error)},
          {"created_by", evaluation.created_by},
          {"created_at", rfc3339(evaluation.created_at)},
          {"finished_at", optional_time(evaluation.finished_at)},
          {"report", evaluation.report ? json::Value(*evaluation.report) : json::Value(nullptr)}};
}

struct StartIn {
  std::optional<std::string> version;
};
BOOST_DESCRIBE_STRUCT(StartIn, (), (version))

/// The version to ask: an agent's named or current one, the one a subscription runs.
knowledge::NewEvaluation wanted_evaluation(store::Tx& tx, const EvaluationTarget& target, const StartIn& in) {
  const auto& agent = target.agent;
  knowledge::NewEvaluation wanted;
  wanted.agent = agent.id;
  if (!target.subscription && in.version) {
    for (const auto& version : registry::list_versions(target.scope, tx, agent.id))
      if (version.version == *in.version) {
        wanted.version = version.id;
        wanted.version_number = version.version;
        return wanted;
      }
    throw invalid_field("version", "the agent has no version " + *in.version);
  }
  if (!agent.current_version) throw Refusal(Code::agent_unavailable, "the agent has no version yet; deploy it first");
  wanted.version = *agent.current_version;
  wanted.version_number = agent.current_version_number;
  if (target.subscription) {
    if (const auto running = registry::running_version(tx, *target.subscription, agent)) {
      wanted.version = running->version;
      wanted.version_number = running->number;
    }
    if (in.version && *in.version != wanted.version_number)
      throw invalid_field("version", "a subscription is evaluated with the version it runs, " + wanted.version_number);
  }
  return wanted;
}

json::Object start(Call& call, const StartIn& in) {
  const auto started = call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto set = set_in_path(call, tx, target);
    identity::require(target.scope, target.subscription ? Right::configure_agents : Right::provide_agents);
    auto wanted = wanted_evaluation(tx, target, in);
    wanted.base = base_of_set(tx, target, set);
    if (target.subscription) wanted.config = registry::agent_config(target.scope, tx, target.subscription->id);
    return knowledge::start_evaluation(target.scope, tx, set, wanted);
  });
  call.services().jobs.wake();
  return evaluation_json(started);
}

json::Object list(Call& call) {
  const auto all = call.read([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    return knowledge::list_evaluations(target.scope, tx, set_in_path(call, tx, target));
  });
  json::Array results;
  for (const auto& evaluation : all) results.push_back(evaluation_json(evaluation));
  return {{"count", static_cast<std::int64_t>(all.size())},
          {"next", nullptr},
          {"previous", nullptr},
          {"results", std::move(results)}};
}

knowledge::Evaluation evaluation_named(store::Tx& tx, const EvaluationTarget& target, std::string_view text) {
  const auto id = EvaluationId::parse(text);
  if (!id) throw not_found("evaluation");
  return knowledge::get_evaluation(target.scope, tx, target.owner, *id);
}

json::Object get_one(Call& call) {
  return evaluation_json(
      call.read([&](store::Tx& tx) { return evaluation_named(tx, evaluation_target(call, tx), call.path("run")); }));
}

json::Object cancel_evaluation_run(Call& call) {
  return evaluation_json(call.write([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    return knowledge::cancel_evaluation(target.scope, tx, evaluation_named(tx, target, call.path("run")));
  }));
}

json::Object results(Call& call) {
  const Paging paging = paging_of(call);
  const std::string failed = call.query("failed");
  if (!failed.empty() && failed != "true" && failed != "false") throw invalid_field("failed", "is true or false");
  const auto page = call.read([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    return knowledge::list_results(target.scope, tx, evaluation_named(tx, target, call.path("run")),
                                   {.failed_only = failed == "true", .offset = paging.offset(), .limit = paging.size});
  });
  json::Array list;
  for (const auto& result : page.items) list.push_back(knowledge::to_json(result));
  return list_of(call, paging, page.total, std::move(list));
}

/// The one named by `with`; else the newest finished one of the set that began before this one; nullopt when there is none.
std::optional<knowledge::Evaluation> earlier_evaluation(Call& call, store::Tx& tx, const EvaluationTarget& target,
                                                        const knowledge::Evaluation& later) {
  if (const std::string with = call.query("with"); !with.empty()) return evaluation_named(tx, target, with);
  const auto set = knowledge::get_question_set(target.scope, tx, target.owner, later.set);
  for (auto& each : knowledge::list_evaluations(target.scope, tx, set))
    if (each.state == knowledge::EvaluationState::done && each.created_at < later.created_at) return std::move(each);
  return std::nullopt;
}

/// Without an earlier one every case is new.
json::Object comparison(Call& call) {
  if (const std::string with = call.query("with"); !with.empty() && !EvaluationId::parse(with))
    throw invalid_field("with", "is the id of the evaluation to compare with");
  const auto [before, after] = call.read([&](store::Tx& tx) {
    const auto target = evaluation_target(call, tx);
    const auto later = evaluation_named(tx, target, call.path("run"));
    const auto earlier = earlier_evaluation(call, tx, target, later);
    return std::make_pair(earlier ? knowledge::all_results(target.scope, tx, *earlier) : std::vector<knowledge::CaseResult>{},
                          knowledge::all_results(target.scope, tx, later));
  });
  return knowledge::to_json(knowledge::compare(before, after));
}

}  // namespace

RouteTable evaluation_routes() {
  RouteTable table;
  for (const auto& place : kEvaluationPlaces) {
    const std::string runs = std::string(place.prefix) + "/sets/{set}/runs";
    const std::string run = std::string(place.prefix) + "/runs/{run}";
    Route paged = evaluation_row(place.read);
    paged.query = {{"failed", "boolean"}, {"page", "integer"}, {"page_size", "integer"}};
    Route compared = evaluation_row(place.read);
    compared.query = {{"with"}};
    const RouteTable rows = {
        get(runs, "Evaluations of a question set, newest first", kAccountOrKey, list, evaluation_row(place.read)),
        post(runs, "Ask every case of a question set", kAccountOrKey, start, evaluation_row(place.write, 202)),
        get(run, "One evaluation: progress and report", kAccountOrKey, get_one, evaluation_row(place.read)),
        post(run + "/cancel", "Ask no more", kAccountOrKey, cancel_evaluation_run, evaluation_row(place.write)),
        get(run + "/results", "Results case by case", kAccountOrKey, results, paged),
        get(run + "/comparison", "Case by case and metric by metric against another evaluation", kAccountOrKey, comparison,
            compared)};
    table.insert(table.end(), rows.begin(), rows.end());
  }
  return table;
}

}  // namespace guildhall::api::registry_dialect
