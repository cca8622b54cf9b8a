// Tweaks: what one call may change of a flow (contracts/runtime.md §3.7).
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

#include "flow/graph.h"
#include "flow/limits.h"
#include "node.h"
#include "place.h"

namespace guildhall::flow {
namespace {

bool is_code_field(const Field& field) {
  constexpr std::array<std::string_view, 5> kNames{"code", "python_code", "tool_code", "filter_instruction", "global_imports"};
  return field.type == "code" || std::find(kNames.begin(), kNames.end(), field.name) != kNames.end();
}

bool is_secret(const Field& field) {
  return field.is_password || field.name == "api_key" || field.name.ends_with("_api_key");
}

// Applies one call's tweaks node by node; lives for that call.
class Tweaker {
 public:
  Tweaker(const TweakPolicy& policy, std::vector<std::string>& ignored) : policy_(policy), ignored_(ignored) {}

  // `key` is what the caller wrote: a node's id, its display name, or nothing for values meant for every node.
  void tweak(Node& node, std::string_view key, std::string_view field_name, const json::Value& value) {
    Field* field = node.field(field_name);
    if (field == nullptr) return;
    if (is_code_field(*field)) return ignored_.push_back(node.id + "." + field->name);
    require_allowed(node, *field);
    const Place root;
    const Place tweaks = root.member("tweaks");
    const Place under = key.empty() ? tweaks : tweaks.member(key);
    const Place at = under.member(field_name);
    refuse_oversized(value, at);
    write(node, *field, value, at);
    if (field_name == "tools_metadata") read_tool_rows(node);
  }

 private:
  void require_allowed(const Node& node, const Field& field) const {
    const bool is_published = static_cast<bool>(policy_.is_exposed);
    bool is_allowed = !is_secret(field);
    if (is_published) is_allowed = field.name == "stream" || (can_be_exposed(field) && policy_.is_exposed(node.id, field.name));
    if (!is_allowed) refuse(node, field.name);
  }

  [[noreturn]] static void refuse(const Node& node, const std::string& field) {
    throw Refusal(Code::tweak_not_allowed,
                  fmt::format("Tweak of '{}' of node '{}' ({}) is not allowed; the publisher of the agent "
                              "decides which fields a call may change",
                              field, node.id, node.display_name))
        .with_details({{"node_id", node.id}, {"field", field}});
  }

  void write(const Node& node, Field& field, const json::Value& value, const Place& at) const {
    const bool is_object_valued = field.type == "dict" || field.type == "NestedDict" || field.type == "mcp";
    if (field.type == "NestedDict" && value.is_string()) return set_value(field, parsed(value, at));
    if (is_object_valued && value.is_object()) {
      const json::Object& object = value.get_object();
      const bool is_wrapped = object.size() == 1 && object.contains("value");
      return set_value(field, is_wrapped ? object.at("value") : value);
    }
    if (value.is_object()) return merge(node, field, value.get_object(), at);
    if (field.type == "file") return set_files(field, value, at);
    set_value(field, value);
  }

  static json::Value parsed(const json::Value& value, const Place& at) {
    json::ParseError error;
    auto parsed_value = json::parse(json::view(value.get_string()), error, {.depth_max = kJsonDepthMax});
    if (!parsed_value) throw Refusal(Code::invalid_request, at.text() + ": is not JSON: " + error.message);
    return *std::move(parsed_value);
  }

  static void set_value(Field& field, const json::Value& value) {
    field.value = value;
    field.load_from_db = false;
  }

  static void set_files(Field& field, const json::Value& value, const Place& at) {
    std::vector<std::string> paths;
    const auto add = [&](const json::Value& path) {
      if (!path.is_string()) throw Refusal(Code::invalid_request, at.text() + ": must be a file path or a list of file paths");
      if (!path.get_string().empty()) paths.emplace_back(json::view(path.get_string()));
    };
    if (value.is_array()) {
      for (const json::Value& path : value.get_array()) add(path);
    } else if (!value.is_null()) {
      add(value);
    }
    field.file_paths = std::move(paths);
    field.load_from_db = false;
  }

  // Keys of the field itself. Only these three: a caller may change what a field holds, never what it is.
  void merge(const Node& node, Field& field, const json::Object& keys, const Place& at) const {
    if (const json::Value* value = keys.if_contains("value")) {
      if (field.type == "file") {
        set_files(field, *value, at.member("value"));
      } else {
        set_value(field, *value);
      }
    }
    if (field.type == "file" && keys.contains("file_path")) set_files(field, keys.at("file_path"), at.member("file_path"));
    const json::Value* from_variable = keys.if_contains("load_from_db");
    if (from_variable == nullptr) return;
    if (!from_variable->is_bool())
      throw Refusal(Code::invalid_request, at.member("load_from_db").text() + ": must be true or false");
    // A caller of a published agent would read any variable of the flow's owner this way.
    if (from_variable->get_bool() && policy_.is_exposed) refuse(node, field.name + ".load_from_db");
    field.load_from_db = from_variable->get_bool();
  }

  const TweakPolicy& policy_;
  std::vector<std::string>& ignored_;
};

void refuse_too_many(const json::Object& tweaks) {
  std::size_t entries = 0;
  for (const auto& tweak : tweaks) {
    entries += tweak.value().is_object() ? std::max<std::size_t>(tweak.value().get_object().size(), 1) : 1;
  }
  if (entries <= kTweakEntriesMax) return;
  throw Refusal(Code::invalid_request, fmt::format("tweaks: at most {} entries, these are {}", kTweakEntriesMax, entries));
}

}  // namespace

bool can_be_exposed(const Field& field) {
  constexpr std::array<std::string_view, 9> kClosed{
      "base_url",     "api_base",          "openai_api_base", "ollama_base_url",  "base_url_ibm_watsonx",
      "api_endpoint", "anthropic_api_url", "knowledge_base",  "knowledge_base_id"};
  const bool is_address = field.name.ends_with("_base_url") || field.name.ends_with("_api_base");
  return !is_code_field(field) && !is_secret(field) && !is_address &&
         std::find(kClosed.begin(), kClosed.end(), field.name) == kClosed.end();
}

std::vector<std::string> apply_tweaks(Document& document, const json::Object& tweaks, const TweakPolicy& policy) {
  refuse_too_many(tweaks);
  std::vector<std::string> ignored;
  Tweaker tweaker(policy, ignored);
  const auto apply = [&](Node& node, std::string_view key, const json::Object& fields) {
    for (const auto& field : fields) tweaker.tweak(node, key, {field.key().data(), field.key().size()}, field.value());
  };
  for (Node& node : document.nodes) {
    const json::Value* own = tweaks.if_contains(node.id);
    if (own == nullptr || !own->is_object()) own = tweaks.if_contains(node.display_name);
    if (own != nullptr && own->is_object())
      apply(node, own == tweaks.if_contains(node.id) ? node.id : node.display_name, own->get_object());
    for (const auto& tweak : tweaks) {
      if (!tweak.value().is_object()) tweaker.tweak(node, {}, {tweak.key().data(), tweak.key().size()}, tweak.value());
    }
  }
  return ignored;
}

}  // namespace guildhall::flow
