// Whether a base is searched by vectors as well as by words, and the measurement that decides (contracts/support-partner.md
// §2.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "identity/scope.h"
#include "store/tx.h"

namespace guildhall::knowledge {

/// How two lists of candidates become one.
enum class Fusion : std::uint8_t { weighted, reciprocal_rank };
std::string_view wire_name(Fusion fusion);  ///< "weighted", "reciprocal_rank"
std::optional<Fusion> fusion_named(std::string_view name);

/// nDCG@10 of one finished evaluation, by words alone and fused, over the same cases.
struct RetrievalMeasurement {
  QuestionSetId set;
  EvaluationId evaluation;
  std::int64_t cases = 0;
  std::int64_t unmeasured = 0;  ///< cases whose question could not be embedded
  double lexical_ndcg_at_10 = 0;
  double hybrid_ndcg_at_10 = 0;
  Timestamp at;
  bool is_current = false;  ///< of the base's snapshot, model, weight and fusion as they are
};

struct DenseState {
  bool is_prepared = false;   ///< vectors are kept
  bool is_enabled = false;    ///< for the installation's model
  bool is_embedding = false;  ///< work is queued
  std::int64_t vectors = 0;   ///< chunks that have one of the installation's model
  std::int64_t chunks = 0;
  double weight = 0.5;
  Fusion fusion = Fusion::weighted;
  std::string error;                             ///< why the last attempt to embed failed
  std::string override_reason;                   ///< set when it was enabled without, or against, a measurement
  std::optional<RetrievalMeasurement> measured;  ///< the newest of the subscription's sets
};

/// `model` is the installation's; empty when it has none.
DenseState dense_state(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, SubscriptionId subscription,
                       std::string_view model);

/// Has vectors made of everything in the base, and of what is added to it from now on. Again: changes nothing, but tries at once
/// what failed. Needs the right configure_agents, as does change_dense. Refusal(conflict) naming the setting without a model.
void prepare_dense(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::string_view model);

struct DenseChange {
  std::optional<bool> is_enabled;
  std::optional<double> weight;  ///< 0–1, kept to a thousandth
  std::optional<Fusion> fusion;
  std::optional<std::string> override_reason;  ///< 1–1,000 characters; audited
};
/// Refusal(gate_failed) with details.reason when it would be on without a finished measurement of the base as it is with hybrid ≥
/// lexical and there is no override: not_prepared, embedding, not_measured, stale, incomplete, lower. Switching off always works,
/// without a model too.
void change_dense(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, SubscriptionId subscription, std::string_view model,
                  const DenseChange& change);

/// Whether a vector of the model would be used for any of the bases.
bool is_dense_on(const Scope& scope, store::Tx& tx, const std::vector<KnowledgeBaseId>& bases, std::string_view model);
/// Whether the base has vectors of the model to measure, and how they would be fused.
struct DenseMeasurable {
  double weight = 0.5;
  Fusion fusion = Fusion::weighted;
};
std::optional<DenseMeasurable> dense_measurable(const Scope& scope, store::Tx& tx, KnowledgeBaseId base, std::string_view model);

}  // namespace guildhall::knowledge
