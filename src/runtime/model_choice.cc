// Resolves the model of a node over the three eras of flow files.
#include "model_choice.h"

#include <array>

#include "base/text.h"

namespace guildhall::runtime {
namespace {

struct Provider {
  std::string_view name;      ///< lower case, as in `provider`
  std::string_view base_url;  ///< its OpenAI-compatible address; empty: the node must bring one
  std::string_view variable;  ///< looked up when the node names no key
  bool needs_key;
};

constexpr std::array kProviders{
    Provider{"openai", "https://api.openai.com/v1", "OPENAI_API_KEY", true},
    Provider{"anthropic", "https://api.anthropic.com/v1", "ANTHROPIC_API_KEY", true},
    Provider{"groq", "https://api.groq.com/openai/v1", "GROQ_API_KEY", true},
    Provider{"ollama", "", "", false},
};

const Provider* find_provider(std::string_view name) {
  const std::string wanted = ascii_lower(name);
  for (const Provider& provider : kProviders) {
    if (provider.name == wanted) return &provider;
  }
  return nullptr;
}

// What the node says about its model, whichever era it is of.
struct Selection {
  std::string provider;
  std::string model;
};

Selection selection_of(const Vertex& vertex) {
  const std::string& type = vertex.node().canonical_type;
  if (type.ends_with("Model") && type != "EmbeddingModel") {
    return {ascii_lower(type.substr(0, type.size() - std::string_view("Model").size())), vertex.text("model_name")};
  }
  const Value chosen = vertex.value("model");
  if (const auto* raw = std::get_if<json::Value>(&chosen.held)) {
    const json::Value* row = raw->is_array() && !raw->get_array().empty() ? &raw->get_array().front() : raw;
    if (row->is_object()) return {std::string(json::text_of(*row, "provider")), std::string(json::text_of(*row, "name"))};
  }
  return {vertex.text("provider"), vertex.text("model_name")};
}

std::string own_base_url(const Vertex& vertex, std::string_view provider) {
  for (const std::string_view field : {"base_url", "openai_api_base", "api_base", "anthropic_api_url"}) {
    if (!vertex.has_slot(field)) continue;
    std::string url(trimmed(vertex.text(field)));
    while (url.ends_with('/')) url.pop_back();
    if (url.empty()) continue;
    return url;
  }
  if (provider != "ollama" || !vertex.has_slot("ollama_base_url")) return {};
  std::string url(trimmed(vertex.text("ollama_base_url")));
  return url;
}

// Ollama's own address has no version; its OpenAI-compatible one ends in /v1.
std::string compatible_url(std::string url, std::string_view provider) {
  while (url.ends_with('/')) url.pop_back();
  if (!url.empty() && provider == "ollama" && !url.ends_with("/v1")) url += "/v1";
  return url;
}

std::optional<models::Endpoint> own_model(const Vertex& vertex) {
  const Selection selection = selection_of(vertex);
  const std::string provider_name = ascii_lower(selection.provider);
  const Provider* provider = find_provider(provider_name);
  std::string key = vertex.text("api_key");
  if (key.empty() && provider != nullptr && !provider->variable.empty())
    key = vertex.run.variable(provider->variable).value_or("");
  std::string url = compatible_url(own_base_url(vertex, provider_name), provider_name);
  const bool has_own_url = !url.empty();
  if (!has_own_url && provider != nullptr) url = provider->base_url;
  const bool needs_key = provider == nullptr || provider->needs_key;
  const bool is_usable = !url.empty() && !selection.model.empty() && (has_own_url || !needs_key || !key.empty());
  if (!is_usable) return std::nullopt;
  models::Endpoint endpoint;
  endpoint.provider = provider_name.empty() ? "openai" : provider_name;
  endpoint.base_url = std::move(url);
  endpoint.api_key = Secret(std::move(key));
  endpoint.model = selection.model;
  return endpoint;
}

}  // namespace

std::optional<models::Endpoint> choose_model(const Vertex& vertex) {
  for (const std::string_view field : {"model", "llm"}) {
    const Value value = vertex.has_slot(field) ? vertex.value(field) : Value{};
    const auto* handle = std::get_if<ModelHandle>(&value.held);
    if (handle == nullptr) continue;
    const Plan& plan = vertex.run.plan;
    for (std::size_t v = 0; v < plan.vertices.size(); ++v) {
      if (plan.vertices[v].about->id == handle->node_id && v != vertex.index) return choose_model(Vertex(vertex.run, v));
    }
  }
  if (auto own = own_model(vertex)) return own;
  return vertex.run.engine.default_model;
}

}  // namespace guildhall::runtime
