// The words of checks: =, !=, ~, >, >=, <, <=, exists, absent, contains, lacks, count, keys, type, sum, joined, each, distinct.
#include "scenario_checks.h"

#include <re2/re2.h>

#include <set>
#include <stdexcept>

#include "base/decimal.h"
#include "base/text.h"

namespace guildhall::test {
namespace {

std::string shown(const json::Value& value) {
  return value.is_string() ? std::string(json::view(value.get_string())) : json::write(value);
}

/// What a scenario writes: JSON, or bare text.
json::Value written_value(const std::string& text) {
  json::ParseError error;
  auto value = json::parse(text, error);
  return value ? std::move(*value) : json::Value(text);
}

std::optional<Decimal> decimal_of(const json::Value& value) {
  if (value.is_string()) return Decimal::parse(json::view(value.get_string()));
  return value.is_number() ? Decimal::parse(json::write(value)) : std::nullopt;
}

bool equal(const json::Value& a, const json::Value& b) {
  if (a.is_number() && b.is_number()) {
    const auto left = decimal_of(a);
    const auto right = decimal_of(b);
    return left && right ? *left == *right : json::write(a) == json::write(b);
  }
  return a == b;
}

bool matches(const std::string& text, const std::string& pattern) {
  const re2::RE2 expression(pattern, re2::RE2::Quiet);
  if (!expression.ok()) throw std::runtime_error("no regular expression: " + pattern);
  return re2::RE2::PartialMatch(text, expression);
}

bool ordered(const json::Value& found, const std::string& word, const json::Value& expected) {
  const auto left = decimal_of(found);
  const auto right = decimal_of(expected);
  if (!left || !right) return false;
  if (word == ">") return *left > *right;
  if (word == ">=") return *left >= *right;
  if (word == "<") return *left < *right;
  return *left <= *right;
}

bool contains(const json::Value& found, const json::Value& wanted) {
  if (found.is_array()) {
    for (const auto& element : found.get_array())
      if (equal(element, wanted)) return true;
    return false;
  }
  return shown(found).find(shown(wanted)) != std::string::npos;
}

std::string_view type_of(const json::Value& value) {
  if (value.is_null()) return "null";
  if (value.is_bool()) return "bool";
  if (value.is_number()) return "number";
  if (value.is_string()) return "string";
  return value.is_array() ? "array" : "object";
}

bool has_keys(const json::Value& value, const std::string& expected) {
  if (!value.is_object()) return false;
  std::set<std::string> wanted;
  for (const auto name : split(expected, ',')) wanted.insert(std::string(trimmed(name)));
  std::set<std::string> found;
  for (const auto& member : value.get_object()) found.insert(std::string(member.key()));
  return wanted == found;
}

bool holds(const json::Value& found, const std::string& word, const std::string& text);

/// Words that look at every element of an array.
bool array_holds(const json::Array& array, const std::string& word, std::string text) {
  if (word != "each" && text.starts_with("= ")) text = text.substr(2);
  if (word == "each") {
    const auto space = text.find(' ');
    for (const auto& element : array)
      if (!holds(element, text.substr(0, space), space == std::string::npos ? "" : text.substr(space + 1))) return false;
    return !array.empty();
  }
  if (word == "sum") {
    Decimal sum;
    for (const auto& element : array) {
      const auto value = decimal_of(element);
      if (!value) return false;
      sum += *value;
    }
    return sum == Decimal::of(shown(written_value(text)));
  }
  if (word == "joined") {
    std::string whole;
    for (const auto& element : array) whole += shown(element);
    return whole == shown(written_value(text));
  }
  std::set<std::string> different;
  for (const auto& element : array) different.insert(shown(element));
  return static_cast<std::int64_t>(different.size()) == parse_integer(text);
}

bool holds(const json::Value& found, const std::string& word, const std::string& text) {
  if (word == "=") return equal(found, written_value(text));
  if (word == "!=") return !equal(found, written_value(text));
  if (word == "~") return matches(shown(found), text);
  if (word == "contains") return contains(found, written_value(text));
  if (word == "lacks") return !contains(found, written_value(text));
  if (word == "type") return type_of(found) == text;
  if (word == "keys") return has_keys(found, text);
  if (word == ">" || word == ">=" || word == "<" || word == "<=") return ordered(found, word, written_value(text));
  if (word == "count") {
    if (!found.is_array() && !found.is_object()) return false;
    const auto size = static_cast<std::int64_t>(found.is_array() ? found.get_array().size() : found.get_object().size());
    return text.starts_with(">= ") ? size >= parse_integer(text.substr(3)).value_or(0) : size == parse_integer(text);
  }
  if (word == "each" || word == "sum" || word == "joined" || word == "distinct")
    return found.is_array() && array_holds(found.get_array(), word, text);
  throw std::runtime_error("no such check: " + word);
}

/// What a check or a capture looks at; null when nothing is there.
std::optional<json::Value> seen(const std::string& source, const std::string& path, const HttpAnswer& answer) {
  if (source == "text" || source == "output") return json::Value(answer.body);
  if (source == "header") {
    const std::string* value = answer.header(path);
    return value == nullptr ? std::nullopt : std::optional(json::Value(*value));
  }
  if (source == "stream") return at_path(events_of(answer.body), path);
  json::ParseError error;
  const auto body = json::parse(answer.body, error);
  if (!body) return std::nullopt;
  return at_path(*body, path);
}

}  // namespace

std::optional<std::string> failure_of(const Check& check, const HttpAnswer& answer, const Variables& variables) {
  const std::string path = filled(check.path, variables);
  const std::string expected = filled(check.expected, variables);
  const std::string said =
      check.source + (path.empty() ? "" : " " + path) + " " + check.word + (expected.empty() ? "" : " " + expected);
  const auto found = seen(check.source, path, answer);
  if (check.word == "absent") return found ? std::optional(said + ", but it is " + shown(*found).substr(0, 300)) : std::nullopt;
  if (!found) return said + ", but nothing is there";
  if (check.word == "exists") return std::nullopt;
  // Headers and texts are strings whatever they look like.
  const bool is_text = found->is_string() && check.source != "body" && check.source != "stream";
  const bool is_equality = check.word == "=" || check.word == "!=";
  const bool is_held = is_text && is_equality
                           ? (shown(*found) == expected || shown(*found) == shown(written_value(expected))) == (check.word == "=")
                           : holds(*found, check.word, expected);
  return is_held ? std::nullopt : std::optional(said + ", but it is " + shown(*found).substr(0, 600));
}

std::string captured(const Capture& capture, const HttpAnswer& answer) {
  const auto found = seen(capture.source, capture.path, answer);
  if (!found) throw std::runtime_error("nothing to capture at " + capture.path);
  return shown(*found);
}

}  // namespace guildhall::test
