// What an agent's fields may hold.
#include "agent_checks.h"

#include <algorithm>
#include <array>

#include "base/errors.h"
#include "base/text.h"
#include "limits.h"

namespace guildhall::registry {
namespace {

constexpr std::array<std::string_view, 6> kCategories{"customer_support", "sales", "hr", "it_support", "education", "custom"};

bool is_letter_or_digit(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_clean(std::string_view text) {
  return is_valid_utf8(text) && text.find('\0') == std::string_view::npos;
}

void check_tags(std::string_view field, const std::vector<std::string>& tags, std::vector<FieldError>& errors) {
  if (tags.size() > kTagsMax) errors.push_back({std::string(field), "there are at most 32"});
  for (std::size_t i = 0; i < tags.size() && i < kTagsMax; ++i) {
    if (!is_clean(tags[i]) || trimmed(tags[i]).empty() || code_points(tags[i]) > kTagCharactersMax) {
      errors.push_back({std::string(field) + "[" + std::to_string(i) + "]", "this has 1 to 60 characters"});
    }
  }
}

void check_range(std::string_view field, std::int64_t value, std::int64_t max, std::vector<FieldError>& errors) {
  if (value >= 1 && value <= max) return;
  errors.push_back({std::string(field), "this is a whole number from 1 to " + std::to_string(max)});
}

void check_object_size(std::string_view field, const json::Object& object, std::vector<FieldError>& errors) {
  if (json::write(object).size() > kConfigBytesMax) errors.push_back({std::string(field), "this has at most 262144 bytes"});
}

}  // namespace

void check_config(const json::Object& config, std::vector<FieldError>& errors) {
  check_object_size("config", config, errors);
  const json::Value* base = config.if_contains("knowledge_base");
  if (base == nullptr || base->is_null()) return;
  const std::string_view name = base->is_string() ? json::view(base->get_string()) : std::string_view();
  if (trimmed(name).empty() || name.size() > kKnowledgeBaseNameBytesMax || !is_clean(name))
    errors.push_back({"config.knowledge_base", "this names a knowledge base in 1 to 120 bytes, or is null"});
}

bool is_agent_reference(std::string_view text) {
  return !text.empty() && text.size() <= kAgentIdBytesMax && is_letter_or_digit(text.front()) &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_letter_or_digit(c) || c == '.' || c == '_' || c == '-'; });
}

Agent checked_agent(Agent agent) {
  std::vector<FieldError> errors;
  agent.category = ascii_lower(agent.category);
  if (!is_agent_reference(agent.agent_id)) {
    errors.push_back({"agent_id", "this has 1 to 100 letters, digits and . _ - and begins with a letter or digit"});
  }
  if (!is_clean(agent.name) || trimmed(agent.name).empty() || code_points(agent.name) > kAgentNameCharactersMax) {
    errors.push_back({"name", "a name has 1 to 120 characters"});
  }
  if (!is_clean(agent.description) || agent.description.size() > kDescriptionBytesMax) {
    errors.push_back({"description", "this is text of at most 65536 bytes"});
  }
  if (std::find(kCategories.begin(), kCategories.end(), agent.category) == kCategories.end()) {
    errors.push_back({"category", "a category is customer_support, sales, hr, it_support, education or custom"});
  }
  if (!is_clean(agent.system_prompt) || code_points(agent.system_prompt) > kPromptCharactersMax) {
    errors.push_back({"system_prompt", "this is text of at most 32000 characters"});
  }
  check_tags("tags", agent.tags, errors);
  check_tags("capabilities", agent.capabilities, errors);
  check_tags("supported_languages", agent.supported_languages, errors);
  check_config(agent.config, errors);
  check_object_size("permissions", agent.permissions, errors);
  check_range("max_concurrent_requests", agent.max_concurrent_requests, kConcurrentRequestsMax, errors);
  check_range("timeout_seconds", agent.timeout_seconds, kTimeoutSecondsMax, errors);
  if (!errors.empty()) throw Refusal(Code::validation_failed, "the agent is not valid").with_fields(std::move(errors));
  agent.slug = slug(agent.name);
  return agent;
}

std::string endpoint_of(const Publishing& publishing, const Agent& agent) {
  return publishing.public_url + "/api/v1/agents/" + agent.id.text() + "/chat";
}

}  // namespace guildhall::registry
