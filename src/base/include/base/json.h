// JSON values. The one place that names the JSON library; everything else says json::Value.
#pragma once

#include <boost/json.hpp>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace guildhall::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using String = boost::json::string;

/// Limits of one parse. The input comes from anyone.
struct ParseLimits {
  std::size_t depth_max = 64;
  bool refuse_duplicate_keys = false;  ///< else the last one wins
};

struct ParseError {
  std::string message;  ///< what is wrong, with the byte offset
  std::size_t offset = 0;
};

/// Parses one document. Numbers that fit are 64-bit integers, others the nearest double. Invalid UTF-8, lone surrogates,
/// NaN and trailing bytes are errors. Order of keys is kept.
std::optional<Value> parse(std::string_view text, ParseError& error, const ParseLimits& limits = {});
/// As above; throws Refusal(malformed_json).
Value parse_or_refuse(std::string_view text, const ParseLimits& limits = {});

/// Compact text. Doubles are the shortest form that reads back equal, never with an exponent for 1e-6 ≤ |x| < 1e21.
std::string write(const Value& value);
/// Appends what write() returns; for buffers that already exist.
void append(std::string& out, const Value& value);
/// Appends a quoted and escaped string.
void append_string(std::string& out, std::string_view text);
/// Two-space indentation, for people.
std::string write_pretty(const Value& value);
/// The canonical form of RFC 8785: sorted keys (UTF-16 order), ES6 numbers. What hashes are taken of.
std::string write_canonical(const Value& value);

/// Members by name; null when absent or of another type. What they return points into the argument, which is why an Object is
/// taken as it is: as a Value it would be a copy that is gone with the call.
const Value* find(const Value& value, std::string_view key);
const Value* find(const Object& object, std::string_view key);
const Object* find_object(const Value& value, std::string_view key);
const Object* find_object(const Object& object, std::string_view key);
const Array* find_array(const Value& value, std::string_view key);
const Array* find_array(const Object& object, std::string_view key);
/// The string member, or `otherwise`.
std::string_view text_of(const Value& value, std::string_view key, std::string_view otherwise = {});
std::string_view text_of(const Object& object, std::string_view key, std::string_view otherwise = {});
bool bool_of(const Value& value, std::string_view key, bool otherwise = false);
bool bool_of(const Object& object, std::string_view key, bool otherwise = false);
std::optional<std::int64_t> integer_of(const Value& value, std::string_view key);
std::optional<std::int64_t> integer_of(const Object& object, std::string_view key);

inline std::string_view view(const String& s) {
  return {s.data(), s.size()};
}

}  // namespace guildhall::json
