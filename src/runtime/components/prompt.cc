// Prompt (contracts/runtime.md §4.4): a template whose variables are fields of the node.
#include <algorithm>
#include <array>

#include "base/text.h"
#include "component_table.h"
#include "document_passages.h"
#include "template.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kPromptInputs[] = {{"template"}, {"use_double_brackets", "false"}};
constexpr std::size_t kQuotableBytesMin = 80;

void check_variable_name(const Vertex& vertex, const std::string& name) {
  constexpr std::array<std::string_view, 7> kReserved{
      "code", "template", "input_variables", "output_parser", "partial_variables", "template_format", "validate_template"};
  const bool is_reserved = std::find(kReserved.begin(), kReserved.end(), name) != kReserved.end();
  const bool begins_with_digit = name.front() >= '0' && name.front() <= '9';
  if (is_reserved || begins_with_digit || name.find_first_of("`,.:;!?/\\()[] ") != std::string::npos) {
    vertex.fail("'" + name + "' cannot be the name of a prompt variable");
  }
}

bool comes_from_conversation(const Vertex& vertex, const Slot& slot) {
  return std::any_of(slot.sources.begin(), slot.sources.end(), [&](const Source& source) {
    const std::string_view type = vertex.run.plan.vertices[source.vertex].component->type;
    return type == "ChatInput" || type == "Memory" || type == "LanguageModelComponent" || type.ends_with("Model");
  });
}

// Text a flow author or an earlier component put into a variable may be quoted by the built-in answerer, unless a component
// behind it has already given its passages.
void offer_as_passages(const Vertex& vertex, const Slot& slot, const std::string& text) {
  RunState& run = vertex.run;
  if (text.size() < kQuotableBytesMin || comes_from_conversation(vertex, slot)) return;
  for (const Source& source : slot.sources) {
    if (!run.passages_behind(vertex.index).empty()) return;
    if (run.plan.vertices[source.vertex].component->type == "TextInput" && run.question() == text) return;
  }
  run.found.push_back({vertex.index, passages_in(text, slot.name, run.question())});
}

const Slot* variable_slot(const Vertex& vertex, std::string_view name) {
  for (const Slot& slot : vertex.planned.slots) {
    if (slot.name == name) return &slot;
  }
  return nullptr;
}

// nullopt when there is no such field at all: a template may not name what the node does not have.
std::optional<std::string> variable_text(const Vertex& vertex, const std::string& name, std::vector<std::string>& files) {
  const Slot* slot = variable_slot(vertex, name);
  if (slot == nullptr) return std::nullopt;
  std::string text;
  bool is_first = true;
  for (const Value& value : vertex.values(name)) {
    if (!is_first) text += '\n';
    is_first = false;
    if (const auto* message = std::get_if<Message>(&value.held))
      files.insert(files.end(), message->files.begin(), message->files.end());
    text += as_text(value).value_or(printed(value, true));
  }
  offer_as_passages(vertex, *slot, text);
  return text;
}

void run_prompt(Vertex& vertex) {
  const bool is_mustache = vertex.flag("use_double_brackets");
  const Template parsed =
      Template::parse(vertex.text("template"), is_mustache ? TemplateSyntax::mustache : TemplateSyntax::braces);
  std::vector<std::string> files;
  for (const std::string& name : parsed.variables()) check_variable_name(vertex, name);
  Message message = vertex.message(parsed.render([&](std::string_view name) -> std::optional<json::Value> {
    const auto text = variable_text(vertex, std::string(name), files);
    return text ? std::optional<json::Value>(*text) : std::nullopt;
  }));
  message.files = std::move(files);
  vertex.set("prompt", {std::move(message)});
}

}  // namespace

Component prompt() {
  return {.type = "Prompt", .inputs = kPromptInputs, .run = run_prompt, .reads_every_field = true};
}

}  // namespace guildhall::runtime
