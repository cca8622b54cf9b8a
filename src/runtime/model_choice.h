// Which model answers for a node (contracts/runtime.md §3.9).
#pragma once

#include <optional>

#include "vertex.h"

namespace guildhall::runtime {

/// The node's own credentials, else the installation's model; nullopt: the built-in answerer. A LanguageModel edge counts as
/// the node it comes from.
std::optional<models::Endpoint> choose_model(const Vertex& vertex);

}  // namespace guildhall::runtime
