// What the tests of this room build flows from: small nodes and edges, and the flow files on disk.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/errors.h"
#include "base/json.h"
#include "flow/document.h"
#include "flow/report.h"

namespace guildhall::flow::test {

inline json::Object field(std::string_view type, json::Value value = "") {
  return {{"type", type}, {"value", std::move(value)}, {"show", true}, {"name", ""}};
}

/// Takes Message, Data and Table in `input_value`, gives Message as `out` and, as a loop would, Data as `item`.
inline json::Object node(std::string_view id, std::string_view type, json::Object fields = {}) {
  if (!fields.contains("input_value")) fields["input_value"] = field("str");
  fields.emplace("_type", "Component");
  return {{"id", id},
          {"type", "genericNode"},
          {"data",
           {{"id", id},
            {"type", type},
            {"node",
             {{"display_name", std::string(type) + " shown"},
              {"template", std::move(fields)},
              {"outputs",
               {{{"name", "out"}, {"method", "run"}, {"types", {"Message"}}, {"selected", "Message"}},
                {{"name", "item"}, {"method", "item"}, {"types", {"Data"}}, {"selected", "Data"}, {"allows_loop", true}}}}}}}}};
}

inline json::Object edge(std::string_view source, std::string_view target, std::string_view target_field = "input_value") {
  return {{"id", std::string(source) + ">" + std::string(target)},
          {"source", source},
          {"target", target},
          {"data",
           {{"sourceHandle", {{"dataType", "x"}, {"id", source}, {"name", "out"}, {"output_types", {"Message"}}}},
            {"targetHandle",
             {{"fieldName", target_field}, {"id", target}, {"inputTypes", {"Message", "Data", "Table"}}, {"type", "str"}}}}}};
}

inline json::Object flow(json::Array nodes, json::Array edges = {}) {
  return {{"name", "A flow"}, {"data", {{"nodes", std::move(nodes)}, {"edges", std::move(edges)}}}};
}

/// The refusal of `act`; fails the test when there is none.
template <class Act>
Refusal refusal_of(Act&& act) {
  try {
    act();
  } catch (const Refusal& refusal) {
    return refusal;
  }
  FAIL("nothing was refused");
  return Refusal(Code::internal_error, "");
}

inline ComponentCatalogue catalogue_of_everything() {
  return {.runs = [](std::string_view type) { return type != "AstraDB" && type != "Nonsense"; },
          .substitutes = [](std::string_view type) { return type == "AstraDB"; }};
}

inline std::filesystem::path source_folder() {
  if (const char* folder = std::getenv("GUILDHALL_SOURCE_DIR")) return folder;
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
}

/// The folder of real exports; nullopt, after saying so, where it is not on this machine.
inline std::optional<std::filesystem::path> real_flows() {
  const char* fixtures = std::getenv("GUILDHALL_FIXTURES");
  const std::filesystem::path folder =
      (fixtures != nullptr ? std::filesystem::path(fixtures) : source_folder() / ".." / "shared") / "flows";
  if (std::filesystem::exists(folder)) return folder;
  MESSAGE("skipped: no real flow exports in ", folder.string());
  return std::nullopt;
}

inline std::string bytes_in(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  REQUIRE_MESSAGE(file, path.string());
  return {std::istreambuf_iterator<char>(file), {}};
}

inline json::Value flow_in(const std::filesystem::path& path) {
  return read_flow(bytes_in(path));
}

}  // namespace guildhall::flow::test
