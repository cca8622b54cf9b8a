// EmbeddingModel and the vendors' embeddings (contracts/runtime.md §4.18): a handle. Without an
// embedding model of the installation retrieval is lexical, and the run says so.
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kEmbeddingsInputs[] = {{"model"}};

void run_embeddings(Vertex& vertex) {
  const models::SearchModels* with = vertex.run.engine.search_models;
  if (with == nullptr || !with->embedding) vertex.run.result.is_degraded = true;
  vertex.set("embeddings", {EmbeddingsHandle{vertex.node().id}});
}

}  // namespace

Component embeddings(std::string_view type) {
  return {.type = type, .inputs = kEmbeddingsInputs, .run = run_embeddings};
}

}  // namespace guildhall::runtime
