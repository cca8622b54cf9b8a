// One call of a model on behalf of a vertex, streamed to the visitor where that is possible (contracts/runtime.md §3.9, §6.4).
#pragma once

#include <string>

#include "vertex.h"

namespace guildhall::runtime {

struct ModelInput {
  std::string system;
  std::string user;
  std::vector<std::string> files;  ///< of the user's message
};

/// The reply as a Message. When the run streams and the vertex feeds a ChatOutput that stores, the Message has an id and its text
/// went to the observer in pieces that add up to it.
Message model_reply(const Vertex& vertex, const ModelInput& input);

}  // namespace guildhall::runtime
