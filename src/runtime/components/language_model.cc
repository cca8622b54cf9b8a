// LanguageModelComponent and the vendor models of earlier releases (contracts/runtime.md §4.5, §4.6).
#include "base/text.h"
#include "component_table.h"
#include "model_reply.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kLanguageModelInputs[] = {{"model"},          {"provider"},        {"model_name"},         {"api_key"},
                                          {"base_url"},       {"openai_api_base"}, {"ollama_base_url"},    {"input_value"},
                                          {"system_message"}, {"stream", "false"}, {"temperature", "0.1"}, {"max_tokens"}};
constexpr Input kVendorModelInputs[] = {{"model_name"},         {"api_key"},     {"openai_api_base"}, {"base_url"},
                                        {"anthropic_api_url"},  {"input_value"}, {"system_message"},  {"stream", "false"},
                                        {"temperature", "0.1"}, {"max_tokens"},  {"seed", "1"},       {"json_mode", "false"}};

std::vector<std::string> files_of(const Value& value) {
  const auto* message = std::get_if<Message>(&value.held);
  return message == nullptr ? std::vector<std::string>() : message->files;
}

void run_language_model(Vertex& vertex) {
  if (vertex.needs("model_output")) vertex.set("model_output", {ModelHandle{vertex.node().id}});
  if (!vertex.needs("text_output") && vertex.needs("model_output")) return;
  ModelInput input;
  input.system = vertex.text("system_message");
  const std::vector<Value> said = vertex.values("input_value");
  for (const Value& value : said) {
    if (!input.user.empty()) input.user += '\n';
    input.user += as_text(value).value_or(printed(value, true));
    for (std::string& file : files_of(value)) input.files.push_back(std::move(file));
  }
  if (trimmed(input.user).empty() && trimmed(input.system).empty()) {
    vertex.fail("The message you want to send to the model is empty.");
  }
  vertex.set("text_output", {model_reply(vertex, input)});
}

}  // namespace

Component language_model() {
  return {.type = "LanguageModelComponent", .inputs = kLanguageModelInputs, .run = run_language_model};
}

Component vendor_model(std::string_view type) {
  return {.type = type, .inputs = kVendorModelInputs, .run = run_language_model};
}

}  // namespace guildhall::runtime
