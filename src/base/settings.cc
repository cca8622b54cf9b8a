// The known settings, and how flag, environment, file and default are laid over each other.
#include "base/settings.h"

#include <algorithm>
#include <filesystem>
#include <stdexcept>

#include "base/errors.h"
#include "base/text.h"
#include "settings_file.h"

namespace guildhall {

namespace {

const SettingName* known_setting(std::string_view key) {
  const auto& all = known_settings();
  const auto at = std::find_if(all.begin(), all.end(), [&](const SettingName& name) { return name.key == key; });
  return at == all.end() ? nullptr : &*at;
}

const std::map<std::string, SettingValue, std::less<>>& setting_defaults() {
  static const auto defaults = [] {
    std::map<std::string, SettingValue, std::less<>> values;
    for (const SettingName& name : known_settings()) {
      values.emplace(std::string(name.key), SettingValue{std::string(name.fallback), "default"});
    }
    return values;
  }();
  return defaults;
}

std::string environment_name(std::string_view key) {
  std::string out = "GUILDHALL_";
  for (const char c : key) out += c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

std::string flag_name(std::string_view key) {
  return "--" + replaced(key, "_", "-");
}

std::optional<bool> switch_value(std::string_view text) {
  for (const std::string_view yes : {"true", "1", "yes", "on"}) {
    if (equals_ignoring_case(text, yes)) return true;
  }
  for (const std::string_view no : {"", "false", "0", "no", "off"}) {
    if (equals_ignoring_case(text, no)) return false;
  }
  return std::nullopt;
}

/// Flags as given, before they are told apart from settings.
struct RawArguments {
  std::vector<std::string> words;
  std::map<std::string, std::string> flags;
};

/// A word after a flag is its value, unless it is a flag itself or the flag is a switch. After `--` all is words.
RawArguments read_arguments(const std::vector<std::string>& arguments) {
  RawArguments raw;
  for (std::size_t i = 0; i < arguments.size(); ++i) {
    const std::string& argument = arguments[i];
    if (argument == "--") {
      raw.words.insert(raw.words.end(), arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1, arguments.end());
      break;
    }
    if (argument.rfind("--", 0) != 0) {
      raw.words.push_back(argument);
      continue;
    }
    const auto equals = argument.find('=');
    const std::string key =
        replaced(std::string_view(argument).substr(2, equals == std::string::npos ? equals : equals - 2), "-", "_");
    if (key.empty()) throw Refusal(Code::validation_failed, "'" + argument + "' names no flag");
    const SettingName* setting = known_setting(key);
    const bool is_switch = setting != nullptr && setting->is_switch;
    const bool next_is_value = i + 1 < arguments.size() && arguments[i + 1].rfind("--", 0) != 0;
    if (equals != std::string::npos) {
      raw.flags[key] = argument.substr(equals + 1);
    } else if (is_switch) {
      raw.flags[key] = "true";
    } else if (next_is_value) {
      raw.flags[key] = arguments[++i];
    } else if (setting != nullptr || key == "config") {
      throw Refusal(Code::validation_failed, "flag " + flag_name(key) + " needs a value");
    } else {
      raw.flags[key] = "";
    }
  }
  return raw;
}

void check_switch(const SettingName& name, const SettingValue& value) {
  if (!name.is_switch || switch_value(value.value)) return;
  throw Refusal(Code::validation_failed, std::string(name.key) + " must be true or false (" + value.origin + ")");
}

void read_file_into(Settings& settings, const std::string& path) {
  for (auto& [key, value] : read_settings_file(path)) {
    if (known_setting(key) == nullptr) throw Refusal(Code::validation_failed, path + ": unknown setting '" + key + "'");
    settings.set(key, std::move(value), "file " + path);
  }
}

/// Empty when there is none. One that was asked for by name is read or refused; the one in the data folder is optional.
std::string settings_path(const std::string& asked_for, const std::string& data_folder) {
  if (!asked_for.empty()) return asked_for;
  const auto path = std::filesystem::path(data_folder) / "guildhall.toml";
  std::error_code ec;
  return std::filesystem::exists(path, ec) ? path.string() : std::string();
}

std::string environment_text(const std::map<std::string, std::string>& environment, const std::string& name) {
  const auto at = environment.find(name);
  return at == environment.end() ? std::string() : at->second;
}

}  // namespace

const std::vector<SettingName>& known_settings() {
  static const std::vector<SettingName> all = {
      {"data", "folder for the database, blobs, keys and guildhall.toml", "./guildhall-data"},
      {"listen", "address and port of the server", "127.0.0.1:8080"},
      {"monitor_listen", "address and port of health and metrics", "127.0.0.1:8081"},
      {"database", "postgresql:// URL, or empty for an SQLite file in the data folder", ""},
      {"demo", "fill an empty installation with demonstration content", "false", false, true},
      {"operator_email", "e-mail address of the operator created in an empty installation", ""},
      {"operator_password", "password of that operator", "", true},
      {"model_base_url", "base URL of an OpenAI-compatible model server", ""},
      {"model_api_key", "key for the model server", "", true},
      {"model_name", "model used where a flow names none", ""},
      {"embedding_model", "model that turns passages into vectors; empty searches by words alone", ""},
      {"embedding_base_url", "base URL of the embedding model's server; empty takes model_base_url with its key", ""},
      {"embedding_api_key", "key for the embedding model's server", "", true},
      {"rerank_model", "model that puts the best passages in order; empty keeps the order of the search", ""},
      {"rerank_base_url", "base URL of the rerank model's server", ""},
      {"rerank_api_key", "key for the rerank model's server", "", true},
      {"outbound_allow", "host:port list the outbound gate lets through although the address is private", ""},
      {"redis", "redis:// URL shared by several nodes for rate limits and live events", ""},
      {"smtp", "smtp:// or smtps:// URL of the mail relay; empty keeps mail in the data folder", ""},
      {"mail_from", "sender address of mail", ""},
      {"log_level", "least level that is logged: debug, info, warning or error", "info"},
      {"master_key", "key that encrypts stored secrets; empty uses the key file in the data folder", "", true},
      {"public_url", "origin under which browsers and clients reach the server; empty takes it from the listener", ""},
      {"work_threads", "threads for requests; 0 is twice the cores, at least 8", "0"},
      {"run_threads", "threads for flows waiting on models", "1024"},
      {"queue", "requests that may wait for a thread before the server answers 503", "1024"},
      {"web_dir", "folder of web files to serve instead of those in the program, while developing them", ""},
      {"fixtures", "folder with additional flows and documents for tests and benchmarks", ""},
  };
  return all;
}

const SettingValue& Settings::value(std::string_view key) const {
  const auto set_at = values_.find(key);
  if (set_at != values_.end()) return set_at->second;
  const auto default_at = setting_defaults().find(key);
  if (default_at == setting_defaults().end()) throw std::logic_error("no setting is called " + std::string(key));
  return default_at->second;
}

const std::string& Settings::text(std::string_view key) const {
  return value(key).value;
}

std::optional<std::string> Settings::optional(std::string_view key) const {
  const std::string& found = text(key);
  return found.empty() ? std::nullopt : std::optional<std::string>(found);
}

bool Settings::flag(std::string_view key) const {
  const auto on = switch_value(text(key));
  if (!on) throw Refusal(Code::validation_failed, std::string(key) + " must be true or false (" + value(key).origin + ")");
  return *on;
}

std::int64_t Settings::integer(std::string_view key) const {
  const auto number = parse_integer(trimmed(text(key)));
  if (!number) throw Refusal(Code::validation_failed, std::string(key) + " must be an integer (" + value(key).origin + ")");
  return *number;
}

std::vector<std::string> Settings::list(std::string_view key) const {
  std::vector<std::string> items;
  for (const std::string_view part : split(text(key), ',')) {
    if (const auto item = trimmed(part); !item.empty()) items.emplace_back(item);
  }
  return items;
}

void Settings::set(std::string_view key, std::string value, std::string origin) {
  if (known_setting(key) == nullptr) throw std::logic_error("no setting is called " + std::string(key));
  values_.insert_or_assign(std::string(key), SettingValue{std::move(value), std::move(origin)});
}

CommandLine read_command_line(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment) {
  RawArguments raw = read_arguments(arguments);
  CommandLine line;
  line.words = std::move(raw.words);
  Settings given;  // by flag or environment; an empty variable counts as not given
  for (const SettingName& name : known_settings()) {
    const std::string variable = environment_name(name.key);
    std::string text = environment_text(environment, variable);
    if (!text.empty()) given.set(name.key, std::move(text), "environment " + variable);
  }
  std::string config = environment_text(environment, "GUILDHALL_CONFIG");
  for (auto& [key, text] : raw.flags) {
    if (known_setting(key) != nullptr) {
      given.set(key, std::move(text), "flag " + flag_name(key));
    } else if (key == "config") {
      config = std::move(text);
    } else {
      line.options.emplace(key, std::move(text));
    }
  }
  const std::string path = settings_path(config, given.text("data"));
  if (!path.empty()) read_file_into(line.settings, path);
  for (const SettingName& name : known_settings()) {
    if (given.value(name.key).origin != "default") {
      line.settings.set(name.key, given.text(name.key), given.value(name.key).origin);
    }
    check_switch(name, line.settings.value(name.key));
  }
  return line;
}

}  // namespace guildhall
