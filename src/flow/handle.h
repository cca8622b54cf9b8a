// The two ends of an edge as files of every era write them (contracts/runtime.md §1.4).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/json.h"

namespace guildhall::flow {

struct Handle {
  std::string node_id;
  std::string name;                ///< the output of a source, the field of a target, the output a loop-back enters
  std::vector<std::string> types;  ///< canonical
  bool types_are_null = false;     ///< of a target
  std::string type;                ///< of a target, canonical
  bool is_loop_back = false;
  std::string proxy_id;  ///< of a target inside a group
  std::string proxy_field;

  bool operator==(const Handle&) const = default;
};

/// Reads an object, or a string of any era. nullopt: absent or unreadable. Never refuses.
std::optional<Handle> read_source_handle(const json::Value* value);
std::optional<Handle> read_target_handle(const json::Value* value);

}  // namespace guildhall::flow
