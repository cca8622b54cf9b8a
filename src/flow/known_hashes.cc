// Looks names and hashes up in the embedded table. It is parsed once, at the first question.
#include "known_hashes.h"

#include <algorithm>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/text.h"
#include "flow/document.h"
#include "flow/report.h"

namespace guildhall::flow {
namespace {

struct TextHash {
  using is_transparent = void;
  std::size_t operator()(std::string_view text) const noexcept { return std::hash<std::string_view>{}(text); }
};
using Names = std::unordered_map<std::string, std::string, TextHash, std::equal_to<>>;

const json::Object& listed_types() {
  static const json::Value table = json::parse_or_refuse(kKnownHashesJson);
  return table.as_object().at("types").as_object();
}

Names read_names() {
  Names names;
  for (const auto& entry : listed_types()) {
    for (const json::Value& alias : entry.value().as_object().at("aliases").as_array()) {
      names.emplace(json::view(alias.as_string()), entry.key());
    }
  }
  for (const auto& entry : listed_types()) names.insert_or_assign(std::string(entry.key()), std::string(entry.key()));
  return names;
}

// Several listed types can have become one (CalculatorTool is a CalculatorComponent), so rows are kept by canonical type.
std::vector<std::pair<std::string, std::string>> read_hashes() {
  std::vector<std::pair<std::string, std::string>> rows;
  for (const auto& entry : listed_types()) {
    const std::string type = canonical_type(std::string_view(entry.key().data(), entry.key().size()));
    const json::Value& hashes = entry.value().as_object().at("hashes");
    for (const std::string_view hash : split(json::view(hashes.as_string()), ' ')) rows.emplace_back(type, hash);
  }
  std::sort(rows.begin(), rows.end());
  return rows;
}

}  // namespace

std::optional<std::string> listed_type(std::string_view name) {
  static const Names names = read_names();
  const auto found = names.find(name);
  return found == names.end() ? std::nullopt : std::optional<std::string>(found->second);
}

bool is_known_hash(std::string_view type, std::string_view hash) {
  using Row = std::pair<std::string_view, std::string_view>;
  static const std::vector<std::pair<std::string, std::string>> rows = read_hashes();
  const auto before = [](const auto& a, const auto& b) { return Row(a.first, a.second) < Row(b.first, b.second); };
  return std::binary_search(rows.begin(), rows.end(), Row(type, hash), before);
}

}  // namespace guildhall::flow
