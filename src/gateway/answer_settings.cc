// Reads the settings of answers from a configuration.
#include "answer_settings.h"

namespace guildhall::gateway {
namespace {

bool flag_of(const json::Object& config, std::string_view name, bool otherwise) {
  const json::Value* value = config.if_contains(name);
  return value != nullptr && value->is_bool() ? value->get_bool() : otherwise;
}

}  // namespace

models::AnswererSettings answer_settings(const json::Object& config) {
  models::AnswererSettings settings;
  settings.is_strict = flag_of(config, "strict_mode", settings.is_strict);
  if (const json::Value* threshold = config.if_contains("confidence_threshold"); threshold != nullptr && threshold->is_number()) {
    settings.confidence_threshold = threshold->to_number<double>();
  }
  const std::string_view fallback = json::text_of(config, "fallback");
  if (fallback == "escalate") settings.fallback = models::Fallback::escalate;
  if (fallback == "general") settings.fallback = models::Fallback::general;
  if (const json::Value* topics = config.if_contains("allowed_topics"); topics != nullptr && topics->is_array()) {
    for (const json::Value& topic : topics->get_array()) {
      if (topic.is_string()) settings.allowed_topics.emplace_back(json::view(topic.get_string()));
    }
  }
  return settings;
}

bool uses_documents(const json::Object& config) {
  return flag_of(config, "rag_enabled", true);
}

}  // namespace guildhall::gateway
