// Typed access to the members of an upload, with refusals that name the member.
#include "place.h"

#include <fmt/core.h>

#include "base/errors.h"
#include "flow/limits.h"

namespace guildhall::flow {
namespace {

const json::Value* present(const json::Object& owner, std::string_view key) {
  const json::Value* value = owner.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

// Bytes the value roughly takes as text; counting stops once it is past `limit`.
std::size_t bytes_of_value(const json::Value& value, std::size_t limit) {
  if (value.is_string()) return value.get_string().size();
  std::size_t bytes = sizeof(double);
  if (value.is_array()) {
    for (const json::Value& element : value.get_array()) {
      if (bytes > limit) break;
      bytes += bytes_of_value(element, limit - bytes);
    }
  } else if (value.is_object()) {
    for (const auto& member : value.get_object()) {
      if (bytes > limit) break;
      bytes += member.key().size();
      if (bytes <= limit) bytes += bytes_of_value(member.value(), limit - bytes);
    }
  }
  return bytes;
}

}  // namespace

std::string Place::text() const {
  std::string text = parent == nullptr ? std::string() : parent->text();
  if (parent == nullptr && key.empty()) return text;
  if (key.empty()) return text + fmt::format("[{}]", index);
  if (!text.empty()) text += '.';
  return text.append(key);
}

void refuse_at(const Place& place, std::string_view message) {
  throw invalid_field(place.text(), std::string(message));
}

const json::Object& required_object(const json::Object& owner, std::string_view key, const Place& place) {
  const json::Object* object = optional_object(owner, key, place);
  if (object == nullptr) refuse_at(place.member(key), "is required");
  return *object;
}

const json::Array& required_array(const json::Object& owner, std::string_view key, const Place& place) {
  const json::Array* array = optional_array(owner, key, place);
  if (array == nullptr) refuse_at(place.member(key), "is required");
  return *array;
}

std::string_view required_text(const json::Object& owner, std::string_view key, const Place& place) {
  const std::string_view text = optional_text(owner, key, place);
  if (text.empty()) refuse_at(place.member(key), "is required");
  return text;
}

const json::Object* optional_object(const json::Object& owner, std::string_view key, const Place& place) {
  const json::Value* value = present(owner, key);
  return value == nullptr ? nullptr : &object_at(*value, place.member(key));
}

const json::Array* optional_array(const json::Object& owner, std::string_view key, const Place& place) {
  const json::Value* value = present(owner, key);
  if (value == nullptr) return nullptr;
  if (!value->is_array()) refuse_at(place.member(key), "must be a list");
  return &value->get_array();
}

std::string_view optional_text(const json::Object& owner, std::string_view key, const Place& place) {
  const json::Value* value = present(owner, key);
  if (value == nullptr) return {};
  if (!value->is_string()) refuse_at(place.member(key), "must be a string");
  return json::view(value->get_string());
}

bool optional_flag(const json::Object& owner, std::string_view key, const Place& place, bool otherwise) {
  const json::Value* value = present(owner, key);
  if (value == nullptr) return otherwise;
  if (!value->is_bool()) refuse_at(place.member(key), "must be true or false");
  return value->get_bool();
}

std::vector<std::string> optional_texts(const json::Object& owner, std::string_view key, const Place& place) {
  std::vector<std::string> texts;
  const json::Array* array = optional_array(owner, key, place);
  if (array == nullptr) return texts;
  const Place list = place.member(key);
  texts.reserve(array->size());
  for (std::size_t i = 0; i < array->size(); ++i) {
    const json::Value& element = (*array)[i];
    if (!element.is_string()) refuse_at(list.element(i), "must be a string");
    texts.emplace_back(json::view(element.get_string()));
  }
  return texts;
}

const json::Object& object_at(const json::Value& value, const Place& place) {
  if (!value.is_object()) refuse_at(place, "must be an object");
  return value.get_object();
}

void refuse_control_bytes(std::string_view id, const Place& place) {
  using namespace std::string_view_literals;
  if (id.find_first_of("\r\n\0"sv) == std::string_view::npos) return;
  throw Refusal(Code::invalid_request, place.text() + ": must not contain a line break or a NUL byte");
}

void refuse_oversized(const json::Value& value, const Place& place) {
  if (bytes_of_value(value, kFieldBytesMax) <= kFieldBytesMax) return;
  refuse_at(place, fmt::format("is larger than {} bytes; put large texts into a file or a knowledge base", kFieldBytesMax));
}

}  // namespace guildhall::flow
