// The table from canonical type to component.
#include "component_table.h"

#include <algorithm>
#include <vector>

namespace guildhall::runtime {
namespace {

std::vector<Component> all_components() {
  return {chat_input(),
          chat_output(),
          text_input(),
          text_output(),
          prompt(),
          language_model(),
          vendor_model("OpenAIModel"),
          vendor_model("AnthropicModel"),
          vendor_model("OllamaModel"),
          vendor_model("GroqModel"),
          memory(),
          file(),
          parser(),
          parse_data(),
          split_text(),
          knowledge_component(),
          vector_store("Chroma"),
          vector_store("FAISS"),
          vector_store("pgvector"),
          vector_store("QdrantVectorStoreComponent"),
          vector_store("AstraDB"),
          embeddings("EmbeddingModel"),
          embeddings("OpenAIEmbeddings"),
          embeddings("OllamaEmbeddings")};
}

}  // namespace

const Component* find_component(std::string_view canonical_type) {
  static const std::vector<Component> components = all_components();
  const auto found =
      std::find_if(components.begin(), components.end(), [&](const Component& c) { return c.type == canonical_type; });
  return found == components.end() ? nullptr : &*found;
}

}  // namespace guildhall::runtime
