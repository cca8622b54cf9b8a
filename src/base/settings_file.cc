// Reading of guildhall.toml. The file is the operator's own: trusted in what it says, checked in how.
#include "settings_file.h"

#include <toml++/toml.h>

#include <fstream>
#include <optional>

#include "base/errors.h"
#include "base/text.h"

namespace guildhall {

namespace {

[[noreturn]] void refuse_file(const std::string& path, const std::string& problem) {
  throw Refusal(Code::validation_failed, path + ": " + problem);
}

std::optional<std::string> scalar_text(const toml::node& node) {
  if (const auto* text = node.as_string()) return text->get();
  if (const auto* integer = node.as_integer()) return std::to_string(integer->get());
  if (const auto* flag = node.as_boolean()) return flag->get() ? "true" : "false";
  return std::nullopt;
}

std::optional<std::string> node_text(const toml::node& node) {
  const auto* array = node.as_array();
  if (array == nullptr) return scalar_text(node);
  std::vector<std::string> items;
  for (const toml::node& item : *array) {
    auto text = scalar_text(item);
    if (!text) return std::nullopt;
    items.push_back(std::move(*text));
  }
  return join(items, ",");
}

}  // namespace

std::vector<std::pair<std::string, std::string>> read_settings_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) refuse_file(path, "cannot be read");
  toml::table table;
  try {
    table = toml::parse(file, path);
  } catch (const toml::parse_error& e) {
    refuse_file(path, "line " + std::to_string(e.source().begin.line) + ": " + std::string(e.description()));
  }
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [key, node] : table) {
    auto text = node_text(node);
    if (!text) refuse_file(path, "'" + std::string(key.str()) + "' must be a string, an integer, true, false or a list of them");
    values.emplace_back(std::string(key.str()), std::move(*text));
  }
  return values;
}

}  // namespace guildhall
