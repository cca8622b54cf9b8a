// Handles: JSON objects, JSON in strings with œ or plain quotes, and the bars of the first releases.
#include "handle.h"

#include <string_view>

#include "base/text.h"
#include "types.h"

namespace guildhall::flow {
namespace {

constexpr std::string_view kQuoteSubstitute = "œ";
constexpr std::size_t kHandleDepthMax = 8;

std::vector<std::string> canonical_types(const json::Object& handle, std::string_view key) {
  std::vector<std::string> types;
  const json::Value* value = handle.if_contains(key);
  if (value == nullptr || !value->is_array()) return types;
  for (const json::Value& type : value->get_array()) {
    if (type.is_string()) types.push_back(canonical_value_type(json::view(type.get_string())));
  }
  return types;
}

std::string text_in(const json::Object& handle, std::string_view key) {
  const json::Value* value = handle.if_contains(key);
  return value != nullptr && value->is_string() ? std::string(json::view(value->get_string())) : std::string();
}

Handle source_in(const json::Object& object) {
  Handle handle;
  handle.node_id = text_in(object, "id");
  handle.name = text_in(object, "name");
  handle.types = canonical_types(object, object.contains("output_types") ? "output_types" : "baseClasses");
  return handle;
}

Handle target_in(const json::Object& object) {
  Handle handle;
  handle.node_id = text_in(object, "id");
  handle.name = text_in(object, "fieldName");
  if (handle.name.empty() && object.contains("name")) {
    handle.is_loop_back = true;
    handle.name = text_in(object, "name");
    handle.types = canonical_types(object, "output_types");
    return handle;
  }
  const json::Value* types = object.if_contains("inputTypes");
  handle.types_are_null = types == nullptr || types->is_null();
  handle.types = canonical_types(object, "inputTypes");
  handle.type = canonical_value_type(text_in(object, "type"));
  if (const json::Value* proxy = object.if_contains("proxy"); proxy != nullptr && proxy->is_object()) {
    handle.proxy_id = text_in(proxy->get_object(), "id");
    handle.proxy_field = text_in(proxy->get_object(), "field");
  }
  return handle;
}

// The object in a string, with œ for quotes or with quotes.
std::optional<json::Value> object_in(std::string_view text) {
  if (!trimmed(text).starts_with('{')) return std::nullopt;
  json::ParseError error;
  auto value = json::parse(replaced(text, kQuoteSubstitute, "\""), error, {.depth_max = kHandleDepthMax});
  if (!value) value = json::parse(text, error, {.depth_max = kHandleDepthMax});
  return value && value->is_object() ? value : std::nullopt;
}

// `Type|nodeId|BaseClass|…`
std::optional<Handle> barred_source(std::string_view text) {
  const auto parts = split(text, '|');
  if (parts.size() < 2) return std::nullopt;
  Handle handle;
  handle.node_id = trimmed(parts[1]);
  for (std::size_t i = 2; i < parts.size(); ++i) handle.types.push_back(canonical_value_type(trimmed(parts[i])));
  return handle;
}

// `Type;Type|field|nodeId`
std::optional<Handle> barred_target(std::string_view text) {
  const auto parts = split(text, '|');
  if (parts.size() != 3) return std::nullopt;
  Handle handle;
  const char separator = parts[0].find(';') == std::string_view::npos ? ',' : ';';
  for (const std::string_view type : split(parts[0], separator)) {
    if (!trimmed(type).empty()) handle.types.push_back(canonical_value_type(trimmed(type)));
  }
  handle.name = trimmed(parts[1]);
  handle.node_id = trimmed(parts[2]);
  return handle;
}

using Reader = Handle (*)(const json::Object&);
using BarReader = std::optional<Handle> (*)(std::string_view);

std::optional<Handle> read_handle(const json::Value* value, Reader read, BarReader read_bars) {
  if (value == nullptr) return std::nullopt;
  if (value->is_object()) return read(value->get_object());
  if (!value->is_string()) return std::nullopt;
  const std::string_view text = json::view(value->get_string());
  if (const auto object = object_in(text)) return read(object->get_object());
  return read_bars(text);
}

}  // namespace

std::optional<Handle> read_source_handle(const json::Value* value) {
  return read_handle(value, source_in, barred_source);
}

std::optional<Handle> read_target_handle(const json::Value* value) {
  return read_handle(value, target_in, barred_target);
}

}  // namespace guildhall::flow
