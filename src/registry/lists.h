// Lists of texts as they are stored: JSON arrays; private to registry.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace guildhall::registry {

json::Array array_of(const std::vector<std::string>& texts);
std::string written(const std::vector<std::string>& texts);
/// Throws std::logic_error when the stored value is not an array of texts.
std::vector<std::string> texts_of(const json::Value& value);
/// The stored object; throws std::logic_error when it is something else.
json::Object object_of(const json::Value& value);
bool contains(const std::vector<std::string>& texts, std::string_view text);

}  // namespace guildhall::registry
