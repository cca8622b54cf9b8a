// Reading of guildhall.toml. The file is the operator's own: trusted in what it says, checked in how.
#include "settings_file.h"

#include <toml++/toml.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <iterator>
#include <optional>

#include "base/errors.h"
#include "base/hash.h"
#include "base/text.h"

namespace guildhall {

namespace {

[[noreturn]] void refuse_file(const std::string& path, const std::string& problem) {
  throw Refusal(Code::validation_failed, path + ": " + problem);
}

/// The library's reading of characters that are not ASCII runs into undefined behaviour where it meets them beside strings and
/// comments, so it sees none: each of their bytes is a mark the text has not, with two digits.
class AsciiText {
 public:
  explicit AsciiText(std::string_view text) {
    for (int i = 0; text.find(mark_) != std::string_view::npos; ++i) mark_ = "u" + std::to_string(i) + "x";
    for (const char c : text) {
      if (static_cast<unsigned char>(c) < 0x80) {
        text_ += c;
      } else {
        text_ += mark_ + to_hex({&c, 1});
      }
    }
  }

  const std::string& text() const { return text_; }
  /// A part of text() as it was.
  std::string restored(std::string_view part) const {
    std::string out;
    for (auto at = part.find(mark_); at != std::string_view::npos; at = part.find(mark_)) {
      out += part.substr(0, at);
      part.remove_prefix(std::min(at + mark_.size(), part.size()));
      int value = 0;
      const auto digits = part.substr(0, 2);
      if (std::from_chars(digits.data(), digits.data() + digits.size(), value, 16).ec == std::errc())
        out += static_cast<char>(value);
      part.remove_prefix(digits.size());
    }
    return out += part;
  }

 private:
  std::string mark_ = "ux";
  std::string text_;
};

/// Behind the string that begins at `at`.
std::size_t end_of_string(std::string_view text, std::size_t at) {
  const char quote = text[at];
  const std::string three(3, quote);
  const bool is_multiline = text.substr(at, 3) == three;
  at += is_multiline ? 3 : 1;
  while (at < text.size()) {
    if (quote == '"' && text[at] == '\\') {
      at += 2;
    } else if (is_multiline ? text.substr(at, 3) == three : text[at] == quote || text[at] == '\n') {
      return at + (is_multiline ? 3 : 1);
    } else {
      ++at;
    }
  }
  return text.size();
}

/// The line of the first section or table: settings have none, and broken ones the library reads beyond what is defined.
std::optional<std::int64_t> line_of_table(std::string_view text) {
  std::size_t at = 0;
  bool is_line_begin = true;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '{' || c == '}' || (c == '[' && is_line_begin))
      return std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n') + 1;
    if (c == '\n') {
      is_line_begin = true;
    } else if (c != ' ' && c != '\t' && c != '\r') {
      is_line_begin = false;
    }
    if (c == '#') {
      at = std::min(text.find('\n', at), text.size());
    } else if (c == '"' || c == '\'') {
      at = end_of_string(text, at);
      is_line_begin = at > 0 && text[at - 1] == '\n';
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
  std::string content{std::istreambuf_iterator<char>(file), {}};
  if (content.starts_with("\xEF\xBB\xBF")) content.erase(0, 3);
  if (!is_valid_utf8(content)) refuse_file(path, "is not UTF-8");
  const AsciiText ascii(content);
  if (const auto line = line_of_table(ascii.text()))
    refuse_file(path, "line " + std::to_string(*line) + ": settings are keys with values, without sections or tables");
  toml::table table;
  try {
    table = toml::parse(ascii.text(), path);
  } catch (const toml::parse_error& e) {
    refuse_file(path, "line " + std::to_string(e.source().begin.line) + ": " + ascii.restored(e.description()));
  }
  std::vector<std::pair<std::string, std::string>> values;
  for (const auto& [key, node] : table) {
    const std::string name = ascii.restored(key.str());
    const auto text = node_text(node);
    if (!text) refuse_file(path, "'" + name + "' must be a string, an integer, true, false or a list of them");
    values.emplace_back(name, ascii.restored(*text));
  }
  return values;
}

}  // namespace guildhall
