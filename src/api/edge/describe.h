// Described structs: one declaration gives reading with field errors, writing, and JSON Schema.
//
// A plain member is required, a std::optional one is not. A trailing `_` in a member's name is dropped on the wire. Costly to
// compile: included by route files only.
#pragma once

#include <boost/describe.hpp>
#include <boost/mp11.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/decimal.h"
#include "base/errors.h"
#include "base/ids.h"
#include "base/json.h"
#include "base/time.h"

namespace guildhall::api {

/// Collects everything wrong with an input, and the members nobody asked for.
struct ReadReport {
  std::vector<FieldError> errors;
  std::vector<std::string> unknown;

  void error(std::string path, std::string message) { errors.push_back({std::move(path), std::move(message)}); }
};

namespace describing {

template <class T>
struct is_optional : std::false_type {};
template <class T>
struct is_optional<std::optional<T>> : std::true_type {};
template <class T>
struct is_vector : std::false_type {};
template <class T>
struct is_vector<std::vector<T>> : std::true_type {};
template <class T>
struct is_map : std::false_type {};
template <class T>
struct is_map<std::map<std::string, T>> : std::true_type {};
template <class T>
struct is_id : std::false_type {};
template <class Tag>
struct is_id<Id<Tag>> : std::true_type {};

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

inline std::string_view wire_name(const char* member) {
  std::string_view name = member;
  if (name.ends_with('_')) name.remove_suffix(1);
  return name;
}

inline std::string joined(std::string_view path, std::string_view name) {
  return path.empty() ? std::string(name) : std::string(path) + "." + std::string(name);
}

bool read_text(std::string& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_bool(bool& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_integer(std::int64_t& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_number(double& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_decimal(Decimal& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_uuid(Uuid& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_timestamp(Timestamp& out, const json::Value& value, const std::string& path, ReadReport& report);
bool read_date(Date& out, const json::Value& value, const std::string& path, ReadReport& report);

}  // namespace describing

template <class T>
bool read(T& out, const json::Value& value, const std::string& path, ReadReport& report);

namespace describing {

/// Every member of a described struct; those nobody described are reported as unknown.
template <class T>
void read_members(T& out, const json::Value& value, const std::string& path, ReadReport& report) {
  if (!value.is_object()) {
    report.error(path, "must be an object");
    return;
  }
  const auto& object = value.get_object();
  std::size_t known = 0;
  boost::mp11::mp_for_each<Members<T>>([&](auto member) {
    using Field = std::remove_reference_t<decltype(out.*member.pointer)>;
    const std::string_view name = wire_name(member.name);
    const auto* found = object.if_contains(name);
    if (found != nullptr) {
      ++known;
      read(out.*member.pointer, *found, joined(path, name), report);
    } else if constexpr (!is_optional<Field>::value) {
      report.error(joined(path, name), "is required");
    }
  });
  if (known < object.size())
    for (const auto& member : object) {
      bool is_known = false;
      boost::mp11::mp_for_each<Members<T>>([&](auto described) { is_known |= member.key() == wire_name(described.name); });
      if (!is_known) report.unknown.push_back(joined(path, member.key()));
    }
}

}  // namespace describing

/// Reads `value` into `out`, reporting every problem with its path. Returns false when this value had one.
template <class T>
bool read(T& out, const json::Value& value, const std::string& path, ReadReport& report) {
  using namespace describing;
  const std::size_t before = report.errors.size();
  if constexpr (std::is_same_v<T, json::Value>) {
    out = value;
  } else if constexpr (std::is_same_v<T, json::Object>) {
    if (value.is_object())
      out = value.get_object();
    else
      report.error(path, "must be an object");
  } else if constexpr (std::is_same_v<T, std::string>) {
    read_text(out, value, path, report);
  } else if constexpr (std::is_same_v<T, bool>) {
    read_bool(out, value, path, report);
  } else if constexpr (std::is_same_v<T, std::int64_t>) {
    read_integer(out, value, path, report);
  } else if constexpr (std::is_same_v<T, double>) {
    read_number(out, value, path, report);
  } else if constexpr (std::is_same_v<T, Decimal>) {
    read_decimal(out, value, path, report);
  } else if constexpr (std::is_same_v<T, Timestamp>) {
    read_timestamp(out, value, path, report);
  } else if constexpr (std::is_same_v<T, Date>) {
    read_date(out, value, path, report);
  } else if constexpr (is_id<T>::value) {
    read_uuid(out.uuid, value, path, report);
  } else if constexpr (is_optional<T>::value) {
    if (value.is_null())
      out.reset();
    else if (typename T::value_type inner{}; read(inner, value, path, report))
      out = std::move(inner);
  } else if constexpr (is_vector<T>::value) {
    if (!value.is_array())
      report.error(path, "must be an array");
    else {
      std::size_t i = 0;
      for (const auto& element : value.get_array()) {
        typename T::value_type inner{};
        if (read(inner, element, path + "[" + std::to_string(i++) + "]", report)) out.push_back(std::move(inner));
      }
    }
  } else if constexpr (is_map<T>::value) {
    if (!value.is_object())
      report.error(path, "must be an object");
    else
      for (const auto& member : value.get_object()) {
        typename T::mapped_type inner{};
        const std::string key(member.key());
        if (read(inner, member.value(), joined(path, key), report)) out.emplace(key, std::move(inner));
      }
  } else {
    read_members(out, value, path, report);
  }
  return report.errors.size() == before;
}

/// The JSON of a described value; an empty optional is null.
template <class T>
json::Value written(const T& value) {
  using namespace describing;
  if constexpr (std::is_same_v<T, json::Value>)
    return value;
  else if constexpr (std::is_same_v<T, json::Object> || std::is_same_v<T, json::Array>)
    return json::Value(value);
  else if constexpr (std::is_same_v<T, std::string>)
    return json::Value(value);
  else if constexpr (std::is_same_v<T, bool> || std::is_same_v<T, std::int64_t> || std::is_same_v<T, double>)
    return json::Value(value);
  else if constexpr (std::is_same_v<T, int>)
    return json::Value(std::int64_t{value});
  else if constexpr (std::is_same_v<T, Decimal>)
    return json::Value(value.text());
  else if constexpr (std::is_same_v<T, Timestamp>)
    return json::Value(rfc3339(value));
  else if constexpr (std::is_same_v<T, Date>)
    return json::Value(text(value));
  else if constexpr (is_id<T>::value)
    return json::Value(value.text());
  else if constexpr (is_optional<T>::value)
    return value ? written(*value) : json::Value(nullptr);
  else if constexpr (is_vector<T>::value) {
    json::Array array;
    array.reserve(value.size());
    for (const auto& element : value) array.push_back(written(element));
    return array;
  } else if constexpr (is_map<T>::value) {
    json::Object object;
    for (const auto& [key, element] : value) object.emplace(key, written(element));
    return object;
  } else {
    json::Object object;
    boost::mp11::mp_for_each<Members<T>>(
        [&](auto member) { object.emplace(wire_name(member.name), written(value.*member.pointer)); });
    return object;
  }
}

/// JSON Schema (2020-12) of a described type, inline.
template <class T>
json::Object schema_of() {
  using namespace describing;
  if constexpr (std::is_same_v<T, json::Value>)
    return {};
  else if constexpr (std::is_same_v<T, json::Object>)
    return {{"type", "object"}};
  else if constexpr (std::is_same_v<T, json::Array>)
    return {{"type", "array"}};
  else if constexpr (std::is_same_v<T, std::string>)
    return {{"type", "string"}};
  else if constexpr (std::is_same_v<T, bool>)
    return {{"type", "boolean"}};
  else if constexpr (std::is_same_v<T, std::int64_t> || std::is_same_v<T, int>)
    return {{"type", "integer"}};
  else if constexpr (std::is_same_v<T, double>)
    return {{"type", "number"}};
  else if constexpr (std::is_same_v<T, Decimal>)
    return {{"type", "string"}, {"format", "decimal"}};
  else if constexpr (std::is_same_v<T, Timestamp>)
    return {{"type", "string"}, {"format", "date-time"}};
  else if constexpr (std::is_same_v<T, Date>)
    return {{"type", "string"}, {"format", "date"}};
  else if constexpr (is_id<T>::value)
    return {{"type", "string"}, {"format", "uuid"}};
  else if constexpr (is_optional<T>::value) {
    json::Object inner = schema_of<typename T::value_type>();
    if (const auto* type = inner.if_contains("type"); type != nullptr && type->is_string())
      inner["type"] = json::Array{*type, json::Value("null")};
    return inner;
  } else if constexpr (is_vector<T>::value)
    return {{"type", "array"}, {"items", schema_of<typename T::value_type>()}};
  else if constexpr (is_map<T>::value)
    return {{"type", "object"}, {"additionalProperties", schema_of<typename T::mapped_type>()}};
  else {
    json::Object properties;
    json::Array required;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
      using Field = std::remove_reference_t<decltype(std::declval<T&>().*member.pointer)>;
      properties.emplace(wire_name(member.name), schema_of<Field>());
      if constexpr (!is_optional<Field>::value) required.push_back(json::Value(wire_name(member.name)));
    });
    json::Object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) schema["required"] = std::move(required);
    return schema;
  }
}

}  // namespace guildhall::api
