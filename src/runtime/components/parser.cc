// ParserComponent and ParseData (contracts/runtime.md §4.8, §4.9): records into text by a template.
#include "component_table.h"
#include "template.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kParserInputs[] = {
    {"input_data", {}, true}, {"mode"}, {"pattern", "Text: {text}"}, {"template"}, {"stringify"}, {"sep", "\n"},
    {"clean_data", "true"}};
constexpr Input kParseDataInputs[] = {{"data", {}, true}, {"template", "{text}"}, {"sep", "\n"}};

bool stringifies(const Vertex& vertex) {
  const std::string mode = vertex.text("mode");
  return mode.empty() ? vertex.flag("stringify") : mode == "Stringify";
}

std::string pattern_of(const Vertex& vertex) {
  const std::string old = vertex.text("template");
  return old.empty() ? vertex.text("pattern") : old;
}

std::string filled(const Template& pattern, const json::Object& fields, const std::optional<std::string>& missing) {
  return pattern.render([&](std::string_view name) -> std::optional<json::Value> {
    if (const json::Value* found = fields.if_contains(name)) return *found;
    return missing ? std::optional<json::Value>(*missing) : std::nullopt;
  });
}

std::string parsed_table(const Vertex& vertex, const Table& table, const Template& pattern) {
  const std::string separator = vertex.text("sep");
  std::string text;
  for (const json::Object& row : table.rows) {
    if (&row != &table.rows.front()) text += separator;
    text += filled(pattern, row, std::nullopt);
  }
  return text;
}

std::string parsed(const Vertex& vertex, const Value& input) {
  if (stringifies(vertex)) return printed(input, vertex.flag("clean_data"));
  const Template pattern = Template::parse(pattern_of(vertex), TemplateSyntax::braces);
  if (const auto* table = std::get_if<Table>(&input.held)) return parsed_table(vertex, *table, pattern);
  if (const auto* record = std::get_if<Record>(&input.held)) return filled(pattern, record->values, record->default_value);
  if (const auto* message = std::get_if<Message>(&input.held)) return filled(pattern, {{"text", message->text}}, std::string());
  if (std::holds_alternative<std::shared_ptr<const List>>(input.held)) vertex.fail("List of Data objects is not supported.");
  const std::vector<Record> records = as_records(input);
  if (records.size() != 1) vertex.fail("'input_data' takes a table or one Data object");
  return filled(pattern, records.front().values, std::string());
}

void run_parser(Vertex& vertex) {
  if (vertex.needs("parsed_text")) vertex.set("parsed_text", {vertex.message(parsed(vertex, vertex.value("input_data")))});
}

// Keys of a nested `data` object can be named as if they were the record's own.
json::Object merged_fields(const Record& record) {
  json::Object fields = record.values;
  const json::Value* inner = record.values.if_contains("data");
  if (inner == nullptr || !inner->is_object()) return fields;
  for (const auto& member : inner->get_object()) fields.insert_or_assign(member.key(), member.value());
  return fields;
}

void run_parse_data(Vertex& vertex) {
  const Template pattern = Template::parse(vertex.text("template"), TemplateSyntax::braces);
  const std::string separator = vertex.text("sep");
  std::string text;
  List list;
  for (const Value& value : vertex.values("data")) {
    for (Record& record : as_records(value)) {
      json::Object fields = merged_fields(record);
      if (!fields.contains("text")) fields["text"] = record.text();
      const std::string line = filled(pattern, fields, std::string());
      if (!list.empty()) text += separator;
      text += line;
      record.values["text"] = line;
      list.push_back({std::move(record)});
    }
  }
  if (vertex.needs("text")) vertex.set("text", {vertex.message(std::move(text))});
  if (vertex.needs("data_list")) vertex.set("data_list", {std::make_shared<const List>(std::move(list))});
}

}  // namespace

Component parser() {
  return {.type = "ParserComponent", .inputs = kParserInputs, .run = run_parser};
}
Component parse_data() {
  return {.type = "ParseData", .inputs = kParseDataInputs, .run = run_parse_data};
}

}  // namespace guildhall::runtime
