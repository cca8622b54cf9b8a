// What a component is: a type, the inputs it reads, and a function. Components are values in one table, no classes.
#pragma once

#include <span>
#include <string_view>

namespace guildhall::runtime {

class Vertex;

struct Input {
  std::string_view name;
  std::string_view otherwise = {};  ///< what a text, number or switch reads when the field contributes no value
  bool is_required = false;         ///< `!` of contracts/runtime.md §4
};

struct Component {
  std::string_view type;  ///< canonical
  std::span<const Input> inputs;
  void (*run)(Vertex& vertex);
  bool reads_every_field = false;  ///< prompt variables are fields of their own
  bool is_substitute = false;      ///< a vendor's service, done locally
};

}  // namespace guildhall::runtime
