// EmbeddingModel and the vendors' embeddings (contracts/runtime.md §4.18): a handle. Retrieval is lexical, and the run says so.
#include "component_table.h"
#include "vertex.h"

namespace guildhall::runtime {
namespace {

constexpr Input kEmbeddingsInputs[] = {{"model"}};

void run_embeddings(Vertex& vertex) {
  vertex.run.result.is_degraded = true;
  vertex.set("embeddings", {EmbeddingsHandle{vertex.node().id}});
}

}  // namespace

Component embeddings(std::string_view type) {
  return {.type = type, .inputs = kEmbeddingsInputs, .run = run_embeddings};
}

}  // namespace guildhall::runtime
