// Literals of template fields, coerced by their type.
#include "literal.h"

#include <array>

#include "base/text.h"

namespace guildhall::runtime {
namespace {

bool is_one(std::string_view type, std::initializer_list<std::string_view> types) {
  for (const std::string_view candidate : types) {
    if (type == candidate) return true;
  }
  return false;
}

Value of_json(const json::Value& value) {
  return value.is_null() ? Value{} : Value{value};
}

Value of_text_field(const json::Value& value) {
  if (value.is_string()) return literal_text(json::view(value.get_string()));
  if (!value.is_array()) return of_json(value);
  List list;
  for (const json::Value& element : value.get_array()) {
    if (element.is_string()) {
      list.push_back(literal_text(json::view(element.get_string())));
    } else if (!element.is_null()) {
      list.push_back(Value{element});
    }
  }
  if (list.empty()) return {};
  return Value{std::make_shared<const List>(std::move(list))};
}

Value of_files(const std::vector<std::string>& paths) {
  List list;
  for (const std::string& path : paths) {
    if (!path.empty()) list.push_back(Value{path});
  }
  if (list.empty()) return {};
  return Value{std::make_shared<const List>(std::move(list))};
}

bool is_empty(const json::Value& value) {
  return value.is_null() || (value.is_string() && value.get_string().empty()) || (value.is_array() && value.get_array().empty());
}

}  // namespace

Value literal_text(std::string_view text) {
  return Value{text.find("\\n") == std::string_view::npos ? std::string(text) : replaced(text, "\\n", "\n")};
}

Value literal_of(const flow::Field& field) {
  if (!field.contributes_literal() || is_one(field.type, {"other", "connect", "code"})) return {};
  if (field.type == "file") return of_files(field.file_paths);
  if (is_one(field.type, {"bool", "int", "float", "slider", "model"}))
    return is_empty(field.value) ? Value{} : of_json(field.value);
  if (is_one(field.type, {"str", "query", "tab", "prompt", "mustache", "link"})) return of_text_field(field.value);
  return of_json(field.value);
}

}  // namespace guildhall::runtime
