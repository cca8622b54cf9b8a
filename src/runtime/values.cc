// What flows along an edge, read as text and as records.
#include "runtime/values.h"

#include "base/text.h"
#include "template.h"

namespace guildhall::runtime {
namespace {

// A serialised Message is an object with its text at `text` or `data.text`; null when this is none.
const json::Value* serialised_text(const json::Object& object) {
  if (const json::Value* text = object.if_contains("text"); text != nullptr && text->is_string()) return text;
  const json::Value* inner = object.if_contains("data");
  if (inner == nullptr || !inner->is_object()) return nullptr;
  const json::Value* text = inner->get_object().if_contains("text");
  return text != nullptr && text->is_string() ? text : nullptr;
}

std::optional<std::string> json_text(const json::Value& value) {
  if (value.is_null() || value.is_array()) return std::nullopt;
  if (!value.is_object()) return template_text(value);
  const json::Value* text = serialised_text(value.get_object());
  return text == nullptr ? std::nullopt : std::optional<std::string>(json::view(text->get_string()));
}

Record record_of(json::Object object) {
  Record record;
  record.values = std::move(object);
  return record;
}

void collect(const Value& value, std::vector<Record>& records);

struct Collector {
  std::vector<Record>& records;

  void operator()(const std::monostate&) const {}
  void operator()(const std::string& text) const { records.push_back(record_of({{"text", text}})); }
  void operator()(const Message& message) const { records.push_back(record_of({{"text", message.text}})); }
  void operator()(const Record& record) const { records.push_back(record); }
  void operator()(const Table& table) const {
    for (const json::Object& row : table.rows) records.push_back(record_of(row));
  }
  void operator()(const ModelHandle&) const {}
  void operator()(const EmbeddingsHandle&) const {}
  void operator()(const std::shared_ptr<const List>& list) const {
    for (const Value& element : *list) collect(element, records);
  }
  void operator()(const json::Value& value) const {
    if (value.is_object()) {
      records.push_back(record_of(value.get_object()));
    } else if (value.is_array()) {
      for (const json::Value& element : value.get_array()) (*this)(element);
    } else if (auto text = json_text(value)) {
      records.push_back(record_of({{"text", *text}}));
    }
  }
};

void collect(const Value& value, std::vector<Record>& records) {
  std::visit(Collector{records}, value.held);
}

}  // namespace

std::string Record::text() const {
  const json::Value* found = values.if_contains(text_key);
  return found == nullptr || found->is_null() ? default_value : template_text(*found);
}

std::optional<std::string> as_text(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.held)) return *text;
  if (const auto* message = std::get_if<Message>(&value.held)) return message->text;
  if (const auto* record = std::get_if<Record>(&value.held)) return record->text();
  if (const auto* raw = std::get_if<json::Value>(&value.held)) return json_text(*raw);
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&value.held)) {
    if ((*list)->size() == 1) return as_text((*list)->front());
  }
  return std::nullopt;
}

std::vector<Record> as_records(const Value& value) {
  std::vector<Record> records;
  collect(value, records);
  return records;
}

std::string_view wire_type(const Value& value) {
  if (std::holds_alternative<Record>(value.held)) return "object";
  if (std::holds_alternative<Table>(value.held) || std::holds_alternative<std::shared_ptr<const List>>(value.held))
    return "array";
  if (const auto* raw = std::get_if<json::Value>(&value.held)) {
    if (raw->is_object()) return "object";
    if (raw->is_array()) return "array";
  }
  return "text";
}

}  // namespace guildhall::runtime
