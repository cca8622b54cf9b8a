// Reads `escalation` of an AgentConfig.
#include "support/settings.h"

#include <algorithm>

#include "base/errors.h"
#include "base/text.h"
#include "limits.h"

namespace guildhall::support {
namespace {

bool flag_of(const json::Value& value, const std::string& field) {
  if (!value.is_bool()) throw invalid_field(field, "this is true or false");
  return value.get_bool();
}

std::int64_t whole_of(const json::Value& value, const std::string& field, std::int64_t min, std::int64_t max) {
  const std::int64_t* number = value.if_int64();
  if (number == nullptr || *number < min || *number > max)
    throw invalid_field(field, "this is a whole number from " + std::to_string(min) + " to " + std::to_string(max));
  return *number;
}

std::string text_of(const json::Value& value, const std::string& field, std::size_t characters_max) {
  const json::String* text = value.if_string();
  if (text == nullptr || !is_valid_utf8(json::view(*text)) || code_points(json::view(*text)) > characters_max)
    throw invalid_field(field, "this is text of at most " + std::to_string(characters_max) + " characters");
  return std::string(json::view(*text));
}

std::vector<std::string> keywords_of(const json::Value& value, const std::string& field) {
  const json::Array* list = value.if_array();
  if (list == nullptr || list->size() > kKeywordsMax)
    throw invalid_field(field, "this is a list of at most " + std::to_string(kKeywordsMax) + " words");
  std::vector<std::string> words;
  for (const json::Value& entry : *list) {
    std::string word = text_of(entry, field, kKeywordCharactersMax);
    if (trimmed(word).empty()) throw invalid_field(field, "a keyword must not be empty");
    words.push_back(std::move(word));
  }
  return words;
}

void read_triggers(const json::Value& value, HandoverSettings& settings) {
  const json::Object* triggers = value.if_object();
  if (triggers == nullptr) throw invalid_field("escalation.triggers", "this is an object");
  for (const auto& member : *triggers) {
    const std::string name(member.key());
    const std::string field = "escalation.triggers." + name;
    const json::Value& given = member.value();
    if (name == "explicit_request") {
      settings.explicit_request = flag_of(given, field);
    } else if (name == "keywords") {
      settings.keywords = keywords_of(given, field);
    } else if (name == "unanswered_threshold") {
      settings.unanswered_threshold = whole_of(given, field, 1, kUnansweredThresholdMax);
    } else if (name == "max_turns") {
      if (!given.is_null()) settings.turns_max = whole_of(given, field, 1, 1'000);
    } else {
      throw invalid_field(field, "there is no such field");
    }
  }
}

}  // namespace

HandoverSettings handover_settings(const json::Value& escalation) {
  HandoverSettings settings;
  if (escalation.is_null()) return settings;
  const json::Object* object = escalation.if_object();
  if (object == nullptr) throw invalid_field("escalation", "this is an object");
  for (const auto& member : *object) {
    const std::string name(member.key());
    const std::string field = "escalation." + name;
    const json::Value& given = member.value();
    if (name == "triggers") {
      read_triggers(given, settings);
    } else if (name == "fallback_message") {
      settings.fallback_message = text_of(given, field, kFallbackMessageCharactersMax);
    } else if (name == "wait_timeout") {
      settings.wait_timeout_s = whole_of(given, field, kWaitTimeoutSecondsMin, kWaitTimeoutSecondsMax);
    } else if (name == "human_silence_minutes") {
      settings.human_silence_min = whole_of(given, field, kHumanSilenceMinutesMin, kHumanSilenceMinutesMax);
    } else if (name == "idle_hours") {
      settings.idle_hours = whole_of(given, field, 1, kIdleHoursMax);
    } else if (name == "hours") {
      if (!given.is_null()) settings.hours = opening_hours(given, field);
    } else {
      throw invalid_field(field, "there is no such field");
    }
  }
  return settings;
}

}  // namespace guildhall::support
