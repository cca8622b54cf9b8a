// Filling in variables, reading paths, unframing streams.
#include "scenario_values.h"

#include <fstream>
#include <iterator>
#include <stdexcept>

#include "base/decimal.h"
#include "base/ids.h"
#include "base/text.h"
#include "base/time.h"

namespace guildhall::test {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
}

std::string repository_file(std::string_view path) {
  const char* folder = std::getenv("GUILDHALL_SOURCE_DIR");
  const std::string full = (folder == nullptr ? std::string(".") : std::string(folder)) + "/" + std::string(path);
  std::ifstream in(full, std::ios::binary);
  if (!in) throw std::runtime_error("no file " + full);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::string flow_data(std::string_view path) {
  const json::Value flow = json::parse_or_refuse(repository_file(path));
  const json::Value* data = json::find(flow, "data");
  if (data == nullptr) throw std::runtime_error("no flow in " + std::string(path));
  return json::write(*data);
}

std::string repeated(std::string_view argument) {
  const auto colon = argument.find(':');
  const auto times = parse_integer(argument.substr(0, colon));
  if (colon == std::string_view::npos || !times)
    throw std::runtime_error("repeat needs a number and a text: " + std::string(argument));
  std::string text;
  for (std::int64_t i = 0; i < *times; ++i) text += argument.substr(colon + 1);
  return text;
}

json::Value chat_node(const std::string& id, std::string_view type) {
  return json::Object{
      {"id", id},
      {"type", "genericNode"},
      {"position", json::Object{{"x", 0}, {"y", 0}}},
      {"data",
       json::Object{
           {"id", id},
           {"type", type},
           {"node", json::Object{{"display_name", type},
                                 {"template", json::Object{{"_type", "Component"},
                                                           {"input_value", json::Object{{"type", "str"}, {"value", ""}}}}},
                                 {"outputs", json::Array{json::Object{{"name", type == "TextInput" ? "text" : "message"},
                                                                      {"types", json::Array{"Message"}}}}}}}}}};
}

std::string nodes(std::string_view count) {
  json::Array array;
  for (std::int64_t i = 0; i < parse_integer(count).value_or(0); ++i)
    array.push_back(chat_node("TextInput-" + std::to_string(i), "TextInput"));
  return json::write(array);
}

json::Value edge(const std::string& from, std::string_view from_type, std::string_view output, const std::string& to) {
  return json::Object{
      {"id", from + "-" + to},
      {"source", from},
      {"target", to},
      {"data",
       json::Object{
           {"sourceHandle",
            json::Object{{"dataType", from_type}, {"id", from}, {"name", output}, {"output_types", json::Array{"Message"}}}},
           {"targetHandle",
            json::Object{{"fieldName", "input_value"}, {"id", to}, {"inputTypes", json::Array{"Message"}}, {"type", "str"}}}}}};
}

/// ChatInput → A ⇄ B → ChatOutput without a loop component: contracts/runtime.md §3.1 calls A and B cycle vertices.
std::string cycle_flow() {
  const json::Object flow{{"nodes", json::Array{chat_node("ChatInput-a", "ChatInput"), chat_node("TextInput-a", "TextInput"),
                                                chat_node("TextInput-b", "TextInput"), chat_node("ChatOutput-a", "ChatOutput")}},
                          {"edges", json::Array{edge("ChatInput-a", "ChatInput", "message", "TextInput-a"),
                                                edge("TextInput-a", "TextInput", "text", "TextInput-b"),
                                                edge("TextInput-b", "TextInput", "text", "TextInput-a"),
                                                edge("TextInput-b", "TextInput", "text", "ChatOutput-a")}}};
  return json::write(flow);
}

/// contracts/cmp.md §9.1, unit month, from now to the month's end.
Decimal prorated_quantity(Timestamp now) {
  const Cycle cycle = cycle_of(now);
  const Date today = date_of(now);
  if (today.day == 1) return Decimal(1);
  const std::int64_t span_days = (end_of(cycle) - 1 - now) / kMicrosecondsPerDay;
  return divided(Decimal(span_days + 1), Decimal(days_in(cycle)), 10, Rounding::toward_zero).up2();
}

std::string made(std::string_view rule, std::string_view argument) {
  if (rule == "file") return repository_file(argument);
  if (rule == "quoted") {
    std::string text;
    json::append_string(text, repository_file(argument));
    return text;
  }
  if (rule == "flow-data") return flow_data(argument);
  if (rule == "repeat") return repeated(argument);
  if (rule == "nodes") return nodes(argument);
  if (rule == "cycle-flow") return cycle_flow();
  if (rule == "prorated") return (Decimal::of(argument) * prorated_quantity(SystemClock().now())).up2().text(2);
  if (rule == "in-seconds") return rfc3339(SystemClock().now() + seconds(parse_integer(argument).value_or(0)));
  if (rule == "uuid") return Id<struct AnyTag>::random().text();
  throw std::runtime_error("no rule {" + std::string(rule) + ":…}");
}

/// The end of the rule that begins at `open`: its own closing brace, inner ones counted.
std::size_t closing_brace(std::string_view text, std::size_t open) {
  int depth = 0;
  for (std::size_t i = open; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i;
  }
  return std::string_view::npos;
}

bool holds_member(const json::Value& element, std::string_view condition) {
  const auto equals = condition.find('=');
  const auto found = at_path(element, condition.substr(0, equals));
  if (!found) return false;
  const std::string_view wanted = condition.substr(equals + 1);
  return found->is_string() ? json::view(found->get_string()) == wanted : json::write(*found) == wanted;
}

/// What follows a selector in brackets.
std::optional<json::Value> at_selector(const json::Value& value, std::string_view selector, std::string_view rest) {
  if (!value.is_array()) return std::nullopt;
  const auto& array = value.get_array();
  if (selector.starts_with('*')) {
    json::Array found;
    for (const auto& element : array) {
      if (selector.size() > 1 && !holds_member(element, selector.substr(1))) continue;
      if (auto inner = at_path(element, rest)) found.push_back(std::move(*inner));
    }
    return json::Value(std::move(found));
  }
  if (const auto index = parse_integer(selector)) {
    const auto size = static_cast<std::int64_t>(array.size());
    const std::int64_t at = *index < 0 ? size + *index : *index;
    if (at < 0 || at >= size) return std::nullopt;
    return at_path(array[static_cast<std::size_t>(at)], rest);
  }
  for (const auto& element : array)
    if (holds_member(element, selector)) return at_path(element, rest);
  return std::nullopt;
}

json::Value json_or_text(std::string_view text) {
  json::ParseError error;
  auto value = json::parse(text, error);
  return value ? std::move(*value) : json::Value(text);
}

}  // namespace

std::string filled(std::string_view text, const Variables& variables) {
  std::string out;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i + 1;
    const bool begins_name = text[i] == '{' && end < text.size() && text[end] >= 'a' && text[end] <= 'z';
    while (begins_name && end < text.size() && is_name_character(text[end])) ++end;
    if (!begins_name || end >= text.size() || (text[end] != '}' && text[end] != ':')) {
      out += text[i++];
      continue;
    }
    const std::string_view name = text.substr(i + 1, end - i - 1);
    if (text[end] == '}') {
      const auto found = variables.find(name);
      if (found == variables.end()) throw std::runtime_error("no variable {" + std::string(name) + "}");
      out += found->second;
      i = end + 1;
      continue;
    }
    const auto close = closing_brace(text, i);
    if (close == std::string_view::npos) throw std::runtime_error("{" + std::string(name) + ":… is not closed");
    out += made(name, filled(text.substr(end + 1, close - end - 1), variables));
    i = close + 1;
  }
  return out;
}

std::string unescaped(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out += text[i];
      continue;
    }
    const char next = text[++i];
    if (next == 'n')
      out += '\n';
    else if (next == 'r')
      out += '\r';
    else if (next == 't')
      out += '\t';
    else if (next == '0')
      out += '\0';
    else if (next == '\\')
      out += '\\';
    else if (next == 'x' && i + 2 < text.size()) {
      out += static_cast<char>(std::stoi(std::string(text.substr(i + 1, 2)), nullptr, 16));
      i += 2;
    } else {
      out += '\\';
      out += next;
    }
  }
  return out;
}

std::optional<json::Value> at_path(const json::Value& value, std::string_view path) {
  if (path.starts_with('.')) path.remove_prefix(1);
  if (path.empty()) return value;
  if (path.front() == '[') {
    const auto close = path.find(']');
    if (close == std::string_view::npos) throw std::runtime_error("path without ]: " + std::string(path));
    return at_selector(value, path.substr(1, close - 1), path.substr(close + 1));
  }
  const auto end = path.find_first_of(".[");
  const json::Value* member = json::find(value, path.substr(0, end));
  if (member == nullptr) {
    // Members whose own names hold dots, as field paths in error bodies do.
    if (const json::Value* whole = json::find(value, path)) return *whole;
    return std::nullopt;
  }
  return end == std::string_view::npos ? std::optional(*member) : at_path(*member, path.substr(end));
}

json::Value events_of(std::string_view body) {
  json::Array events;
  std::string name;
  for (std::string_view line : split(body, '\n')) {
    line = trimmed(line);
    if (line.starts_with("event:"))
      name = trimmed(line.substr(6));
    else if (line.starts_with("data:")) {
      json::Value data = json_or_text(trimmed(line.substr(5)));
      if (name.empty())
        events.push_back(std::move(data));
      else
        events.push_back(json::Object{{"event", name}, {"data", std::move(data)}});
      name.clear();
    } else if (line.starts_with('{')) {
      events.push_back(json_or_text(line));
    }
  }
  return events;
}

void add_dates(Variables& variables) {
  const Timestamp now = SystemClock().now();
  const Cycle cycle = cycle_of(now);
  variables["today"] = text(date_of(now));
  variables["month"] = cycle.text();
  variables["month_first"] = text(date_of(start_of(cycle)));
  variables["month_last"] = text(date_of(end_of(cycle) - 1));
  variables["prorated_quantity"] = prorated_quantity(now).text(10);
}

}  // namespace guildhall::test
