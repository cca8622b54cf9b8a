// Rows of the evaluation, shared by its files.
#pragma once

#include "identity/scope.h"
#include "knowledge/question_sets.h"

namespace guildhall::knowledge {

/// configure_agents for a subscription's set, provide_agents for an agent's; a key of another subscription finds nothing.
void require_set_writer(const Scope& scope, const QuestionSetOwner& owner);

EvaluationCase stored_case(const json::Value& value);

}  // namespace guildhall::knowledge
