// A run's answer in LangFlow's nested outputs (contracts/runtime.md §6.3).
#include "langflow/results.h"

#include "base/text.h"
#include "runtime/values.h"

namespace guildhall::api::langflow_dialect {
namespace {

/// In `messages[]` only: Machine text first turns every double newline into one, then every newline into two.
std::string chat_text(const runtime::Message& message) {
  if (message.sender != "Machine") return message.text;
  return replaced(replaced(message.text, "\n\n", "\n"), "\n", "\n\n");
}

json::Array file_names(const std::vector<std::string>& files) {
  json::Array array;
  for (const auto& file : files) array.push_back(json::Value(file));
  return array;
}

json::Object message_result(const runtime::Message& message) {
  const json::Object fields = runtime::to_json(message);
  json::Object result{{"text_key", "text"}, {"default_value", ""}, {"data", fields}};
  for (const auto& member : fields)
    if (!result.contains(member.key())) result.emplace(member.key(), member.value());
  return result;
}

json::Value printable(const runtime::Value& value) {
  const auto type = runtime::wire_type(value);
  if (type != "text") return runtime::to_json(value);
  return json::Value(runtime::as_text(value).value_or(""));
}

json::Object output_json(const runtime::OutputResult& output) {
  json::Object results;
  json::Object outputs;
  json::Object logs;
  std::string first_text;
  std::string_view first_type = "text";
  for (const auto& [name, value] : output.values) {
    const bool is_message = output.message && runtime::wire_type(value) == "text";
    results[name] = is_message ? json::Value(message_result(*output.message)) : runtime::to_json(value);
    outputs[name] = json::Object{{"message", printable(value)}, {"type", runtime::wire_type(value)}};
    logs[name] = json::Array{};
    if (first_text.empty()) {
      first_text = runtime::as_text(value).value_or("");
      first_type = runtime::wire_type(value);
    }
  }
  json::Object artifacts{{"message", output.message ? output.message->text : first_text},
                         {"sender", output.message ? output.message->sender : "Machine"},
                         {"sender_name", output.message ? output.message->sender_name : "AI"},
                         {"files", output.message ? file_names(output.message->files) : json::Array{}},
                         {"type", first_type == "text" ? "object" : first_type}};
  json::Array messages;
  json::Value tokens(nullptr);
  if (output.message) {
    const auto& message = *output.message;
    messages.push_back(json::Object{{"message", chat_text(message)},
                                    {"sender", message.sender},
                                    {"sender_name", message.sender_name},
                                    {"session_id", message.session_id},
                                    {"stream_url", nullptr},
                                    {"component_id", output.component_id},
                                    {"files", file_names(message.files)},
                                    {"type", "text"}});
    if (message.usage)
      tokens = json::Object{{"input_tokens", message.usage->input_tokens},
                            {"output_tokens", message.usage->output_tokens},
                            {"total_tokens", message.usage->total()}};
  }
  return {{"results", std::move(results)},
          {"artifacts", std::move(artifacts)},
          {"outputs", std::move(outputs)},
          {"logs", std::move(logs)},
          {"messages", std::move(messages)},
          {"timedelta", nullptr},
          {"duration", nullptr},
          {"component_display_name", output.component_display_name},
          {"component_id", output.component_id},
          {"used_frozen_result", output.used_frozen_result},
          {"token_usage", std::move(tokens)}};
}

}  // namespace

json::Object run_json(const gateway::RunAnswer& answer, const std::optional<std::string>& input_value) {
  json::Array outputs;
  for (const auto& output : answer.result.outputs) outputs.push_back(output_json(output));
  json::Object inputs;
  if (input_value) inputs["input_value"] = *input_value;
  return {{"session_id", answer.result.session_id},
          {"outputs", json::Array{json::Object{{"inputs", std::move(inputs)}, {"outputs", std::move(outputs)}}}}};
}

}  // namespace guildhall::api::langflow_dialect
