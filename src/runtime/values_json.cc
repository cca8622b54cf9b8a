// JSON of values as LangFlow's results and events hold them (contracts/runtime.md §2, §6.3).
#include "runtime/values.h"

namespace guildhall::runtime {
namespace {

json::Object source_of(const Message& message) {
  const auto text_or_null = [](const std::string& text) { return text.empty() ? json::Value() : json::Value(text); };
  return {{"id", text_or_null(message.source_id)},
          {"display_name", text_or_null(message.source_display_name)},
          {"source", text_or_null(message.source_model)}};
}

json::Object properties_of(const Message& message) {
  json::Value usage;
  if (message.usage) {
    usage = json::Object{{"input_tokens", message.usage->input_tokens},
                         {"output_tokens", message.usage->output_tokens},
                         {"total_tokens", message.usage->total()}};
  }
  return {{"text_color", ""},
          {"background_color", ""},
          {"edited", false},
          {"source", source_of(message)},
          {"icon", ""},
          {"allow_markdown", false},
          {"positive_feedback", nullptr},
          {"state", message.is_partial ? "partial" : "complete"},
          {"targets", json::Array()},
          {"usage", std::move(usage)},
          {"build_duration", nullptr}};
}

json::Array rows_of(const Table& table) {
  json::Array rows;
  for (const json::Object& row : table.rows) rows.push_back(row);
  return rows;
}

}  // namespace

json::Object to_json(const Message& message) {
  json::Array files;
  for (const std::string& file : message.files) files.emplace_back(file);
  json::Object object{{"text", message.text},
                      {"sender", message.sender},
                      {"sender_name", message.sender_name},
                      {"session_id", message.session_id},
                      {"context_id", message.context_id},
                      {"files", std::move(files)},
                      {"timestamp", rfc3339(message.timestamp)},
                      {"flow_id", message.flow_id},
                      {"run_id", message.run_id},
                      {"error", message.is_error},
                      {"edit", false},
                      {"category", message.category},
                      {"properties", properties_of(message)},
                      {"content_blocks", message.content_blocks},
                      {"session_metadata", json::Object()},
                      {"duration", message.duration_ms == 0 ? json::Value() : json::Value(message.duration_ms)}};
  if (message.id) object["id"] = message.id->text();
  return object;
}

json::Value to_json(const Value& value) {
  if (const auto* text = std::get_if<std::string>(&value.held)) return json::Value(*text);
  if (const auto* message = std::get_if<Message>(&value.held)) return to_json(*message);
  if (const auto* record = std::get_if<Record>(&value.held)) return record->values;
  if (const auto* table = std::get_if<Table>(&value.held)) return rows_of(*table);
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&value.held)) {
    json::Array array;
    for (const Value& element : **list) array.push_back(to_json(element));
    return array;
  }
  if (const auto* raw = std::get_if<json::Value>(&value.held)) return *raw;
  if (const auto* model = std::get_if<ModelHandle>(&value.held)) return json::Object{{"language_model", model->node_id}};
  if (const auto* embeddings = std::get_if<EmbeddingsHandle>(&value.held))
    return json::Object{{"embeddings", embeddings->node_id}};
  return nullptr;
}

}  // namespace guildhall::runtime
