// The answer of a run in LangFlow's shape (contracts/runtime.md §6.3).
#pragma once

#include "base/json.h"
#include "gateway/admission.h"

namespace guildhall::api::langflow_dialect {

/// {"session_id", "outputs": […]}: every path clients read resolves.
json::Object run_json(const gateway::RunAnswer& answer, const std::optional<std::string>& input_value);

}  // namespace guildhall::api::langflow_dialect
