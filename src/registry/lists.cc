// Lists of texts and objects as columns hold them.
#include "lists.h"

#include <algorithm>
#include <stdexcept>

namespace guildhall::registry {

json::Array array_of(const std::vector<std::string>& texts) {
  json::Array array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}

std::string written(const std::vector<std::string>& texts) {
  return json::write(array_of(texts));
}

std::vector<std::string> texts_of(const json::Value& value) {
  const json::Array* array = value.if_array();
  if (array == nullptr) throw std::logic_error("a stored list is not an array");
  std::vector<std::string> texts;
  for (const json::Value& entry : *array) {
    const json::String* text = entry.if_string();
    if (text == nullptr) throw std::logic_error("a stored list holds something other than text");
    texts.emplace_back(json::view(*text));
  }
  return texts;
}

json::Object object_of(const json::Value& value) {
  const json::Object* object = value.if_object();
  if (object == nullptr) throw std::logic_error("a stored object is something else");
  return *object;
}

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

}  // namespace guildhall::registry
