// Dense retrieval of a subscription's documents: its vectors, the measurement, the switch (contracts/support-partner.md §2.5).
#include "knowledge/dense.h"

#include "edge/access_target.h"
#include "knowledge/documents.h"
#include "registry/route_tables.h"
#include "registry/shapes.h"

namespace guildhall::api::registry_dialect {
namespace {

json::Value measurement_json(const std::optional<knowledge::RetrievalMeasurement>& measured) {
  if (!measured) return nullptr;
  return json::Object{{"set", measured->set.text()},
                      {"evaluation", measured->evaluation.text()},
                      {"cases", measured->cases},
                      {"unmeasured", measured->unmeasured},
                      {"lexical_ndcg_at_10", measured->lexical_ndcg_at_10},
                      {"hybrid_ndcg_at_10", measured->hybrid_ndcg_at_10},
                      {"at", rfc3339(measured->at)},
                      {"current", measured->is_current}};
}

json::Value text_or_null(const std::string& text) {
  return text.empty() ? json::Value(nullptr) : json::Value(text);
}

json::Object state_json(const Call& call, store::Tx& tx, const AccessTarget& target) {
  const std::string model = call.services().search_models.model_name();
  const auto base = knowledge::find_base_of_subscription(target.scope, tx, target.subscription.id);
  const auto state =
      base ? knowledge::dense_state(target.scope, tx, *base, target.subscription.id, model) : knowledge::DenseState{};
  return {{"enabled", state.is_enabled},
          {"prepared", state.is_prepared},
          {"embedding", state.is_embedding},
          {"model", text_or_null(model)},
          {"vectors", state.vectors},
          {"chunks", state.chunks},
          {"dense_weight", state.weight},
          {"fusion", knowledge::wire_name(state.fusion)},
          {"error", text_or_null(state.error)},
          {"override_reason", text_or_null(state.override_reason)},
          {"measured", measurement_json(state.measured)}};
}

json::Object get_dense(Call& call) {
  return call.read([&](store::Tx& tx) { return state_json(call, tx, access_target(call, tx)); });
}

json::Object prepare_vectors(Call& call) {
  auto state = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::configure_agents);
    const auto base = knowledge::base_of_subscription(target.scope, tx, target.subscription.id);
    knowledge::prepare_dense(target.scope, tx, base, call.services().search_models.model_name());
    return state_json(call, tx, target);
  });
  call.services().jobs.wake();
  return state;
}

struct DenseIn {
  std::optional<bool> enabled;
  std::optional<double> dense_weight;
  std::optional<std::string> fusion;
  std::optional<std::string> override_reason;
};
BOOST_DESCRIBE_STRUCT(DenseIn, (), (enabled, dense_weight, fusion, override_reason))

json::Object patch_dense(Call& call, const DenseIn& in) {
  knowledge::DenseChange change{
      .is_enabled = in.enabled, .weight = in.dense_weight, .fusion = std::nullopt, .override_reason = in.override_reason};
  if (in.fusion) {
    change.fusion = knowledge::fusion_named(*in.fusion);
    if (!change.fusion) throw invalid_field("fusion", "is weighted or reciprocal_rank");
  }
  auto state = call.write([&](store::Tx& tx) {
    const auto target = access_target(call, tx);
    identity::require(target.scope, Right::configure_agents);
    const auto base = knowledge::base_of_subscription(target.scope, tx, target.subscription.id);
    knowledge::change_dense(target.scope, tx, base, target.subscription.id, call.services().search_models.model_name(), change);
    return state_json(call, tx, target);
  });
  call.services().jobs.wake();
  return state;
}

Route dense_row(Right right, int success = 200) {
  Route row;
  row.right = right;
  row.status = success;
  return row;
}

}  // namespace

RouteTable dense_routes() {
  const std::string dense = "/api/v1/access/{access}/dense";
  return {get(dense, "Dense retrieval: vectors, measurement and switch", kAccountOrKey, get_dense,
              dense_row(Right::read_subscriptions)),
          patch(dense, "Switch dense retrieval, or change how it is fused", kAccountOrKey, patch_dense,
                dense_row(Right::configure_agents)),
          post(dense + "/prepare", "Have vectors made of the documents, now and as they change", kAccountOrKey, prepare_vectors,
               dense_row(Right::configure_agents, 202))};
}

}  // namespace guildhall::api::registry_dialect
