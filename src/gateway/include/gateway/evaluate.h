// Asking the questions of an evaluation (contracts/support-partner.md §2.8).
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/ids.h"
#include "delivery/jobs.h"
#include "gateway/gateway.h"
#include "knowledge/retrieve.h"
#include "knowledge/scores.h"
#include "models/find_passages.h"
#include "runtime/run.h"
#include "store/database.h"

namespace guildhall::gateway {

/// What the scores are made of: the outcome of a run, the passages a search for the question finds, and the names a document
/// goes by.
knowledge::Observation observation_of(const runtime::RunResult& result, const std::vector<knowledge::Passage>& passages,
                                      const std::function<std::vector<std::string>(DocumentId)>& names);

/// The work of the job "knowledge.evaluate": asks the cases that have no result yet, one after the other, each a row of kind
/// test. After two seconds it queues the job that goes on, so that long evaluations do not keep other work waiting. Running it
/// twice asks nothing twice. Throws what a later try may find mended (overloaded, database_unavailable); its last try ends the
/// evaluation as FAILED.
/// Where the base has vectors of the installation's embedding model, each case is searched both ways; `search_models` may be
/// null.
void evaluate(Gateway& gateway, store::Database& database, knowledge::Indexes& indexes, models::SearchModels* search_models,
              const delivery::Job& job, const std::stop_token& stop);

}  // namespace guildhall::gateway
