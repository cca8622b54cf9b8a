// One row per field of an AgentConfig: what it accepts and what it is when unset.
#include "config_fields.h"

#include <algorithm>
#include <functional>
#include <initializer_list>
#include <optional>
#include <string>

#include "base/text.h"
#include "limits.h"
#include "widget_rows.h"

namespace guildhall::registry {
namespace {

/// Says what is wrong, or nothing. May put the value in its stored form.
using Check = std::function<std::optional<std::string>(json::Value& value)>;

struct FieldRow {
  std::string_view name;
  Check check;
  json::Value unset;
};

std::optional<std::string_view> clean_text(const json::Value& value) {
  const json::String* text = value.if_string();
  if (text == nullptr) return std::nullopt;
  const std::string_view view = json::view(*text);
  return is_valid_utf8(view) && view.find('\0') == std::string_view::npos ? std::optional(view) : std::nullopt;
}

Check text_up_to(std::size_t characters_max) {
  return [characters_max](json::Value& value) -> std::optional<std::string> {
    const auto text = clean_text(value);
    if (text && code_points(*text) <= characters_max) return std::nullopt;
    return "this is text of at most " + std::to_string(characters_max) + " characters";
  };
}

Check one_of(std::initializer_list<std::string_view> choices) {
  return [all = std::vector<std::string>(choices.begin(), choices.end())](json::Value& value) -> std::optional<std::string> {
    const auto text = clean_text(value);
    if (text && std::find(all.begin(), all.end(), *text) != all.end()) return std::nullopt;
    return "this is one of " + join(all, ", ");
  };
}

Check flag() {
  return [](json::Value& value) -> std::optional<std::string> {
    return value.is_bool() ? std::nullopt : std::optional<std::string>("this is true or false");
  };
}

std::optional<std::int64_t> whole(const json::Value& value) {
  if (value.is_int64()) return value.get_int64();
  return std::nullopt;
}

Check whole_between(std::int64_t min, std::int64_t max) {
  return [min, max](json::Value& value) -> std::optional<std::string> {
    const auto number = whole(value);
    if (number && *number >= min && *number <= max) return std::nullopt;
    return "this is a whole number from " + std::to_string(min) + " to " + std::to_string(max);
  };
}

std::optional<std::string> check_temperature(json::Value& value) {
  const double number = value.is_double() ? value.get_double() : value.is_int64() ? static_cast<double>(value.get_int64()) : -1;
  if (number >= 0 && number <= 2) return std::nullopt;
  return "this is a number from 0 to 2";
}

std::optional<std::string> check_share(json::Value& value) {
  const double number = value.is_double() ? value.get_double() : value.is_int64() ? static_cast<double>(value.get_int64()) : -1;
  if (number >= 0 && number <= 1) return std::nullopt;
  return "this is a number from 0 to 1";
}

std::optional<std::string> check_topics(json::Value& value) {
  const json::Array* array = value.if_array();
  const std::string wrong = "this is a list of at most 20 texts of 1 to 100 characters";
  if (array == nullptr || array->size() > kTopicsMax) return wrong;
  for (const json::Value& entry : *array) {
    const auto text = clean_text(entry);
    if (!text || trimmed(*text).empty() || code_points(*text) > kTopicCharactersMax) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> check_color(json::Value& value) {
  const auto text = clean_text(value);
  if (!text || !is_hex_color(*text)) return "write a colour as #rrggbb";
  value = ascii_lower(*text);
  return std::nullopt;
}

std::optional<std::string> check_url(json::Value& value) {
  const auto text = clean_text(value);
  if (!text) return "this is an https address";
  if (text->empty()) return std::nullopt;
  const auto is_plain = [](char c) {
    return static_cast<unsigned char>(c) > 0x20 && c != '"' && c != '<' && c != '>' && c != '\\';
  };
  const bool is_https = text->size() <= kUrlBytesMax && text->starts_with("https://") && text->size() > 8 && (*text)[8] != '/';
  if (is_https && std::all_of(text->begin(), text->end(), is_plain)) return std::nullopt;
  return "this is an https address of at most 2048 bytes";
}

std::optional<std::string> check_language(json::Value& value) {
  const auto text = clean_text(value);
  const std::string wrong = "this is a language tag like en, pt-BR or zh-Hans";
  if (!text || text->size() > 35) return wrong;
  if (text->empty()) return std::nullopt;
  const auto parts = split(*text, '-');
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const bool fits = i == 0 ? parts[i].size() == 2 || parts[i].size() == 3 : !parts[i].empty() && parts[i].size() <= 8;
    const bool is_plain = std::all_of(parts[i].begin(), parts[i].end(), [&](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (i > 0 && c >= '0' && c <= '9');
    });
    if (!fits || !is_plain) return wrong;
  }
  return std::nullopt;
}

std::optional<std::string> check_texts(json::Value& value) {
  const json::Array* array = value.if_array();
  const std::string wrong = "this is a list of at most 100 texts of at most 2048 bytes";
  if (array == nullptr || array->size() > kListEntriesMax) return wrong;
  for (const json::Value& entry : *array) {
    const auto text = clean_text(entry);
    if (!text || text->size() > kUrlBytesMax) return wrong;
  }
  return std::nullopt;
}

/// Question and answer pairs, or plain texts.
std::optional<std::string> check_examples(json::Value& value) {
  const json::Array* array = value.if_array();
  if (array == nullptr || array->size() > kListEntriesMax) return "this is a list of at most 100 examples";
  for (const json::Value& entry : *array) {
    if ((!entry.is_string() && !entry.is_object()) || json::write(entry).size() > kPromptCharactersMax) {
      return "an example is a text or an object of at most 32000 bytes";
    }
  }
  return std::nullopt;
}

std::optional<std::string> check_variables(json::Value& value) {
  if (value.is_object() && json::write(value).size() <= kContextVariablesBytesMax) return std::nullopt;
  return "this is an object of at most 65536 bytes";
}

/// What it may hold is judged by the room that hands conversations over.
std::optional<std::string> check_escalation(json::Value& value) {
  if (value.is_object() && json::write(value).size() <= kContextVariablesBytesMax) return std::nullopt;
  return "this is an object of at most 65536 bytes";
}

std::optional<std::string> check_domain_list(json::Value& value) {
  const json::Array* array = value.if_array();
  if (array == nullptr) return "this is a list of hosts";
  std::vector<std::string> domains;
  for (const json::Value& entry : *array) {
    const auto text = clean_text(entry);
    if (!text) return "this is a list of hosts";
    domains.emplace_back(*text);
  }
  std::vector<FieldError> errors;
  json::Array stored;
  for (const std::string& domain : checked_domains(domains, "allowed_domains", errors)) stored.emplace_back(domain);
  if (!errors.empty()) return errors.front().message;
  value = std::move(stored);
  return std::nullopt;
}

const std::vector<FieldRow>& persona_rows() {
  static const std::vector<FieldRow> rows{
      {"agent_name", text_up_to(kAgentNameCharactersMax), ""},
      {"greeting_message", text_up_to(kGreetingCharactersMax), ""},
      {"tone", one_of({"professional", "friendly", "casual", "formal"}), "professional"},
      {"avatar_type", one_of({"EMOJI", "URL", "UPLOAD"}), "EMOJI"},
      {"avatar_emoji", text_up_to(16), ""},
      {"avatar_url", check_url, ""},
      {"primary_color", check_color, "#2563eb"},
      {"language", check_language, ""},
  };
  return rows;
}

const std::vector<FieldRow>& config_rows() {
  static const std::vector<FieldRow> rows{
      {"widget_enabled", flag(), true},
      {"widget_position", one_of({"bottom-right", "bottom-left"}), "bottom-right"},
      {"widget_theme", one_of({"light", "dark", "auto"}), "auto"},
      {"widget_avatar_url", check_url, ""},
      {"branding_name", text_up_to(kShortTextCharactersMax), ""},
      {"branding_logo_url", check_url, ""},
      {"branding_welcome_message", text_up_to(kGreetingCharactersMax), ""},
      {"branding_tagline", text_up_to(kShortTextCharactersMax), ""},
      {"rag_enabled", flag(), true},
      {"rag_sources", check_texts, json::Array()},
      {"rag_chunk_size", whole_between(kChunkSizeMin, kChunkSizeMax), 512},
      {"rag_chunk_overlap", whole_between(0, kChunkOverlapMax), 50},
      {"strict_mode", flag(), true},
      {"confidence_threshold", check_share, 0.5},
      {"fallback", one_of({"refuse", "escalate", "general"}), "refuse"},
      {"allowed_topics", check_topics, json::Array()},
      {"system_prompt_override", text_up_to(kPromptCharactersMax), ""},
      {"training_examples", check_examples, json::Array()},
      {"context_variables", check_variables, json::Object()},
      {"temperature", check_temperature, nullptr},
      {"max_tokens", whole_between(1, kAnswerTokensMax), nullptr},
      {"allowed_domains", check_domain_list, json::Array()},
      {"share_with_provider", flag(), false},
      {"escalation", check_escalation, json::Object()},
  };
  return rows;
}

const FieldRow* row_of(const std::vector<FieldRow>& rows, std::string_view name) {
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const FieldRow& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

void merge(json::Object& stored, const json::Object& changes, const std::vector<FieldRow>& rows, const std::string& prefix,
           std::vector<FieldError>& errors) {
  for (const auto& member : changes) {
    const std::string path = prefix + std::string(member.key());
    const FieldRow* row = row_of(rows, member.key());
    if (row == nullptr) {
      errors.push_back({path, "there is no such field"});
    } else if (member.value().is_null()) {
      stored.erase(member.key());
    } else {
      json::Value value = member.value();
      if (const auto wrong = row->check(value)) {
        errors.push_back({path, *wrong});
      } else {
        stored[member.key()] = std::move(value);
      }
    }
  }
}

void merge_persona(json::Object& stored, const json::Value& changes, std::vector<FieldError>& errors) {
  if (changes.is_null()) {
    stored.erase("persona");
    return;
  }
  const json::Object* object = changes.if_object();
  if (object == nullptr) {
    errors.push_back({"persona", "this is an object"});
    return;
  }
  json::Value& persona = stored["persona"];
  if (!persona.is_object()) persona = json::Object();
  merge(persona.get_object(), *object, persona_rows(), "persona.", errors);
}

}  // namespace

const json::Object& config_defaults() {
  static const json::Object defaults = [] {
    json::Object persona;
    for (const FieldRow& row : persona_rows()) persona[row.name] = row.unset;
    json::Object config{{"persona", persona}};
    for (const FieldRow& row : config_rows()) config[row.name] = row.unset;
    config["last_rag_sync_at"] = nullptr;
    return config;
  }();
  return defaults;
}

bool is_config_field(std::string_view name) {
  return name == "persona" || row_of(config_rows(), name) != nullptr;
}

json::Object merged_config(const json::Object& stored, const json::Object& changes, std::vector<FieldError>& errors) {
  json::Object merged = stored;
  json::Object plain;
  for (const auto& member : changes) {
    if (member.key() == "persona") {
      merge_persona(merged, member.value(), errors);
    } else if (member.key() == "last_rag_sync_at") {
      if (!member.value().is_null()) errors.push_back({"last_rag_sync_at", "this is written by the index alone"});
    } else {
      plain[member.key()] = member.value();
    }
  }
  merge(merged, plain, config_rows(), "", errors);
  return merged;
}

json::Object overlaid(json::Object under, const json::Object& over) {
  for (const auto& member : over) {
    json::Value& slot = under[member.key()];
    if (member.key() == "persona" && slot.is_object() && member.value().is_object()) {
      for (const auto& inner : member.value().get_object()) slot.get_object()[inner.key()] = inner.value();
    } else {
      slot = member.value();
    }
  }
  return under;
}

bool has_valid_fallback(const json::Object& config) {
  return !config.at("strict_mode").as_bool() || json::view(config.at("fallback").as_string()) != "general";
}

void check_together(const json::Object& whole, const json::Object& changes, std::vector<FieldError>& errors) {
  if (!has_valid_chunks(whole)) errors.push_back({"rag_chunk_overlap", "an overlap is below half of the chunk size"});
  const bool touches_fallback = changes.contains("strict_mode") || changes.contains("fallback");
  if (touches_fallback && !has_valid_fallback(whole)) {
    errors.push_back({"fallback", "an answer without the documents ('general') is not for strict_mode; turn that off first"});
  }
}

bool has_valid_chunks(const json::Object& config) {
  return config.at("rag_chunk_overlap").as_int64() * 2 < config.at("rag_chunk_size").as_int64();
}

}  // namespace guildhall::registry
