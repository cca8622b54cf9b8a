// "To text" of contracts/runtime.md §2: how ChatOutput and Stringify print any value.
#include "base/text.h"
#include "runtime/values.h"
#include "template.h"

namespace guildhall::runtime {
namespace {

// Runs of empty lines become one blank line.
std::string cleaned(std::string_view text) {
  std::string out;
  std::size_t breaks = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string_view line = text.substr(at, end - at);
    const bool is_blank = trimmed(line).empty();
    if (!is_blank || (breaks < 2 && !out.empty())) {
      if (!is_blank) out += line;
      if (end < text.size()) out += '\n';
    }
    breaks = is_blank ? breaks + 1 : 1;
    at = end + 1;
  }
  return out;
}

std::string fenced(const json::Value& value) {
  return "```json\n" + json::write_pretty(value) + "\n```";
}

std::string cell(const json::Value* value) {
  if (value == nullptr || value->is_null()) return {};
  return replaced(replaced(template_text(*value), "|", "\\|"), "\n", " ");
}

std::string pipe_table(const Table& table) {
  if (table.columns.empty()) return {};
  std::string out = "|";
  for (const std::string& column : table.columns) out += " " + replaced(column, "|", "\\|") + " |";
  out += "\n|";
  for (std::size_t i = 0; i < table.columns.size(); ++i) out += " --- |";
  for (const json::Object& row : table.rows) {
    out += "\n|";
    for (const std::string& column : table.columns) out += " " + cell(row.if_contains(column)) + " |";
  }
  return out;
}

}  // namespace

std::string printed(const Value& value, bool clean) {
  if (const auto* text = std::get_if<std::string>(&value.held)) return clean ? cleaned(*text) : *text;
  if (const auto* message = std::get_if<Message>(&value.held)) return message->text;
  if (const auto* record = std::get_if<Record>(&value.held)) return fenced(json::Value(record->values));
  if (const auto* table = std::get_if<Table>(&value.held)) return pipe_table(*table);
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&value.held)) {
    std::string out;
    for (const Value& element : **list) {
      if (&element != &(*list)->front()) out += '\n';
      out += printed(element, clean);
    }
    return out;
  }
  if (const auto* raw = std::get_if<json::Value>(&value.held)) {
    return raw->is_object() || raw->is_array() ? fenced(*raw) : template_text(*raw);
  }
  return {};
}

}  // namespace guildhall::runtime
