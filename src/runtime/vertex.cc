// Reading inputs and setting outputs.
#include "vertex.h"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "base/text.h"
#include "literal.h"

namespace guildhall::runtime {
namespace {

std::optional<double> number_in(const Value& value) {
  if (const auto* raw = std::get_if<json::Value>(&value.held); raw != nullptr && raw->is_number())
    return raw->to_number<double>();
  const std::optional<std::string> text = as_text(value);
  if (!text) return std::nullopt;
  const std::string_view digits = trimmed(*text);
  double number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || !std::isfinite(number)) return std::nullopt;
  return number;
}

bool is_unset_text(const Value& value) {
  const auto* text = std::get_if<std::string>(&value.held);
  return value.is_nothing() || (text != nullptr && text->empty());
}

void flatten(const Value& value, std::vector<Value>& out) {
  if (const auto* list = std::get_if<std::shared_ptr<const List>>(&value.held)) {
    for (const Value& element : **list) flatten(element, out);
  } else if (!value.is_nothing()) {
    out.push_back(value);
  }
}

}  // namespace

const Slot* Vertex::slot(std::string_view name) const {
  for (const Slot& candidate : planned.slots) {
    if (candidate.name == name) return &candidate;
  }
  return nullptr;
}

const Value* Vertex::from_edge(const Source& source) const {
  for (const auto& [name, value] : run.outputs[source.vertex]) {
    if (name == source.output) return &value;
  }
  return nullptr;
}

bool Vertex::takes_run_input() const {
  if (!run.request.input_value) return false;
  switch (run.request.input_type) {
    case flow::InputType::chat: return node().canonical_type == "ChatInput";
    case flow::InputType::text: return node().canonical_type == "TextInput";
    case flow::InputType::any: return node().is_input;
  }
  return false;
}

Value Vertex::own(const Slot& slot) const {
  if (slot.name == "input_value" && takes_run_input()) return literal_text(*run.request.input_value);
  Value value = slot.literal;
  if (!slot.variable.empty()) {
    const auto looked_up = run.variable(slot.variable);
    value = looked_up ? Value{*looked_up} : Value{};
  }
  if (slot.name == "session_id" && is_unset_text(value)) return Value{run.session.session_id};
  return value;
}

Value Vertex::value(std::string_view name) const {
  const Slot* found = slot(name);
  if (found == nullptr) return {};
  for (auto source = found->sources.rbegin(); source != found->sources.rend(); ++source) {
    if (const Value* value = from_edge(*source)) return *value;
  }
  return own(*found);
}

std::vector<Value> Vertex::values(std::string_view name) const {
  std::vector<Value> all;
  const Slot* found = slot(name);
  if (found == nullptr) return all;
  for (const Source& source : found->sources) {
    if (const Value* value = from_edge(source)) flatten(*value, all);
  }
  if (found->sources.empty()) flatten(own(*found), all);
  return all;
}

std::optional<std::string> Vertex::optional_text(std::string_view name) const {
  const Slot* found = slot(name);
  const Value held = value(name);
  if (!held.is_nothing()) {
    if (auto text = as_text(held)) return text;
    fail("'" + std::string(name) + "' takes text, and what comes in is " +
         (std::holds_alternative<Table>(held.held) ? std::string("a table") : std::string("something else")));
  }
  if (found == nullptr || found->input == nullptr || found->input->otherwise.empty()) return std::nullopt;
  return std::string(found->input->otherwise);
}

bool Vertex::flag(std::string_view name) const {
  const Value held = value(name);
  if (const auto* raw = std::get_if<json::Value>(&held.held)) {
    if (raw->is_bool()) return raw->get_bool();
    if (raw->is_number()) return raw->to_number<double>() != 0;
  }
  const std::string text = ascii_lower(optional_text(name).value_or(std::string()));
  return text == "true" || text == "1" || text == "yes";
}

std::optional<double> Vertex::number(std::string_view name) const {
  Value held = value(name);
  const Slot* found = slot(name);
  if (is_unset_text(held)) {
    if (found == nullptr || found->input == nullptr || found->input->otherwise.empty()) return std::nullopt;
    held = Value{std::string(found->input->otherwise)};
  }
  const auto number = number_in(held);
  if (!number) fail("'" + std::string(name) + "' takes a number");
  return number;
}

std::optional<std::int64_t> Vertex::integer(std::string_view name) const {
  const std::optional<double> found = number(name);
  if (!found) return std::nullopt;
  if (std::abs(*found) > 9e15) fail("'" + std::string(name) + "' is too large");
  return static_cast<std::int64_t>(*found);
}

bool Vertex::is_connected(std::string_view name) const {
  const Slot* found = slot(name);
  return found != nullptr && !found->sources.empty();
}

bool Vertex::needs(std::string_view output) const {
  return std::find(planned.outputs_needed.begin(), planned.outputs_needed.end(), output) != planned.outputs_needed.end();
}

void Vertex::set(std::string_view output, Value value) {
  run.outputs[index].emplace_back(output, std::move(value));
}

Message Vertex::message(std::string text) const {
  Message message;
  message.text = std::move(text);
  message.session_id = run.session.session_id;
  message.timestamp = run.now();
  message.flow_id = run.flow_id;
  message.run_id = run.request.run_id;
  return message;
}

}  // namespace guildhall::runtime
