// What a template field says when no edge comes in (contracts/runtime.md §1.3).
#pragma once

#include "flow/document.h"
#include "runtime/values.h"

namespace guildhall::runtime {

/// Nothing for a field that contributes no literal or is unset.
Value literal_of(const flow::Field& field);

/// A string as the field's type reads it: for values that come from variables and inputs.
Value literal_text(std::string_view text);

}  // namespace guildhall::runtime
