// Where in an upload a value stands, and the checks every parser of this room makes of it.
//
// A place is a chain of stack values; its text is only built when something is refused.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace guildhall::flow {

struct Place {
  const Place* parent = nullptr;
  std::string_view key;   ///< the member's name, or
  std::size_t index = 0;  ///< the element's index when `key` is empty

  Place member(std::string_view name) const { return {this, name, 0}; }
  Place element(std::size_t at) const { return {this, {}, at}; }
  /// `data.nodes[3].id`; empty for the upload itself.
  std::string text() const;
};

/// Throws validation_failed for the place.
[[noreturn]] void refuse_at(const Place& place, std::string_view message);

/// Members of `owner`, which stands at `place`. Null counts as absent; another type than the asked one is refused.
const json::Object& required_object(const json::Object& owner, std::string_view key, const Place& place);
const json::Array& required_array(const json::Object& owner, std::string_view key, const Place& place);
std::string_view required_text(const json::Object& owner, std::string_view key, const Place& place);
const json::Object* optional_object(const json::Object& owner, std::string_view key, const Place& place);
const json::Array* optional_array(const json::Object& owner, std::string_view key, const Place& place);
std::string_view optional_text(const json::Object& owner, std::string_view key, const Place& place);
bool optional_flag(const json::Object& owner, std::string_view key, const Place& place, bool otherwise = false);
std::vector<std::string> optional_texts(const json::Object& owner, std::string_view key, const Place& place);

/// A value that must be an object.
const json::Object& object_at(const json::Value& value, const Place& place);

/// Refuses an id that holds CR, LF or NUL: 400 (contracts/runtime.md §8).
void refuse_control_bytes(std::string_view id, const Place& place);
/// Refuses a field value past kFieldBytesMax.
void refuse_oversized(const json::Value& value, const Place& place);

}  // namespace guildhall::flow
