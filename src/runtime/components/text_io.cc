// TextInput and TextOutput (contracts/runtime.md §4.3): text as it is, not stored.
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kTextInputs[] = {{"input_value"}};

void pass_text_on(Vertex& vertex) {
  std::vector<Value> values = vertex.values("input_value");
  std::string text = values.size() == 1 && !as_text(values.front()) ? printed(values.front(), true) : vertex.text("input_value");
  vertex.set("text", {vertex.message(std::move(text))});
}

void run_text_input(Vertex& vertex) {
  if (!vertex.run.input_text) vertex.run.input_text = vertex.text("input_value");
  pass_text_on(vertex);
}

}  // namespace

Component text_input() {
  return {.type = "TextInput", .inputs = kTextInputs, .run = run_text_input};
}
Component text_output() {
  return {.type = "TextOutput", .inputs = kTextInputs, .run = pass_text_on};
}

}  // namespace guildhall::runtime
