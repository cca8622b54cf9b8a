// The answer of a run, in the words of the registry dialect.
#pragma once

#include "edge/call.h"
#include "gateway/gateway.h"

namespace guildhall::api::registry_dialect {

/// The superset every alias of contracts/registry.md §10 returns; without its text after a stream that said it.
json::Object run_answer_json(const Call& call, const gateway::RunAnswer& answer, bool with_text);

}  // namespace guildhall::api::registry_dialect
