// The decision to search a base by vectors too, and the gate before it (contracts/support-partner.md §2.5).
#include "knowledge/dense.h"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "../limits.h"
#include "base/errors.h"
#include "base/text.h"
#include "dense/dense_rows.h"
#include "identity/audit.h"
#include "knowledge/documents.h"

namespace guildhall::knowledge {
namespace {

constexpr std::int64_t kMeasurementsLookedAt = 50;

double number_in(const json::Object& object, std::string_view name) {
  const json::Value* found = json::find(object, name);
  return found != nullptr && found->is_number() ? found->to_number<double>() : 0.0;
}

std::int64_t snapshot_now(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base) {
  return tx.first("SELECT snapshot FROM knowledge_base WHERE organization_id = $1 AND id = $2", {organization, base})->integer(0);
}

/// The newest evaluation of the subscription that measured both. `how` is what the base would be asked with.
std::optional<RetrievalMeasurement> newest_measurement(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base,
                                                       SubscriptionId subscription, const DenseRow& how) {
  for (const store::Row& row :
       tx.query("SELECT evaluation_id, set_id, snapshot, finished_at, report FROM evaluation WHERE organization_id = $1 "
                "AND subscription_id = $2 AND base_id = $3 AND state = 'DONE' ORDER BY finished_at DESC, evaluation_id LIMIT $4",
                {organization, subscription, base, kMeasurementsLookedAt})) {
    const json::Value report = row.json(4);
    const json::Object* measured = json::find_object(report, "retrieval");
    if (measured == nullptr) continue;
    RetrievalMeasurement found;
    found.evaluation = row.id<EvaluationId>(0);
    found.set = row.id<QuestionSetId>(1);
    found.at = row.timestamp(3);
    found.cases = json::integer_of(*measured, "cases").value_or(0);
    found.unmeasured = json::integer_of(*measured, "unmeasured").value_or(0);
    found.lexical_ndcg_at_10 = number_in(*measured, "lexical");
    found.hybrid_ndcg_at_10 = number_in(*measured, "hybrid");
    found.is_current = row.integer(2) == snapshot_now(tx, organization, base) && json::text_of(*measured, "model") == how.model &&
                       number_in(*measured, "dense_weight") == how.weight &&
                       json::text_of(*measured, "fusion") == wire_name(how.fusion);
    return found;
  }
  return std::nullopt;
}

struct GateReason {
  std::string_view reason;
  std::string message;
};

/// Why the gate stays shut; nullopt when it opens.
std::optional<GateReason> why_shut(const DenseRow& row, const std::optional<RetrievalMeasurement>& measured) {
  if (row.is_queued || !row.error.empty())
    return GateReason{"embedding", "its vectors are not complete yet; wait until no work is under way, then evaluate"};
  if (!measured)
    return GateReason{"not_measured", "no evaluation has measured it; run one of the subscription's question sets with gold"};
  if (!measured->is_current)
    return GateReason{"stale", "the newest evaluation measured other documents, another model, weight or fusion; run it again"};
  if (measured->unmeasured > 0)
    return GateReason{"incomplete",
                      std::to_string(measured->unmeasured) + " questions of the evaluation could not be embedded; run it again"};
  if (measured->hybrid_ndcg_at_10 < measured->lexical_ndcg_at_10)
    return GateReason{"lower",
                      "with vectors the right passages rank lower than without; try another weight, or enable it with "
                      "an override_reason"};
  return std::nullopt;
}

std::string checked_reason(std::string_view reason) {
  const bool is_clean = is_valid_utf8(reason) && reason.find('\0') == std::string_view::npos;
  if (!is_clean || trimmed(reason).empty() || code_points(reason) > kOverrideReasonCodePointsMax)
    throw invalid_field("override_reason", "has 1 to " + std::to_string(kOverrideReasonCodePointsMax) + " characters");
  return std::string(trimmed(reason));
}

void require_model(std::string_view model) {
  if (model.empty())
    throw Refusal(Code::conflict,
                  "this installation has no embedding model; an operator sets GUILDHALL_EMBEDDING_MODEL and "
                  "GUILDHALL_EMBEDDING_BASE_URL");
}

double checked_weight(double weight) {
  if (!(weight >= 0 && weight <= 1)) throw invalid_field("dense_weight", "must be from 0 to 1");
  return std::round(weight * 1000) / 1000;
}

void store_dense_settings(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, const DenseRow& row) {
  tx.execute(
      "UPDATE knowledge_dense SET enabled_model = $3, weight_permille = $4, fusion = $5, override_reason = $6 "
      "WHERE organization_id = $1 AND base_id = $2",
      {organization, base, row.enabled_model, static_cast<std::int64_t>(std::lround(row.weight * 1000)), wire_name(row.fusion),
       row.override_reason});
}

Refusal gate_refusal(std::string_view reason, std::string message) {
  return Refusal(Code::gate_failed, std::move(message)).with_details({{"reason", reason}});
}

/// The base's row for this model; with a reason to override, a base that has none yet is prepared.
DenseRow row_to_change(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::string_view model,
                       const std::string& reason) {
  auto row = find_dense_row(tx, scope.organization, base);
  if (!row && reason.empty()) throw gate_refusal("not_prepared", "the knowledge base has no vectors yet; prepare it first");
  if (!row) {
    prepare_dense(scope, tx, base, model);
    row = find_dense_row(tx, scope.organization, base);
  }
  if (row->model != model)
    throw gate_refusal("embedding", "the vectors are of another model and are being made again; try in a minute");
  return *row;
}

/// Changes the row as asked, when the gate lets it.
void open_gate(store::Tx& tx, OrganizationId organization, KnowledgeBaseId base, SubscriptionId subscription,
               const DenseChange& change, const std::string& reason, DenseRow& row) {
  const DenseRow before = row;
  const bool was_on = before.enabled_model == before.model;
  const bool is_on = change.is_enabled.value_or(was_on);
  row.weight = change.weight.value_or(row.weight);
  row.fusion = change.fusion.value_or(row.fusion);
  row.enabled_model = is_on ? row.model : std::string();
  if (!is_on) row.override_reason.clear();
  const bool is_asked_differently = !was_on || row.weight != before.weight || row.fusion != before.fusion;
  if (!is_on || !is_asked_differently) return;
  const auto shut = why_shut(row, newest_measurement(tx, organization, base, subscription, row));
  if (shut && reason.empty()) throw gate_refusal(shut->reason, "dense retrieval stays off: " + shut->message);
  row.override_reason = shut ? reason : std::string();
}

}  // namespace

std::string_view wire_name(Fusion fusion) {
  switch (fusion) {
    case Fusion::weighted: return "weighted";
    case Fusion::reciprocal_rank: return "reciprocal_rank";
  }
  throw std::logic_error("unknown fusion");
}

std::optional<Fusion> fusion_named(std::string_view name) {
  for (const auto fusion : {Fusion::weighted, Fusion::reciprocal_rank})
    if (wire_name(fusion) == name) return fusion;
  return std::nullopt;
}

DenseState dense_state(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, SubscriptionId subscription,
                       std::string_view model) {
  identity::require(scope, Right::read_subscriptions);
  require_base(scope, tx, base);
  DenseState state;
  const auto counts = tx.first(
      "SELECT COUNT(*), COUNT(v.content_sha256) FROM knowledge_chunk c LEFT JOIN knowledge_vector v "
      "ON v.organization_id = c.organization_id AND v.base_id = c.base_id AND v.model = $3 "
      "AND v.content_sha256 = c.embedding_sha256 WHERE c.organization_id = $1 AND c.base_id = $2",
      {scope.organization, base, model});
  state.chunks = counts->integer(0);
  state.vectors = counts->integer(1);
  const auto row = find_dense_row(tx, scope.organization, base);
  state.measured = newest_measurement(tx, scope.organization, base, subscription, row.value_or(DenseRow{}));
  if (!row) return state;
  state.is_prepared = true;
  state.is_enabled = !model.empty() && row->enabled_model == model && row->model == model;
  state.is_embedding = row->is_queued;
  state.weight = row->weight;
  state.fusion = row->fusion;
  state.error = row->error;
  state.override_reason = row->override_reason;
  return state;
}

void prepare_dense(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::string_view model) {
  identity::require(scope, Right::configure_agents);
  require_base(scope, tx, base);
  require_model(model);
  const auto inserted = tx.execute(
      "INSERT INTO knowledge_dense (organization_id, base_id, model, dimensions, version, step, is_queued, error, "
      "enabled_model, weight_permille, fusion, override_reason, created_at) "
      "VALUES ($1, $2, $3, 0, 0, 0, FALSE, '', '', 500, 'weighted', '', $4) ON CONFLICT DO NOTHING",
      {scope.organization, base, model, tx.now()});
  queue_embedding(tx, scope.organization, base);
  if (inserted == 0) return;
  identity::audit(
      scope, tx,
      {.action = "dense.prepare", .object_type = "knowledge_base", .object_id = base.text(), .details = {{"model", model}}});
}

void change_dense(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, SubscriptionId subscription, std::string_view model,
                  const DenseChange& change) {
  identity::require(scope, Right::configure_agents);
  require_base(scope, tx, base);
  const std::string reason = change.override_reason ? checked_reason(*change.override_reason) : std::string();
  DenseChange checked = change;
  if (change.weight) checked.weight = checked_weight(*change.weight);
  auto row = find_dense_row(tx, scope.organization, base);
  const bool is_only_off = change.is_enabled == false && !change.weight && !change.fusion;
  if (is_only_off && !row) return;
  if (!is_only_off) {
    require_model(model);
    row = row_to_change(scope, tx, base, model, reason);
    open_gate(tx, scope.organization, base, subscription, checked, reason, *row);
  } else {
    row->enabled_model.clear();
    row->override_reason.clear();
  }
  store_dense_settings(tx, scope.organization, base, *row);
  json::Object details{{"enabled", !row->enabled_model.empty()},
                       {"model", row->model},
                       {"dense_weight", row->weight},
                       {"fusion", wire_name(row->fusion)}};
  if (!row->override_reason.empty()) details["override_reason"] = row->override_reason;
  identity::audit(
      scope, tx,
      {.action = "dense.change", .object_type = "knowledge_base", .object_id = base.text(), .details = std::move(details)});
}

bool is_dense_on(const Scope& scope, store::Tx& tx, const std::vector<KnowledgeBaseId>& bases, std::string_view model) {
  return std::any_of(bases.begin(), bases.end(), [&](KnowledgeBaseId base) {
    const auto row = find_dense_row(tx, scope.organization, base);
    return row && !model.empty() && row->model == model && row->enabled_model == model;
  });
}

std::optional<DenseMeasurable> dense_measurable(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::string_view model) {
  const auto row = find_dense_row(tx, scope.organization, base);
  if (!row || model.empty() || row->model != model || row->is_queued || !row->error.empty()) return std::nullopt;
  return DenseMeasurable{row->weight, row->fusion};
}

}  // namespace guildhall::knowledge
