// The table of known component hashes and the names by which it knows each type (contracts/runtime.md §1.5, §1.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guildhall::flow {

/// The text of known_component_hashes.json, put into the binary by the build.
extern const std::string_view kKnownHashesJson;

/// The table's own type for a type name or one of its aliases; nullopt when it has neither.
std::optional<std::string> listed_type(std::string_view name);

}  // namespace guildhall::flow
