// The fields of an AgentConfig, their ranges and defaults (contracts/registry.md §2); private to registry.
#pragma once

#include <string_view>
#include <vector>

#include "base/errors.h"
#include "base/json.h"

namespace guildhall::registry {

/// Every field with its value before anybody set one.
const json::Object& config_defaults();
bool is_config_field(std::string_view name);

/// `stored` with `changes` merged in, members of persona one by one; null unsets. Adds to `errors` what is unknown, of another
/// type or out of range, named by its path.
json::Object merged_config(const json::Object& stored, const json::Object& changes, std::vector<FieldError>& errors);

/// `over` laid over `under`, persona member by member.
json::Object overlaid(json::Object under, const json::Object& over);

/// Whether the chunk overlap stays below half the chunk size; both from a whole configuration.
bool has_valid_chunks(const json::Object& config);
/// Whether the fallback is one that the strict mode allows; from a whole configuration.
bool has_valid_fallback(const json::Object& config);
/// Adds to `errors` what is wrong between the fields of a whole configuration that `changes` touched.
void check_together(const json::Object& whole, const json::Object& changes, std::vector<FieldError>& errors);

}  // namespace guildhall::registry
