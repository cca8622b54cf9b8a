// Reading of guildhall.toml. The file is the operator's own: trusted in what it says, checked in how.
#include "settings_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/errors.h"
#include "base/text.h"

namespace guildhall {

namespace {

[[noreturn]] void refuse_file(const std::string& path, const std::string& problem) {
  throw Refusal(Code::validation_failed, path + ": " + problem);
}

bool is_non_ascii(char c) {
  return static_cast<unsigned char>(c) >= 0x80;
}

/// Behind the comment that begins at `at`: its line end.
std::size_t end_of_comment(std::string_view text, std::size_t at) {
  return std::min(text.find('\n', at), text.size());
}

/// Behind the string that begins at `at`; at a character that is not ASCII behind a backslash, which no escape is.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool is_multiline = text.substr(at, 3) == three;
  at += is_multiline ? 3 : 1;
  while (at < text.size()) {
    if (quote == '"' && text[at] == '\\') {
      if (at + 1 < text.size() && is_non_ascii(text[at + 1])) return at + 1;
      at += 2;
    } else if (is_multiline ? text.substr(at, 3) == three : text[at] == quote || text[at] == '\n') {
      return at + (is_multiline ? 3 : 1);
    } else {
      ++at;
    }
  }
  return text.size();
}

struct FileProblem {
  std::int64_t line = 0;
  std::string what;
};

/// The first of what TOML 1.0 or this file has no place for, and the library reads beyond what is defined: characters that are
/// not ASCII outside comments and strings, sections and tables.
std::optional<FileProblem> first_problem(std::string_view text) {
  const auto problem_at = [&](std::size_t at, const char* what) {
    return FileProblem{std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1, what};
  };
  std::size_t at = text.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  bool is_line_begin = true;
  while (at < text.size()) {
    const char c = text[at];
    if (is_non_ascii(c)) return problem_at(at, "only strings and comments may hold characters that are not ASCII");
    if (c == '{' || (c == '[' && is_line_begin))
      return problem_at(at, "settings are keys with values, without sections or tables");
    if (c == '\n') {
      is_line_begin = true;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      is_line_begin = false;
    }
    if (c == '#') {
      at = end_of_comment(text, at);
    } else if (c == '"' || c == '\'') {
      at = end_of_string(text, at);
    } else {
      ++at;
    }
  }
  return std::nullopt;
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
  const std::string content{std::istreambuf_iterator<char>(file), {}};
  if (!is_valid_utf8(content)) refuse_file(path, "is not UTF-8");
  if (const auto problem = first_problem(content))
    refuse_file(path, "line " + std::to_string(problem->line) + ": " + problem->what);
  toml::table table;
  try {
    table = toml::parse(content, path);
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
