// Templates of prompts and parsers: names in braces, never logic (contracts/runtime.md §2). Fed by flow authors.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"

namespace guildhall::runtime {

enum class TemplateSyntax {
  braces,    ///< `{name}`, `{name.part[0]:.2f}`, `{{` and `}}`
  mustache,  ///< `{{name}}` alone
};

/// A template that cannot be read or filled; the message names the place.
struct TemplateError {
  std::string message;
};

class Template {
 public:
  /// Throws TemplateError.
  static Template parse(std::string_view text, TemplateSyntax syntax);

  /// Names of the variables, each once, in order.
  std::vector<std::string> variables() const;

  using Lookup = std::function<std::optional<json::Value>(std::string_view name)>;
  /// Throws TemplateError naming a variable that `lookup` does not have.
  std::string render(const Lookup& lookup) const;

 private:
  struct Step {
    std::string key;        ///< of an object
    std::size_t index = 0;  ///< of a list, when key is empty
  };
  struct Piece {
    std::string text;  ///< literal, or the variable's name
    bool is_variable = false;
    std::vector<Step> path;
    std::string format;
    std::string source;  ///< as written, for messages
  };

  static Piece parse_variable(std::string_view inside);
  void parse_braces(std::string_view text);
  void parse_mustache(std::string_view text);
  void add_literal(std::string_view text);

  std::vector<Piece> pieces_;
};

/// A value as a template prints it: True, False, None, shortest float, nested values as compact JSON.
std::string template_text(const json::Value& value);

}  // namespace guildhall::runtime
